//! Network: counters against `/proc` before and after, addresses and state of interfaces against `ip` and sysfs, sockets
//! against those that the test opens and against `ss`, and what is answered where files are missing or broken.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};

use psoxide::model::net::{
    AddressFamily, Connection, ConnectionKind, ConnectionStatus, Duplex, InterfaceAddress, NetIo,
    SocketAddress, SocketType,
};
use psoxide::{ErrorKind, NetIoSampler, Process, Root};

use crate::agree::until_equal;
use crate::child::until;
use crate::roots::{Tree, is_broken_by, is_denied, is_plain_user, testdata};
use crate::tools;

/// The sixteen numbers of each interface, read independently.
fn net_dev() -> HashMap<String, Vec<u64>> {
    let file = fs::read_to_string("/proc/net/dev").unwrap();
    file.lines()
        .skip(2)
        .map(|line| {
            let (name, numbers) = line.rsplit_once(':').unwrap();
            let numbers = numbers
                .split_whitespace()
                .map(|number| number.parse().unwrap())
                .collect();
            (name.trim().to_string(), numbers)
        })
        .collect()
}

/// The counters with the columns of the file that they stand in.
fn counters(io: &NetIo) -> [(usize, u64); 8] {
    [
        (0, io.bytes_recv),
        (1, io.packets_recv),
        (2, io.errin),
        (3, io.dropin.unwrap()),
        (8, io.bytes_sent),
        (9, io.packets_sent),
        (10, io.errout),
        (11, io.dropout.unwrap()),
    ]
}

#[test]
fn counters_lie_between_two_readings_of_proc() {
    let before = net_dev();
    let ours = psoxide::net_io_counters_per_nic().unwrap();
    let total = psoxide::net_io_counters().unwrap();
    let after = net_dev();
    if before.keys().collect::<BTreeSet<_>>() != after.keys().collect::<BTreeSet<_>>() {
        println!("interfaces came or went: counters were not compared");
        return;
    }
    let names: BTreeSet<String> = ours.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, before.keys().cloned().collect());
    for (name, io) in &ours {
        let name = name.to_string();
        for (column, value) in counters(io) {
            assert!(
                before[&name][column] <= value && value <= after[&name][column],
                "{name} {column}"
            );
        }
    }
    let sum = |table: &HashMap<String, Vec<u64>>, column: usize| -> u64 {
        table.values().map(|numbers| numbers[column]).sum()
    };
    match total {
        None => assert!(before.is_empty()),
        Some(total) => {
            for (column, value) in counters(&total) {
                assert!(
                    sum(&before, column) <= value && value <= sum(&after, column),
                    "{column}"
                );
            }
        }
    }
}

#[test]
fn what_is_sent_over_loopback_is_counted() {
    let Ok(receiver) = UdpSocket::bind("127.0.0.1:0") else {
        println!("no loopback interface here: traffic was not counted");
        return;
    };
    let mut sampler = NetIoSampler::new();
    let first = sampler.sample().unwrap();
    assert!(first.interval.is_none() && first.rates.is_none());
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..100 {
        sender
            .send_to(&[0; 1000], receiver.local_addr().unwrap())
            .unwrap();
    }
    let second = sampler.sample().unwrap();
    let seconds = second.interval.unwrap().as_secs_f64();
    let loopback = |sample: &psoxide::NetIoSample| {
        let nic = sample.nics.iter().find(|nic| nic.name == "lo").unwrap();
        (nic.io.clone(), nic.rates.clone())
    };
    let ((before, _), (after, rates)) = (loopback(&first), loopback(&second));
    let grown = after.bytes_sent - before.bytes_sent;
    assert!(grown >= 100_000, "{grown}");
    assert!(after.packets_sent >= before.packets_sent + 100);
    let rate = rates.unwrap().bytes_sent;
    assert!(
        (rate * seconds - grown as f64).abs() < 1.0,
        "{rate} {seconds} {grown}"
    );
    let total = second.rates.unwrap();
    assert!(total.bytes_sent >= rate * 0.999_999);
}

/// A word that follows another in a line.
fn after<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let mut words = line.split_whitespace();
    words.find(|found| *found == word)?;
    words.next()
}

#[test]
fn addresses_are_those_of_ip() {
    if tools::output("ip", &["-o", "addr"]).is_none() {
        return;
    }
    let text = |address: &Option<InterfaceAddress>| address.as_ref().map(ToString::to_string);
    until_equal(|| {
        let ours: BTreeSet<_> = psoxide::net_if_addrs()
            .unwrap()
            .iter()
            .flat_map(|(nic, list)| list.iter().map(move |entry| (nic.to_string(), entry)))
            .filter(|(_, entry)| entry.family != AddressFamily::Link)
            .map(|(nic, entry)| {
                let address = entry.address.to_string();
                let ip = address.split('%').next().unwrap().to_string();
                let Some(InterfaceAddress::Ip(mask)) = &entry.netmask else {
                    panic!("{nic} {address}: no netmask");
                };
                let prefix = match mask {
                    std::net::IpAddr::V4(mask) => mask.to_bits().leading_ones(),
                    std::net::IpAddr::V6(mask) => mask.to_bits().leading_ones(),
                };
                (nic, ip, prefix, text(&entry.broadcast), text(&entry.ptp))
            })
            .collect();
        let listing = tools::output("ip", &["-o", "addr"]).unwrap();
        let links = tools::output("ip", &["-o", "link"]).unwrap();
        let theirs: BTreeSet<_> = listing
            .lines()
            .filter_map(|line| {
                let family = if line.contains(" inet6 ") { "inet6" } else { "inet" };
                let nic = line.split_whitespace().nth(1)?.to_string();
                let (ip, prefix) = match (after(line, "peer"), after(line, family)?) {
                    (Some(peer), own) => (own, peer.split_once('/')?.1),
                    (None, own) => own.split_once('/')?,
                };
                // The label of IPv4, which may be an alias, stands before the lifetimes.
                let label = line.split('\\').next()?.split_whitespace().last()?.to_string();
                let name = if family == "inet" { label } else { nic.clone() };
                let flags = links
                    .lines()
                    .find(|link| link.contains(&format!(" {nic}: ")) || link.contains(&format!(" {nic}@")))?;
                let flags: Vec<&str> = flags.split(['<', '>']).nth(1)?.split(',').collect();
                let point = flags.contains(&"POINTOPOINT") && !flags.contains(&"BROADCAST");
                let peer = after(line, "peer").and_then(|peer| peer.split('/').next());
                let broadcast = after(line, "brd").filter(|_| flags.contains(&"BROADCAST"));
                Some((
                    name,
                    ip.to_string(),
                    prefix.parse().ok()?,
                    broadcast.map(str::to_string),
                    peer.filter(|_| point).map(str::to_string),
                ))
            })
            .collect();
        (ours, theirs)
    });
}

#[test]
fn addresses_come_by_family_and_bear_their_scope() {
    let rank = |family| match family {
        AddressFamily::Inet => 0,
        AddressFamily::Inet6 => 1,
        AddressFamily::Link => 2,
        family => panic!("{family:?}"),
    };
    for (nic, list) in psoxide::net_if_addrs().unwrap() {
        assert!(list.is_sorted_by_key(|entry| rank(entry.family)), "{nic}");
        for entry in list {
            assert!(entry.broadcast.is_none() || entry.ptp.is_none());
            match &entry.address {
                InterfaceAddress::Scoped(address, scope) => {
                    assert!(address.is_unicast_link_local());
                    assert_eq!(*scope, nic);
                }
                InterfaceAddress::Ip(std::net::IpAddr::V6(address)) => {
                    assert!(!address.is_unicast_link_local());
                }
                _ => {}
            }
            assert_eq!(entry.netmask.is_none(), entry.family == AddressFamily::Link);
        }
    }
}

#[test]
fn hardware_addresses_are_those_of_sysfs() {
    for (nic, list) in psoxide::net_if_addrs().unwrap() {
        let path = Path::new("/sys/class/net")
            .join(std::ffi::OsStr::from_bytes(&nic))
            .join("address");
        let Ok(expected) = fs::read_to_string(&path) else {
            println!("no {}: not compared", path.display());
            continue;
        };
        let found = list.iter().find(|entry| entry.family == AddressFamily::Link);
        let found = found.map(|entry| entry.address.to_string());
        // sysfs does not fill up addresses shorter than six bytes.
        assert!(found.unwrap_or_default().starts_with(expected.trim()), "{nic}");
    }
}

#[test]
fn state_of_interfaces_is_that_of_sysfs_and_ip() {
    let stats = psoxide::net_if_stats().unwrap();
    let names: BTreeSet<String> = stats.iter().map(|(nic, _)| nic.to_string()).collect();
    assert_eq!(names, net_dev().into_keys().collect());
    let links = tools::output("ip", &["-o", "link"]);
    for (nic, stats) in &stats {
        let flags: Vec<String> = stats.flags.iter().map(ToString::to_string).collect();
        assert_eq!(stats.isup, flags.contains(&"running".to_string()));
        let directory = Path::new("/sys/class/net").join(std::ffi::OsStr::from_bytes(nic));
        let read = |name: &str| fs::read_to_string(directory.join(name)).ok();
        if let Some(mtu) = read("mtu") {
            assert_eq!(mtu.trim().parse(), Ok(stats.mtu), "{nic}");
        } else {
            println!("no {}: not compared", directory.display());
        }
        // The file fails with EINVAL where the interface is down or the driver does not tell.
        let speed = read("speed")
            .and_then(|speed| speed.trim().parse::<i64>().ok())
            .filter(|speed| *speed > 0);
        if stats.isup {
            assert_eq!(
                speed,
                stats.speed.map(|speed| i64::try_from(speed).unwrap()),
                "{nic}"
            );
            let duplex = match read("duplex").as_deref().map(str::trim) {
                Some("full") => Duplex::Full,
                Some("half") => Duplex::Half,
                _ => Duplex::Unknown,
            };
            assert_eq!(stats.duplex, duplex, "{nic}");
        }
        let line = links.as_ref().and_then(|links| {
            links.lines().find(|line| {
                let name = line.split_whitespace().nth(1).unwrap().trim_end_matches(':');
                nic == name.split('@').next().unwrap()
            })
        });
        if let Some(line) = line {
            let theirs: Vec<&str> = line.split(['<', '>']).nth(1).unwrap().split(',').collect();
            for word in [
                "UP",
                "BROADCAST",
                "LOOPBACK",
                "POINTOPOINT",
                "NOARP",
                "PROMISC",
                "MULTICAST",
            ] {
                assert_eq!(
                    theirs.contains(&word),
                    flags.contains(&word.to_lowercase()),
                    "{nic} {word}"
                );
            }
            let up = theirs.contains(&"UP") && !theirs.contains(&"NO-CARRIER");
            assert_eq!(stats.isup, up, "{nic} {line}");
        }
    }
}

/// Those of the sockets whose local end is this.
fn with_local<'a>(sockets: &'a [Connection], local: &SocketAddress) -> Vec<&'a Connection> {
    sockets
        .iter()
        .filter(|socket| socket.laddr.as_ref() == Some(local))
        .collect()
}

fn end(address: SocketAddr) -> SocketAddress {
    // The library builds its records itself; the text tells which one is meant.
    let kind = if address.is_ipv4() {
        ConnectionKind::Inet4
    } else {
        ConnectionKind::Inet6
    };
    let found = psoxide::net_sockets(kind)
        .unwrap()
        .into_iter()
        .find_map(|socket| {
            let ends = [socket.laddr, socket.raddr];
            ends.into_iter().flatten().find(|end| match end {
                SocketAddress::Inet { ip, port } => *ip == address.ip() && *port == address.port(),
                _ => false,
            })
        });
    found.unwrap_or_else(|| panic!("{address} is not among the sockets"))
}

/// Connects, and gives both ends.
fn connected(listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (client, server)
}

/// The machine's sockets, once those with these local ends and descriptors are told to be this process's. Of who holds a
/// socket the lowest number is told, and a child that another test is starting holds all until it has come to its program.
fn of_this_process(kind: ConnectionKind, sockets: &[(SocketAddr, i32)]) -> Vec<Connection> {
    let wanted: Vec<_> = sockets.iter().map(|(local, fd)| (end(*local), *fd)).collect();
    let mut all = Vec::new();
    until(|| {
        all = psoxide::net_connections(kind).unwrap();
        wanted.iter().all(|(local, fd)| {
            all.iter().any(|socket| {
                (socket.laddr.as_ref(), socket.fd, socket.pid)
                    == (Some(local), Some(*fd), Some(std::process::id()))
            })
        })
    });
    all
}

fn tcp_and_udp_are_found(address: &str, family: AddressFamily) {
    let Ok(listener) = TcpListener::bind((address, 0)) else {
        println!("no {address} here: its sockets were not looked for");
        return;
    };
    let at = |address: std::io::Result<SocketAddr>| address.unwrap();
    let (client, server) = connected(&listener);
    let datagrams = UdpSocket::bind((address, 0)).unwrap();
    let peer = UdpSocket::bind((address, 0)).unwrap();
    peer.connect(datagrams.local_addr().unwrap()).unwrap();

    let own = Process::current().unwrap();
    let whole = of_this_process(
        ConnectionKind::All,
        &[
            (at(listener.local_addr()), listener.as_raw_fd()),
            (at(client.local_addr()), client.as_raw_fd()),
            (at(server.local_addr()), server.as_raw_fd()),
            (at(datagrams.local_addr()), datagrams.as_raw_fd()),
            (at(peer.local_addr()), peer.as_raw_fd()),
        ],
    );
    let of_process = own
        .oneshot()
        .unwrap()
        .net_connections(ConnectionKind::All)
        .unwrap();
    let bare = psoxide::net_sockets(ConnectionKind::All).unwrap();
    assert!(
        bare.iter()
            .all(|socket| socket.pid.is_none() && socket.fd.is_none())
    );

    let expect = |local: SocketAddr, remote: Option<SocketAddr>, fd: i32, socket_type, status| {
        let (local, remote) = (end(local), remote.map(end));
        for sockets in [&whole, &of_process, &bare] {
            let found: Vec<_> = with_local(sockets, &local)
                .into_iter()
                .filter(|socket| socket.raddr == remote)
                .collect();
            let [socket] = found.as_slice() else {
                panic!("{local} {remote:?}: {found:?}");
            };
            assert_eq!(
                (socket.family, socket.socket_type, socket.status),
                (family, socket_type, status)
            );
        }
        for sockets in [&whole, &of_process] {
            let found = with_local(sockets, &local)
                .into_iter()
                .find(|socket| socket.raddr == remote)
                .unwrap();
            assert_eq!((found.pid, found.fd), (Some(std::process::id()), Some(fd)));
        }
    };
    let (stream, datagram) = (SocketType::Stream, SocketType::Datagram);
    let listening = at(listener.local_addr());
    expect(
        listening,
        None,
        listener.as_raw_fd(),
        stream,
        ConnectionStatus::Listen,
    );
    let established = ConnectionStatus::Established;
    let client_end = at(client.local_addr());
    expect(
        client_end,
        Some(listening),
        client.as_raw_fd(),
        stream,
        established,
    );
    expect(
        listening,
        Some(client_end),
        server.as_raw_fd(),
        stream,
        established,
    );
    let local = at(datagrams.local_addr());
    expect(
        local,
        None,
        datagrams.as_raw_fd(),
        datagram,
        ConnectionStatus::None,
    );
    expect(
        at(peer.local_addr()),
        Some(local),
        peer.as_raw_fd(),
        datagram,
        ConnectionStatus::None,
    );

    // Closed by the other end, and then by nobody.
    drop(server);
    until_equal(|| {
        let sockets = psoxide::net_sockets(ConnectionKind::Tcp).unwrap();
        let local = end(client_end);
        let states: Vec<_> = with_local(&sockets, &local)
            .iter()
            .map(|socket| socket.status)
            .collect();
        (states, vec![ConnectionStatus::CloseWait])
    });
}

#[test]
fn sockets_of_ipv4_are_found() {
    tcp_and_udp_are_found("127.0.0.1", AddressFamily::Inet);
}

#[test]
fn sockets_of_ipv6_are_found() {
    tcp_and_udp_are_found("::1", AddressFamily::Inet6);
}

/// The name, type and owner of each UNIX socket of these names.
fn unix_sockets(sockets: &[Connection], names: &[&[u8]]) -> BTreeSet<(Vec<u8>, &'static str, Option<i32>)> {
    sockets
        .iter()
        .filter(|socket| socket.family == AddressFamily::Unix)
        .filter_map(|socket| match &socket.laddr {
            Some(SocketAddress::Path(path)) if names.contains(&path.as_bytes()) => {
                assert_eq!((socket.status, &socket.raddr), (ConnectionStatus::None, &None));
                Some((path.as_bytes().to_vec(), socket.socket_type.as_str(), socket.fd))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn unix_sockets_are_found_under_their_whole_names() {
    let tree = Tree::new();
    let path = |name: &str| tree.path(name);
    let (plain, blanks, lines) = (path("plain"), path("two  words "), path("new\nline"));
    let listener = UnixListener::bind(&plain).unwrap();
    let datagrams = UnixDatagram::bind(&blanks).unwrap();
    let odd = UnixListener::bind(&lines).unwrap();
    let client = UnixStream::connect(&plain).unwrap();
    let (server, _) = listener.accept().unwrap();
    let packets = seqpacket(&path("packets"));
    let packets_name = path("packets");
    let abstract_name = format!("psoxide-test-{}\0zero", std::process::id());
    let hidden = abstract_socket(abstract_name.as_bytes());
    let shown = format!("@{}", abstract_name.replace('\0', "@"));

    let names = [
        plain.as_os_str().as_bytes(),
        blanks.as_os_str().as_bytes(),
        lines.as_os_str().as_bytes(),
        packets_name.as_os_str().as_bytes(),
        shown.as_bytes(),
    ];
    let row = |name: &[u8], kind, fd| (name.to_vec(), kind, Some(fd));
    let expected: BTreeSet<_> = [
        row(names[0], "SOCK_STREAM", listener.as_raw_fd()),
        row(names[0], "SOCK_STREAM", server.as_raw_fd()),
        row(names[1], "SOCK_DGRAM", datagrams.as_raw_fd()),
        row(names[2], "SOCK_STREAM", odd.as_raw_fd()),
        row(names[3], "SOCK_SEQPACKET", packets.as_raw_fd()),
        row(names[4], "SOCK_STREAM", hidden.as_raw_fd()),
    ]
    .into();
    let whole = psoxide::net_connections(ConnectionKind::Unix).unwrap();
    assert_eq!(unix_sockets(&whole, &names), expected);
    let visit = Process::current().unwrap().oneshot().unwrap();
    let own = visit.net_connections(ConnectionKind::Unix).unwrap();
    assert_eq!(unix_sockets(&own, &names), expected);
    // Without a name there is no local end.
    assert!(
        own.iter()
            .any(|socket| socket.fd == Some(client.as_raw_fd()) && socket.laddr.is_none())
    );
    assert!(own.iter().all(|socket| socket.pid == Some(std::process::id())));

    // A UNIX socket is listed under each descriptor that refers to it.
    let again = listener.try_clone().unwrap();
    let own = visit.net_connections(ConnectionKind::Unix).unwrap();
    let twice = unix_sockets(&own, &names[..1]);
    assert!(twice.contains(&row(names[0], "SOCK_STREAM", listener.as_raw_fd())));
    assert!(twice.contains(&row(names[0], "SOCK_STREAM", again.as_raw_fd())));
}

fn seqpacket(path: &Path) -> OwnedFd {
    use rustix::net::{AddressFamily as Family, SocketAddrUnix, SocketFlags, SocketType as Type};
    let socket = rustix::net::socket_with(Family::UNIX, Type::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
    rustix::net::bind(&socket, &SocketAddrUnix::new(path).unwrap()).unwrap();
    socket
}

fn abstract_socket(name: &[u8]) -> UnixListener {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name).unwrap();
    UnixListener::bind_addr(&address).unwrap()
}

#[test]
fn kinds_are_parts_of_all() {
    let _listener = TcpListener::bind("127.0.0.1:0");
    let _datagrams = UdpSocket::bind("127.0.0.1:0");
    for kind in ConnectionKind::EACH {
        for socket in psoxide::net_sockets(kind).unwrap() {
            let tcp = socket.socket_type == SocketType::Stream;
            let fits = match (kind, socket.family) {
                (ConnectionKind::All, _) => true,
                (ConnectionKind::Unix, family) => family == AddressFamily::Unix,
                (_, AddressFamily::Unix) => false,
                (ConnectionKind::Inet, _) => true,
                (ConnectionKind::Tcp, _) => tcp,
                (ConnectionKind::Udp, _) => !tcp,
                (ConnectionKind::Inet4, family) => family == AddressFamily::Inet,
                (ConnectionKind::Tcp4, family) => tcp && family == AddressFamily::Inet,
                (ConnectionKind::Udp4, family) => !tcp && family == AddressFamily::Inet,
                (ConnectionKind::Inet6, family) => family == AddressFamily::Inet6,
                (ConnectionKind::Tcp6, family) => tcp && family == AddressFamily::Inet6,
                (ConnectionKind::Udp6, family) => !tcp && family == AddressFamily::Inet6,
            };
            assert!(fits, "{kind}: {socket:?}");
            assert_eq!(
                socket.status == ConnectionStatus::None,
                !(tcp && socket.family != AddressFamily::Unix)
            );
        }
    }
}

/// `127.0.0.1:80`, `[::1]%lo:80`, `*:80` and `0.0.0.0:*` of `ss` as address and port; none without a port.
fn ss_end(text: &str) -> Option<(String, u16)> {
    let (ip, port) = text.rsplit_once(':').unwrap();
    let port = port.parse().ok()?;
    let ip = ip.split('%').next().unwrap().trim_matches(['[', ']']);
    // An IPv6 socket that takes IPv4 too has a lone star.
    let ip = if ip == "*" { "::" } else { ip };
    Some((ip.to_string(), port))
}

#[test]
fn internet_sockets_are_those_of_ss() {
    if tools::output("ss", &["-tuanH"]).is_none() {
        return;
    }
    let _listener = TcpListener::bind("127.0.0.1:0");
    let _sixth = TcpListener::bind("[::]:0");
    let _datagrams = UdpSocket::bind("127.0.0.1:0");
    until_equal(|| {
        let mut ours: Vec<_> = psoxide::net_sockets(ConnectionKind::Inet)
            .unwrap()
            .into_iter()
            .map(|socket| {
                let end = |end: Option<SocketAddress>| match end {
                    Some(SocketAddress::Inet { ip, port }) => Some((ip.to_string(), port)),
                    _ => None,
                };
                let tcp = socket.socket_type == SocketType::Stream;
                let state = if tcp {
                    socket.status.to_string()
                } else {
                    String::new()
                };
                (tcp, state, end(socket.laddr), end(socket.raddr))
            })
            .collect();
        let listing = tools::output("ss", &["-tuanH"]).unwrap();
        let mut theirs: Vec<_> = listing
            .lines()
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let tcp = words[0] == "tcp";
                let state = match words[1] {
                    _ if !tcp => "",
                    "ESTAB" => "ESTABLISHED",
                    "FIN-WAIT-1" => "FIN_WAIT1",
                    "FIN-WAIT-2" => "FIN_WAIT2",
                    "UNCONN" => "CLOSE",
                    other => other,
                };
                let (local, remote) = (ss_end(words[4]), ss_end(words[5]));
                (tcp, state.replace('-', "_"), local, remote)
            })
            .collect();
        ours.sort();
        theirs.sort();
        (ours, theirs)
    });
}

#[test]
fn unix_sockets_are_those_of_ss() {
    if tools::output("ss", &["-xanH"]).is_none() {
        return;
    }
    let tree = Tree::new();
    let _listener = UnixListener::bind(tree.path("socket")).unwrap();
    until_equal(|| {
        let mut ours: Vec<_> = psoxide::net_sockets(ConnectionKind::Unix)
            .unwrap()
            .into_iter()
            .map(|socket| {
                let name = match socket.laddr {
                    Some(SocketAddress::Path(path)) => path.to_string(),
                    _ => "*".to_string(),
                };
                // ss prints names as they are, so that those with blanks cannot be told from other columns.
                let word = name.split_whitespace().next().unwrap_or_default().to_string();
                (socket.socket_type.as_str(), word)
            })
            .collect();
        let listing = tools::output("ss", &["-xanH"]).unwrap();
        let mut theirs: Vec<_> = listing
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let kind = match words.next()? {
                    "u_str" => "SOCK_STREAM",
                    "u_dgr" => "SOCK_DGRAM",
                    "u_seq" => "SOCK_SEQPACKET",
                    // The rest of a name with a newline in it.
                    _ => return None,
                };
                Some((kind, words.nth(3)?.to_string()))
            })
            .collect();
        ours.sort();
        theirs.sort();
        (ours, theirs)
    });
}

#[test]
fn a_process_in_another_network_namespace_has_its_own_sockets() {
    let script = "ip link set lo up && exec 3<>/dev/udp/127.0.0.1/9 && echo ready && read -r line";
    let root = rustix::process::geteuid().is_root();
    let flags = if root { "-n" } else { "-rn" };
    let started = Command::new("unshare")
        .args([flags, "bash", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            println!("unshare is not installed ({error}): no other namespace was looked into");
            return;
        }
    };
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    if line != "ready\n" {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        println!(
            "no network namespace can be made here ({}): none was looked into",
            said.trim()
        );
        return;
    }
    // `unshare` becomes bash, so that the number is the shell's.
    let visit = Process::new(child.id()).unwrap().oneshot().unwrap();
    let sockets = visit.net_connections(ConnectionKind::Udp).unwrap();
    let [socket] = sockets.as_slice() else {
        panic!("{sockets:?}");
    };
    assert_eq!(socket.raddr.as_ref().unwrap().to_string(), "127.0.0.1:9");
    assert_eq!((socket.pid, socket.fd), (Some(child.id()), Some(3)));
    let whole = psoxide::net_connections(ConnectionKind::Inet).unwrap();
    assert!(whole.iter().all(|socket| socket.pid != Some(child.id())));
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_process_without_sockets_has_none() {
    let mut child = Command::new("sleep")
        .arg("600")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let visit = Process::new(child.id()).unwrap().oneshot().unwrap();
    let inet = visit.net_connections(ConnectionKind::Inet).unwrap();
    assert!(inet.is_empty(), "{inet:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    let error = visit.net_connections(ConnectionKind::Inet).unwrap_err();
    assert!(error.is_no_such_process(), "{error}");
    assert_eq!(error.pid(), Some(child.id()));
}

#[test]
fn sockets_of_a_process_of_another_user_are_denied() {
    if is_plain_user("net::sockets_of_a_process_of_another_user_are_denied") {
        match Process::new(1) {
            Ok(first) => {
                let error = first
                    .oneshot()
                    .unwrap()
                    .net_connections(ConnectionKind::All)
                    .unwrap_err();
                assert!(error.is_access_denied(), "{error}");
                assert_eq!(error.pid(), Some(1));
            }
            Err(error) => println!("process 1 is not seen here ({error}): it was not asked"),
        }
        // The system-wide question is answered all the same, and knows the sockets of this process.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sockets = of_this_process(ConnectionKind::Tcp4, &[(address, listener.as_raw_fd())]);
        assert_eq!(with_local(&sockets, &end(address)).len(), 1);
    }
}

/// A root with socket tables and two processes that hold sockets of them.
fn made_root() -> Tree {
    let tree = Tree::new();
    for table in ["tcp", "tcp6", "udp", "udp6", "unix", "dev"] {
        let bytes = fs::read(testdata("net-6.18").join("proc/net").join(table)).unwrap();
        tree.write(&format!("proc/net/{table}"), bytes);
    }
    let link = |pid: u32, fd: u32, target: &str| {
        std::os::unix::fs::symlink(target, tree.path(&format!("proc/{pid}/fd/{fd}"))).unwrap();
    };
    link(10, 0, "/dev/null");
    link(10, 3, "socket:[21077]");
    link(10, 4, "socket:[50001]");
    link(10, 5, "pipe:[21078]");
    link(9, 7, "socket:[21077]");
    link(9, 8, "socket:[50001]");
    link(9, 9, "anon_inode:[eventpoll]");
    // A process that ends while it is looked into, and a file where a directory should be.
    tree.path("proc/11/none");
    tree.write("proc/12/fd", "");
    tree
}

#[test]
fn sockets_of_another_root_come_from_its_files() {
    let tree = made_root();
    let root = tree.root();
    let count = |kind| root.net_sockets(kind).unwrap().len();
    assert_eq!(count(ConnectionKind::All), 6 + 3 + 2 + 1 + 7);
    assert_eq!(count(ConnectionKind::Tcp4), 6);
    assert_eq!(count(ConnectionKind::Udp), 3);
    let all = root.net_connections(ConnectionKind::All).unwrap();
    let owners = |test: &dyn Fn(&Connection) -> bool| -> Vec<_> {
        all.iter()
            .filter(|socket| test(socket))
            .map(|socket| (socket.pid, socket.fd))
            .collect()
    };
    // The first process that holds an internet socket; every one that holds a UNIX socket.
    let listening = |socket: &Connection| {
        socket.status == ConnectionStatus::Listen && socket.family == AddressFamily::Inet
    };
    assert_eq!(owners(&listening), [(Some(9), Some(7))]);
    let bus = |socket: &Connection| {
        socket
            .laddr
            .as_ref()
            .is_some_and(|end| end.to_string() == "/run/dbus/system_bus_socket")
    };
    assert_eq!(
        owners(&bus),
        [(Some(9), Some(8)), (Some(10), Some(4)), (None, None)]
    );
    let nobody = all.iter().filter(|socket| socket.pid.is_none()).count();
    assert_eq!(all.len() - nobody, 3);
    // What the first process sees is what that root is about.
    let first = tree.path("proc/1/net/udp");
    fs::write(
        &first,
        fs::read(tree.path("proc/net/udp"))
            .unwrap()
            .split_inclusive(|byte| *byte == b'\n')
            .next()
            .unwrap(),
    )
    .unwrap();
    assert_eq!(count(ConnectionKind::Udp4), 0);
    assert_eq!(root.net_io_counters_per_nic().unwrap().len(), 4);
    for error in [root.net_if_addrs().map(drop), root.net_if_stats().map(drop)] {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::ForeignRoot);
    }
}

#[test]
fn broken_files() {
    is_broken_by("proc/net/dev", |root| root.net_io_counters().map(drop), false);
    is_broken_by(
        "proc/net/tcp",
        |root| root.net_sockets(ConnectionKind::Tcp4).map(drop),
        false,
    );
    is_broken_by(
        "proc/net/unix",
        |root| root.net_sockets(ConnectionKind::Unix).map(drop),
        false,
    );
    let tree = made_root();
    let root = tree.root();
    // A kernel without IPv6.
    fs::remove_file(tree.path("proc/net/tcp6")).unwrap();
    assert!(root.net_sockets(ConnectionKind::Tcp6).unwrap().is_empty());
    assert_eq!(root.net_sockets(ConnectionKind::Tcp).unwrap().len(), 6);
    // Cut in the middle of a line, garbage, and lines without end.
    let whole = fs::read(tree.path("proc/net/tcp")).unwrap();
    let endless = [&whole[..], &b"x".repeat(1 << 20)].concat();
    for bytes in [
        &whole[..whole.len() - 100],
        b"sl\ngarbage\n",
        b"sl\n\xff\x00",
        &endless,
    ] {
        tree.write("proc/net/tcp", bytes);
        let error = root.net_sockets(ConnectionKind::Tcp).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.what(), tree.path("proc/net/tcp").to_str().unwrap());
    }
    for bytes in ["a\nb\nlo: 1 2 3\n", "a\nb\nlo 1\n"] {
        tree.write("proc/net/dev", bytes);
        assert_eq!(root.net_io_counters().unwrap_err().kind(), ErrorKind::InvalidData);
    }
    tree.write("proc/net/dev", "a\nb\n");
    assert_eq!(root.net_io_counters().unwrap(), None);
    tree.write("proc/net/tcp", "");
    assert!(root.net_connections(ConnectionKind::Tcp4).unwrap().is_empty());
}

#[test]
fn files_that_may_not_be_read() {
    if is_plain_user("net::files_that_may_not_be_read") {
        is_denied("proc/1/net/dev", |root| root.net_io_counters().map(drop));
        is_denied("proc/1/net/tcp", |root| {
            root.net_sockets(ConnectionKind::Tcp4).map(drop)
        });
        is_denied("proc/1/net/unix", |root| {
            root.net_sockets(ConnectionKind::Unix).map(drop)
        });
    }
}

#[test]
fn roots_that_are_none() {
    for root in [
        Root::at("/no/such/root"),
        Root::at("/etc/passwd"),
        Tree::new().root(),
    ] {
        for error in [
            root.net_io_counters().map(drop),
            root.net_connections(ConnectionKind::All).map(drop),
            root.net_sockets(ConnectionKind::Udp4).map(drop),
        ] {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::NotFound);
        }
    }
}

/// Whoever asks again and again is told the same, by whichever way: descriptors that were copied, sockets of a child and
/// of every kind.
#[test]
fn a_table_of_connections_tells_what_a_call_tells() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (copy, packets) = (
        stream.try_clone().unwrap(),
        UdpSocket::bind("127.0.0.1:0").unwrap(),
    );
    let own = std::process::id();
    let mine = |sockets: Vec<Connection>| {
        let mut mine: Vec<String> = sockets
            .iter()
            .filter(|socket| socket.pid == Some(own))
            .map(|socket| format!("{socket:?}"))
            .collect();
        mine.sort();
        mine
    };
    let mut table = psoxide::ConnectionTable::new();
    for kind in [
        ConnectionKind::Inet,
        ConnectionKind::Tcp4,
        ConnectionKind::Udp4,
        ConnectionKind::Inet,
    ] {
        // Other tests open and close sockets of this process meanwhile.
        until(|| {
            let before = mine(psoxide::net_connections(kind).unwrap());
            let told = mine(table.read(kind).unwrap());
            before == mine(psoxide::net_connections(kind).unwrap()) && told == before
        });
    }
    let ports: Vec<u16> = [listener.local_addr(), packets.local_addr(), copy.local_addr()]
        .into_iter()
        .map(|address| address.unwrap().port())
        .collect();
    for port in ports {
        let told = table.read(ConnectionKind::Inet).unwrap();
        let found = told.iter().find(|socket| match &socket.laddr {
            Some(SocketAddress::Inet { port: local, .. }) => *local == port,
            _ => false,
        });
        assert_eq!(found.unwrap().pid, Some(own));
    }
}
