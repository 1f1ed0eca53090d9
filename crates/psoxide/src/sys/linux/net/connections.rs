//! Sockets: asked of the kernel's socket diagnostics, and where there are none read from `/proc/net`; and joined with
//! the processes that hold them.

use std::path::PathBuf;

use psoxide_core::DecodeError;
use psoxide_core::decode::linux::{net_tcp, net_unix, sock_diag};
use psoxide_core::model::Pid;
use psoxide_core::model::net::{AddressFamily, Connection, ConnectionKind, Socket, SocketType};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat, readlinkat};
use rustix::io::Errno;
use rustix::net::netlink::SOCK_DIAG;

use super::netlink::Netlink;
use super::owners::{self, Owner, Owners};
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::{file, namespace};

const WHAT: &str = "netlink: sock_diag";

/// One of the kernel's tables of sockets.
#[derive(Debug, Clone, Copy)]
struct Table {
    file: &'static str,
    family: AddressFamily,
    /// UNIX sockets of all types are in one table.
    socket_type: SocketType,
}

impl Table {
    fn is_tcp(self) -> bool {
        self.family != AddressFamily::Unix && self.socket_type == SocketType::Stream
    }
}

const TABLES: [Table; 5] = [
    Table {
        file: "net/tcp",
        family: AddressFamily::Inet,
        socket_type: SocketType::Stream,
    },
    Table {
        file: "net/tcp6",
        family: AddressFamily::Inet6,
        socket_type: SocketType::Stream,
    },
    Table {
        file: "net/udp",
        family: AddressFamily::Inet,
        socket_type: SocketType::Datagram,
    },
    Table {
        file: "net/udp6",
        family: AddressFamily::Inet6,
        socket_type: SocketType::Datagram,
    },
    Table {
        file: "net/unix",
        family: AddressFamily::Unix,
        socket_type: SocketType::Stream,
    },
];

pub(crate) fn net_connections(
    root: &Root,
    kind: ConnectionKind,
    with_owners: bool,
) -> Result<Vec<Connection>> {
    let sockets = sockets(root, kind)?;
    if !with_owners {
        return Ok(sockets.into_iter().map(|socket| socket.connection).collect());
    }
    Ok(joined(sockets, &owners::of_all(root)?))
}

/// The sockets with those that hold them, for who asks again and again.
pub(crate) fn net_connections_again(
    root: &Root,
    kind: ConnectionKind,
    owners: &mut Owners,
) -> Result<Vec<Connection>> {
    let sockets = sockets(root, kind)?;
    let owners = owners.ask(root, sockets.len())?;
    Ok(joined(sockets, &owners))
}

fn sockets(root: &Root, kind: ConnectionKind) -> Result<Vec<Socket>> {
    match root.is_local() {
        true => own_sockets(kind),
        false => from_files(kind, |name| namespace::read(root, name)),
    }
}

fn joined(sockets: Vec<Socket>, owners: &[Owner]) -> Vec<Connection> {
    let mut connections = Vec::with_capacity(sockets.len());
    for socket in sockets {
        match owned(socket, owners) {
            Ok(owned) => connections.extend(owned),
            Err(connection) => connections.push(connection),
        }
    }
    connections
}

/// The sockets of the process whose directory `fd` this is. Where it lives in another network namespace than the caller,
/// they are those of its own namespace.
pub(crate) fn sockets_of_process(
    root: &Root,
    descriptors: &OwnedFd,
    pid: Pid,
    kind: ConnectionKind,
) -> rustix::io::Result<Result<Vec<Connection>>> {
    let owners = owners::of_process(descriptors, pid)?;
    if owners.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let sockets = if root.is_local() && in_own_namespace(descriptors) {
        own_sockets(kind)
    } else {
        from_files(kind, |name| {
            let path = root.proc().join(format!("{pid}/{name}"));
            match read_beside(descriptors, name) {
                // A copy of a /proc has the tables once.
                Err(Errno::NOENT | Errno::NOTDIR) if !root.is_local() => namespace::read(root, name),
                Err(errno) => Err(system_error(errno, path.display().to_string())),
                Ok(bytes) => Ok((path, bytes)),
            }
        })
    };
    Ok(sockets.map(|sockets| {
        sockets
            .into_iter()
            .filter_map(|socket| owned(socket, &owners).ok())
            .flatten()
            .collect()
    }))
}

/// The socket under each owner; or as it is if nobody is known to hold it. An internet socket goes to the first of its
/// owners, a UNIX socket to each.
fn owned(socket: Socket, owners: &[Owner]) -> std::result::Result<Vec<Connection>, Connection> {
    let Socket {
        inode, connection, ..
    } = socket;
    let mut holding = owners::holding(owners, inode);
    if connection.family != AddressFamily::Unix {
        holding = holding.get(..1).unwrap_or_default();
    }
    let Some((last, others)) = holding.split_last() else {
        return Err(connection);
    };
    let mut connections = Vec::with_capacity(holding.len());
    for owner in others {
        connections.push(connection.clone().owned_by(owner.pid, Some(owner.fd)));
    }
    connections.push(connection.owned_by(last.pid, Some(last.fd)));
    Ok(connections)
}

/// The tables that hold sockets of the kind.
fn tables(kind: ConnectionKind) -> impl Iterator<Item = Table> {
    TABLES
        .into_iter()
        .filter(move |table| kind.wants(table.family, table.socket_type))
}

/// The sockets of the caller's network namespace.
fn own_sockets(kind: ConnectionKind) -> Result<Vec<Socket>> {
    // Sandboxes deny netlink, and the part of the kernel that answers may be missing for each protocol by itself. The
    // files tell the same, at three times the cost.
    sockets_through(Netlink::open(Some(SOCK_DIAG), WHAT).ok(), kind)
}

fn sockets_through(mut netlink: Option<Netlink>, kind: ConnectionKind) -> Result<Vec<Socket>> {
    let mut sockets = Vec::new();
    let mut tables: Vec<Table> = tables(kind).collect();
    // Who swallows one question swallows all; waiting once is enough.
    let swallows = |error: &Error| error.raw_os_error() == Some(Errno::TIMEDOUT.raw_os_error());
    if let Some(open) = &mut netlink
        && tables.iter().filter(|table| table.is_tcp()).count() == 2
    {
        match dump_tcp(open) {
            Ok(told) => {
                sockets = told;
                tables.retain(|table| !table.is_tcp());
            }
            Err(error) if swallows(&error) => netlink = None,
            // An imitation of the kernel may know the newer question alone.
            Err(_) => {}
        }
    }
    for table in tables {
        let told = netlink.as_mut().map(|netlink| dump(netlink, table));
        match told {
            Some(Ok(told)) => append(&mut sockets, told),
            Some(Err(error)) => {
                if swallows(&error) {
                    netlink = None;
                }
                append(&mut sockets, own_file(table)?);
            }
            None => append(&mut sockets, own_file(table)?),
        }
    }
    Ok(sockets)
}

fn own_file(table: Table) -> Result<Vec<Socket>> {
    let root = Root::default();
    from_file(table, |name| namespace::read(&root, name))
}

/// The TCP sockets of both families at once, those of IPv4 first, in half of the time: the kernel's table of them has many
/// places, most of which are empty, and is gone through once.
fn dump_tcp(netlink: &mut Netlink) -> Result<Vec<Socket>> {
    let mut sockets = netlink.dump(sock_diag::TCP, sock_diag::tcp_request, |body| {
        sock_diag::inet_socket(body, SocketType::Stream).map(Some)
    })?;
    sockets.sort_by_key(|socket| socket.connection.family != AddressFamily::Inet);
    Ok(sockets)
}

fn dump(netlink: &mut Netlink, table: Table) -> Result<Vec<Socket>> {
    let socket_type = table.socket_type;
    match table.family {
        AddressFamily::Unix => netlink.dump(sock_diag::BY_FAMILY, sock_diag::unix_request, |body| {
            sock_diag::unix_socket(body).map(Some)
        }),
        family => netlink.dump(
            sock_diag::BY_FAMILY,
            |sequence| sock_diag::inet_request(socket_type, family == AddressFamily::Inet6, sequence),
            |body| sock_diag::inet_socket(body, socket_type).map(Some),
        ),
    }
}

fn from_files(
    kind: ConnectionKind,
    read: impl Fn(&str) -> Result<(PathBuf, Vec<u8>)>,
) -> Result<Vec<Socket>> {
    let mut sockets = Vec::new();
    for table in tables(kind) {
        append(&mut sockets, from_file(table, &read)?);
    }
    Ok(sockets)
}

fn from_file(table: Table, read: impl Fn(&str) -> Result<(PathBuf, Vec<u8>)>) -> Result<Vec<Socket>> {
    let (path, bytes) = match read(table.file) {
        // A kernel without IPv6 lacks its tables.
        Err(error) if error.kind() == ErrorKind::NotFound && table.family == AddressFamily::Inet6 => {
            return Ok(Vec::new());
        }
        answer => answer?,
    };
    decode(table, &bytes).map_err(|error| Error::decode(path.display().to_string(), error))
}

fn decode(table: Table, bytes: &[u8]) -> std::result::Result<Vec<Socket>, DecodeError> {
    match table.family {
        AddressFamily::Unix => net_unix::sockets(bytes),
        _ => net_tcp::sockets(bytes, table.socket_type),
    }
}

/// Without copying where there is nothing yet.
fn append(sockets: &mut Vec<Socket>, mut more: Vec<Socket>) {
    if sockets.is_empty() {
        *sockets = more;
    } else {
        sockets.append(&mut more);
    }
}

/// Whether the process of the directory `fd` shares the caller's network namespace. Where that is not told the answer is
/// no, and its own files are read, which are right in both cases.
fn in_own_namespace(descriptors: &OwnedFd) -> bool {
    let link = |directory: BorrowedFd<'_>, path: &str| readlinkat(directory, path, Vec::new());
    match (
        link(descriptors.as_fd(), "../ns/net"),
        link(CWD.as_fd(), "/proc/thread-self/ns/net").or_else(|_| link(CWD.as_fd(), "/proc/self/ns/net")),
    ) {
        (Ok(theirs), Ok(ours)) => theirs == ours,
        _ => false,
    }
}

fn read_beside(descriptors: &OwnedFd, name: &str) -> rustix::io::Result<Vec<u8>> {
    let path = format!("../{name}");
    let file = openat(descriptors, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    file::read_all(file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What identifies a socket in either source, those that belong to no descriptor aside: between two readings they
    /// come and go, and sock_diag leaves those of UNIX out.
    fn known(sockets: Vec<Socket>) -> BTreeSet<(u64, String)> {
        sockets
            .into_iter()
            .filter(|socket| socket.inode != 0)
            .map(|socket| (socket.inode, format!("{:?}", socket.connection)))
            .collect()
    }

    #[test]
    fn both_sources_tell_the_same() {
        let _listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let _datagrams = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let _pair = std::os::unix::net::UnixStream::pair().unwrap();
        let mut netlink = match Netlink::open(Some(SOCK_DIAG), WHAT) {
            Ok(netlink) => netlink,
            Err(error) => {
                println!("no netlink here, the two sources were not compared: {error}");
                return;
            }
        };
        for table in TABLES {
            // Sockets open and close on a busy host: the two readings must agree once.
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
            loop {
                let told = match dump(&mut netlink, table) {
                    Ok(told) => known(told),
                    Err(error) => {
                        println!("no sock_diag for {}, not compared: {error}", table.file);
                        break;
                    }
                };
                let read = known(own_file(table).unwrap());
                if told == read {
                    break;
                }
                assert!(
                    std::time::Instant::now() < deadline,
                    "{}: {:?}",
                    table.file,
                    told.symmetric_difference(&read).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn both_families_are_told_at_once_as_one_after_the_other() {
        let _listeners = ["127.0.0.1:0", "[::1]:0"].map(std::net::TcpListener::bind);
        let mut netlink = match Netlink::open(Some(SOCK_DIAG), WHAT) {
            Ok(netlink) => netlink,
            Err(error) => return println!("no netlink here, nothing was compared: {error}"),
        };
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let told = match dump_tcp(&mut netlink) {
                Ok(told) => told,
                Err(error) => return println!("not compared: {error}"),
            };
            let is_v6 = |socket: &Socket| socket.connection.family == AddressFamily::Inet6;
            assert!(told.iter().is_sorted_by_key(is_v6));
            let mut read = dump(&mut netlink, TABLES[0]).unwrap();
            read.append(&mut dump(&mut netlink, TABLES[1]).unwrap_or_default());
            let (told, read) = (known(told), known(read));
            if told == read {
                return assert!(!told.is_empty());
            }
            let differing: Vec<_> = told.symmetric_difference(&read).collect();
            assert!(std::time::Instant::now() < deadline, "{differing:?}");
        }
    }

    #[test]
    fn a_conversation_that_is_refused_is_made_up_for_by_the_files() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let listens = |sockets: Vec<Socket>| {
            sockets.iter().any(|socket| {
                let end = socket.connection.laddr.as_ref();
                end.is_some_and(|end| end.to_string() == format!("127.0.0.1:{port}"))
            })
        };
        assert!(listens(sockets_through(None, ConnectionKind::Tcp4).unwrap()));
        // A protocol to which the kernel does not listen.
        let deaf = || Netlink::open(Some(rustix::net::netlink::USERSOCK), WHAT).unwrap();
        assert!(dump(&mut deaf(), TABLES[0]).is_err());
        assert!(listens(
            sockets_through(Some(deaf()), ConnectionKind::All).unwrap()
        ));
    }
}
