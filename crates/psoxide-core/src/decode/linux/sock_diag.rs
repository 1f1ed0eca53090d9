//! The kernel's socket diagnostics (`NETLINK_SOCK_DIAG`): requests for a dump of all sockets of a family, and the
//! entries of the answer.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::net_tcp::{end, tcp_status};
use super::net_unix::{named, socket_type};
use super::netlink::{attributes, dump_request};
use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::net::{AddressFamily, Connection, ConnectionStatus, Socket, SocketType};
use crate::text::Text;

/// `SOCK_DIAG_BY_FAMILY`, the type of requests and entries.
pub const BY_FAMILY: u16 = 20;

/// `TCPDIAG_GETSOCK`, the same of the older request for TCP sockets.
pub const TCP: u16 = 18;

const AF_UNIX: u8 = 1;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;
const IPPROTO_UDP: u8 = 17;

/// States 1 (established) to 12 (a request without a full socket). 13, bound but neither connected nor listening, is
/// left out: `/proc/net/tcp` does not list those either.
const EVERY_STATE: u32 = 0x1ffe;

/// `UDIAG_SHOW_NAME`, and the attribute that it asks for.
const SHOW_NAME: u32 = 1;
const UNIX_DIAG_NAME: u16 = 0;

/// The request for all TCP (`Stream`) or UDP sockets of IPv4, or with `v6` of IPv6.
pub fn inet_request(socket_type: SocketType, v6: bool, sequence: u32) -> Vec<u8> {
    // struct inet_diag_req_v2: family, protocol, extensions, padding, states, and 48 bytes that narrow it to one
    // socket, all zero for all of them.
    let mut body = [0; 56];
    let protocol = if socket_type == SocketType::Stream {
        IPPROTO_TCP
    } else {
        IPPROTO_UDP
    };
    let family = if v6 { AF_INET6 } else { AF_INET };
    let [first, second, third, fourth] = EVERY_STATE.to_ne_bytes();
    if let Some(head) = body.first_chunk_mut() {
        *head = [family, protocol, 0, 0, first, second, third, fourth];
    }
    dump_request(BY_FAMILY, sequence, &body)
}

/// The request for all TCP sockets of both families, which is the only one for both: for each other the kernel goes through
/// all of its table, and leaves out the half.
pub fn tcp_request(sequence: u32) -> Vec<u8> {
    // struct inet_diag_req: family, two lengths of addresses, extensions, 48 bytes that narrow it to one socket, states,
    // and a word that is not looked at.
    let mut body = [0; 60];
    if let Some(states) = body.get_mut(52..56) {
        states.copy_from_slice(&EVERY_STATE.to_ne_bytes());
    }
    dump_request(TCP, sequence, &body)
}

/// The request for all UNIX sockets with their names.
pub fn unix_request(sequence: u32) -> Vec<u8> {
    // struct unix_diag_req: family, protocol, padding, states, inode, what to show, cookie.
    let mut body = vec![AF_UNIX, 0, 0, 0];
    body.extend(u32::MAX.to_ne_bytes());
    body.extend(0u32.to_ne_bytes());
    body.extend(SHOW_NAME.to_ne_bytes());
    body.extend([0; 8]);
    dump_request(BY_FAMILY, sequence, &body)
}

/// An internet socket from the body of an entry (`struct inet_diag_msg`). Whether it is of TCP or of UDP only the
/// request tells.
pub fn inet_socket(body: &[u8], socket_type: SocketType) -> Result<Socket, DecodeError> {
    let entry = Layout::new("inet_diag_msg", body, 72)?;
    let (family, local, remote) = match entry.u8(0)? {
        AF_INET => (
            AddressFamily::Inet,
            IpAddr::V4(Ipv4Addr::from(entry.array(8)?)),
            IpAddr::V4(Ipv4Addr::from(entry.array(24)?)),
        ),
        AF_INET6 => (
            AddressFamily::Inet6,
            IpAddr::V6(Ipv6Addr::from(entry.array(8)?)),
            IpAddr::V6(Ipv6Addr::from(entry.array(24)?)),
        ),
        _ => return Err(DecodeError::new("inet_diag_msg", 0, "family 2 or 10")),
    };
    let status = if socket_type == SocketType::Stream {
        tcp_status(u64::from(entry.u8(1)?)).ok_or(DecodeError::new("inet_diag_msg", 1, "a TCP state"))?
    } else {
        ConnectionStatus::None
    };
    let connection = Connection {
        fd: None,
        family,
        socket_type,
        laddr: end(local, entry.u16_be(4)?),
        raddr: end(remote, entry.u16_be(6)?),
        status,
        pid: None,
    };
    Ok(Socket {
        inode: u64::from(entry.u32(68)?),
        connection,
    })
}

/// A UNIX socket from the body of an entry (`struct unix_diag_msg` and attributes). Its name is written as
/// `/proc/net/unix` writes it: `@` for each zero byte of an abstract name.
pub fn unix_socket(body: &[u8]) -> Result<Socket, DecodeError> {
    let entry = Layout::new("unix_diag_msg", body, 16)?;
    if entry.u8(0)? != AF_UNIX {
        return Err(DecodeError::new("unix_diag_msg", 0, "family 1"));
    }
    let mut name = Text::default();
    for attribute in attributes(body.get(16..).unwrap_or_default()) {
        let (kind, payload) = attribute?;
        if kind == UNIX_DIAG_NAME {
            name = match payload {
                [0, ..] => Text::from(
                    payload
                        .iter()
                        .map(|b| if *b == 0 { b'@' } else { *b })
                        .collect::<Vec<_>>(),
                ),
                path => Text::from(path.strip_suffix(&[0]).unwrap_or(path)),
            };
        }
    }
    let kind = socket_type(u64::from(entry.u8(1)?));
    Ok(named(u64::from(entry.u32(4)?), kind, name))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::super::netlink::{messages, written};
    use super::*;
    use crate::model::net::SocketAddress;

    fn inet_entry(family: u8, state: u8, ports: [u16; 2], addresses: [[u8; 16]; 2], inode: u32) -> Vec<u8> {
        let mut body = vec![family, state, 0, 0];
        body.extend(ports[0].to_be_bytes());
        body.extend(ports[1].to_be_bytes());
        body.extend(addresses[0]);
        body.extend(addresses[1]);
        body.extend([0; 28]);
        body.extend(inode.to_ne_bytes());
        assert_eq!(body.len(), 72);
        body
    }

    fn v4(address: [u8; 4]) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&address);
        bytes
    }

    #[test]
    fn an_ipv4_stream() {
        let body = inet_entry(2, 1, [80, 40_000], [v4([127, 0, 0, 1]), v4([10, 0, 0, 2])], 77);
        let socket = inet_socket(&body, SocketType::Stream).unwrap();
        assert_eq!(socket.inode, 77);
        let it = socket.connection;
        assert_eq!(
            (it.family, it.status),
            (AddressFamily::Inet, ConnectionStatus::Established)
        );
        assert_eq!(it.laddr.unwrap().to_string(), "127.0.0.1:80");
        assert_eq!(it.raddr.unwrap().to_string(), "10.0.0.2:40000");
    }

    #[test]
    fn an_ipv6_datagram_without_a_peer() {
        let address = Ipv6Addr::LOCALHOST.octets();
        let body = inet_entry(10, 7, [53, 0], [address, [0; 16]], 78);
        let it = inet_socket(&body, SocketType::Datagram).unwrap().connection;
        assert_eq!(
            (it.family, it.status),
            (AddressFamily::Inet6, ConnectionStatus::None)
        );
        assert_eq!(
            it.laddr,
            Some(SocketAddress::Inet {
                ip: IpAddr::V6(Ipv6Addr::LOCALHOST),
                port: 53
            })
        );
        assert_eq!(it.raddr, None);
    }

    #[cfg(target_endian = "little")]
    fn captured(
        answer: &[u8],
        decode: impl Fn(&[u8]) -> Result<Socket, DecodeError>,
    ) -> Vec<(u64, Connection)> {
        messages(answer)
            .map(Result::unwrap)
            .filter(|message| message.kind == BY_FAMILY)
            .map(|message| decode(message.body).unwrap())
            .map(|socket| (socket.inode, socket.connection))
            .collect()
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn internet_sockets_as_captured() {
        use ConnectionStatus as S;
        let text = |end: &Option<SocketAddress>| end.as_ref().map_or("-".to_string(), ToString::to_string);
        let rows = |answer: &[u8], socket_type| -> Vec<(u64, String, String, S)> {
            captured(answer, |body| inet_socket(body, socket_type))
                .iter()
                .map(|(inode, it)| (*inode, text(&it.laddr), text(&it.raddr), it.status))
                .collect()
        };
        let row =
            |inode, laddr: &str, raddr: &str, status| (inode, laddr.to_string(), raddr.to_string(), status);
        let tcp = include_bytes!("../../../../../testdata/linux/netlink-6.18/tcp.netlink");
        assert_eq!(
            rows(tcp, SocketType::Stream),
            [
                row(271_139, "127.0.0.1:8080", "-", S::Listen),
                row(271_140, "127.0.0.1:40000", "127.0.0.1:8080", S::Established),
                row(0, "127.0.0.1:40001", "127.0.0.1:8080", S::TimeWait),
                row(271_141, "127.0.0.1:8080", "127.0.0.1:40000", S::Established),
            ]
        );
        let tcp6 = include_bytes!("../../../../../testdata/linux/netlink-6.18/tcp6.netlink");
        assert_eq!(rows(tcp6, SocketType::Stream)[0].1, ":::8081");
        let udp6 = include_bytes!("../../../../../testdata/linux/netlink-6.18/udp6.netlink");
        assert_eq!(rows(udp6, SocketType::Datagram)[0].1, "::1:5353");
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn unix_sockets_as_captured() {
        let answer = include_bytes!("../../../../../testdata/linux/netlink-6.18/unix.netlink");
        let mut rows: Vec<(u64, SocketType, Option<String>)> = captured(answer, unix_socket)
            .into_iter()
            .map(|(inode, it)| (inode, it.socket_type, it.laddr.map(|end| end.to_string())))
            .collect();
        rows.sort();
        let some = |name: &str| Some(name.to_string());
        assert_eq!(
            rows,
            [
                (271_159, SocketType::Stream, some("/tmp/two words")),
                (271_160, SocketType::Datagram, some("/tmp/new\nline")),
                (271_161, SocketType::SeqPacket, some("@abstract@zero")),
                (271_162, SocketType::Stream, None),
            ]
        );
    }

    #[test]
    fn entries_that_are_none() {
        let good = inet_entry(2, 1, [1, 1], [[0; 16]; 2], 1);
        assert!(inet_socket(&good[..71], SocketType::Stream).is_err());
        assert!(inet_socket(&inet_entry(3, 1, [1, 1], [[0; 16]; 2], 1), SocketType::Stream).is_err());
        assert!(inet_socket(&inet_entry(2, 99, [1, 1], [[0; 16]; 2], 1), SocketType::Stream).is_err());
        assert!(unix_socket(&[1; 15]).is_err());
        assert!(unix_socket(&[2; 16]).is_err());
    }

    #[test]
    fn unix_names() {
        let mut fixed = vec![1, 5, 10, 0];
        fixed.extend(4_711u32.to_ne_bytes());
        fixed.extend([0; 8]);
        let name = |payload: Option<&[u8]>| {
            let attributes: Vec<(u16, &[u8])> =
                payload.map(|name| (UNIX_DIAG_NAME, name)).into_iter().collect();
            let message = written(BY_FAMILY, 2, &fixed, &attributes);
            let socket = unix_socket(messages(&message).next().unwrap().unwrap().body).unwrap();
            assert_eq!(
                (socket.inode, socket.connection.socket_type),
                (4_711, SocketType::SeqPacket)
            );
            socket.connection.laddr.map(|end| end.to_string())
        };
        assert_eq!(name(None), None);
        assert_eq!(
            name(Some(b"/run/two words\nline\0")).unwrap(),
            "/run/two words\nline"
        );
        assert_eq!(name(Some(b"/full")).unwrap(), "/full");
        assert_eq!(name(Some(b"\0abstract\0zero")).unwrap(), "@abstract@zero");
    }

    #[test]
    fn requests_have_the_kernels_sizes() {
        let request = inet_request(SocketType::Stream, true, 9);
        assert_eq!(request.len(), 72);
        assert_eq!(&request[16..20], [10, 6, 0, 0]);
        assert_eq!(unix_request(9).len(), 40);
        let both = tcp_request(9);
        assert_eq!((both.len(), &both[68..72]), (76, &0x1ffe_u32.to_ne_bytes()[..]));
        assert_eq!(messages(&both).next().unwrap().unwrap().kind, TCP);
        let message = messages(&request).next().unwrap().unwrap();
        assert_eq!((message.kind, message.sequence), (BY_FAMILY, 9));
    }
}
