//! `/proc/net/tcp`, `tcp6`, `udp` and `udp6`: internet sockets. The kernel's sock_diag tells the same faster, see
//! [`sock_diag`](super::sock_diag).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::decode::bytes::{decimal, finished, hexadecimal, lines, split_once, words};
use crate::error::DecodeError;
use crate::model::net::{AddressFamily, Connection, ConnectionStatus, Socket, SocketAddress, SocketType};

/// The sockets of one table, in its order. Streams are TCP and have a state, datagrams are UDP and have none; whether
/// an address is IPv4 or IPv6 is told by its length.
///
/// The kernel writes an address as 32-bit numbers in its own byte order, so this decodes tables of the machine it
/// runs on (or of one with the same byte order).
pub fn sockets(bytes: &[u8], socket_type: SocketType) -> Result<Vec<Socket>, DecodeError> {
    sockets_in(bytes, socket_type, u32::to_ne_bytes)
}

/// The meaning of a TCP state's number, which is the same in `/proc/net/tcp` and in sock_diag.
pub(super) fn tcp_status(state: u64) -> Option<ConnectionStatus> {
    Some(match state {
        1 => ConnectionStatus::Established,
        2 => ConnectionStatus::SynSent,
        // 12 is NEW_SYN_RECV, how the kernel tells a request that has no full socket yet.
        3 | 12 => ConnectionStatus::SynRecv,
        4 => ConnectionStatus::FinWait1,
        5 => ConnectionStatus::FinWait2,
        6 => ConnectionStatus::TimeWait,
        7 => ConnectionStatus::Close,
        8 => ConnectionStatus::CloseWait,
        9 => ConnectionStatus::LastAck,
        10 => ConnectionStatus::Listen,
        11 => ConnectionStatus::Closing,
        _ => return None,
    })
}

/// An end of a socket; one with port 0 is none.
pub(super) fn end(ip: IpAddr, port: u16) -> Option<SocketAddress> {
    (port != 0).then_some(SocketAddress::Inet { ip, port })
}

fn sockets_in(
    bytes: &[u8],
    socket_type: SocketType,
    memory_order: fn(u32) -> [u8; 4],
) -> Result<Vec<Socket>, DecodeError> {
    let mut sockets = Vec::new();
    let mut offset = 0;
    for (index, line) in lines(finished("net/tcp", bytes)?).enumerate() {
        if index > 0 && !line.iter().all(u8::is_ascii_whitespace) {
            let cut = DecodeError::new("net/tcp", offset, "addresses, a state and an inode");
            sockets.push(socket(line, socket_type, memory_order).ok_or(cut)?);
        }
        offset += line.len() + 1;
    }
    Ok(sockets)
}

fn socket(line: &[u8], socket_type: SocketType, memory_order: fn(u32) -> [u8; 4]) -> Option<Socket> {
    let mut columns = words(line).skip(1);
    let (family, local_ip, local_port) = address(columns.next()?, memory_order)?;
    let (_, remote_ip, remote_port) = address(columns.next()?, memory_order)?;
    let state = hexadecimal(columns.next()?)?;
    // tx_queue:rx_queue, tr:tm->when, retrnsmt, uid and timeout stand between.
    let inode = decimal(columns.nth(5)?)?;
    let status = if socket_type == SocketType::Stream {
        tcp_status(state)?
    } else {
        ConnectionStatus::None
    };
    let connection = Connection {
        fd: None,
        family,
        socket_type,
        laddr: end(local_ip, local_port),
        raddr: end(remote_ip, remote_port),
        status,
        pid: None,
    };
    Some(Socket { inode, connection })
}

/// `0100007F:1F90`: an address as one or four hexadecimal words, and a port.
fn address(column: &[u8], memory_order: fn(u32) -> [u8; 4]) -> Option<(AddressFamily, IpAddr, u16)> {
    let (digits, port) = split_once(column, b':')?;
    let port = u16::try_from(hexadecimal(port)?).ok()?;
    let word = |digits: &[u8]| Some(memory_order(u32::try_from(hexadecimal(digits)?).ok()?));
    match digits.len() {
        8 => Some((
            AddressFamily::Inet,
            IpAddr::V4(Ipv4Addr::from(word(digits)?)),
            port,
        )),
        32 => {
            let mut bytes = [0; 16];
            for (part, digits) in bytes.chunks_exact_mut(4).zip(digits.chunks_exact(8)) {
                part.copy_from_slice(&word(digits)?);
            }
            Some((AddressFamily::Inet6, IpAddr::V6(Ipv6Addr::from(bytes)), port))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::*;

    fn ends(sockets: &[Socket]) -> Vec<(String, String, ConnectionStatus, u64)> {
        let text = |end: &Option<SocketAddress>| end.as_ref().map_or("-".into(), ToString::to_string);
        sockets
            .iter()
            .map(|socket| {
                let it = &socket.connection;
                (text(&it.laddr), text(&it.raddr), it.status, socket.inode)
            })
            .collect()
    }

    fn row(
        laddr: &str,
        raddr: &str,
        status: ConnectionStatus,
        inode: u64,
    ) -> (String, String, ConnectionStatus, u64) {
        (laddr.into(), raddr.into(), status, inode)
    }

    #[test]
    fn tcp_of_a_little_endian_machine() {
        use ConnectionStatus as S;
        let table = include_bytes!("../../../../../testdata/linux/net-6.18/proc/net/tcp");
        let sockets = sockets_in(table, SocketType::Stream, u32::to_le_bytes).unwrap();
        assert_eq!(
            ends(&sockets),
            [
                row("127.0.0.1:33627", "-", S::Listen, 21_077),
                row("127.0.0.1:57344", "127.0.0.1:33627", S::Established, 21_078),
                row("127.0.0.1:33627", "127.0.0.1:57344", S::Established, 21_079),
                row("127.0.0.1:33627", "127.0.0.1:57360", S::SynRecv, 0),
                row("127.0.0.1:57350", "127.0.0.1:33627", S::TimeWait, 0),
                row("192.168.1.10:22", "10.0.0.2:51000", S::SynRecv, 0),
            ]
        );
        assert!(
            sockets
                .iter()
                .all(|socket| socket.connection.family == AddressFamily::Inet)
        );
    }

    #[test]
    fn tables_of_linux_3_10() {
        use ConnectionStatus as S;
        let table = |bytes, socket_type| ends(&sockets_in(bytes, socket_type, u32::to_le_bytes).unwrap());
        let tcp = include_bytes!("../../../../../testdata/linux/net-3.10/proc/net/tcp");
        assert_eq!(
            table(tcp, SocketType::Stream),
            [
                row("0.0.0.0:22", "-", S::Listen, 12_648),
                row("192.168.1.10:22", "192.168.1.2:50610", S::Established, 15_821),
                row("192.168.1.10:80", "192.168.1.2:50608", S::TimeWait, 0),
                row("192.168.1.10:80", "192.168.1.3:54321", S::SynRecv, 0),
            ]
        );
        let udp = include_bytes!("../../../../../testdata/linux/net-3.10/proc/net/udp");
        assert_eq!(
            table(udp, SocketType::Datagram),
            [
                row("0.0.0.0:68", "-", S::None, 11_970),
                row("127.0.0.1:323", "127.0.0.1:324", S::None, 11_410),
            ]
        );
        let tcp6 = include_bytes!("../../../../../testdata/linux/net-3.10/proc/net/tcp6");
        assert_eq!(
            table(tcp6, SocketType::Stream),
            [row(":::22", "-", S::Listen, 12_650)]
        );
        let udp6 = include_bytes!("../../../../../testdata/linux/net-3.10/proc/net/udp6");
        assert_eq!(
            table(udp6, SocketType::Datagram),
            [row("::1:323", "-", S::None, 11_413)]
        );
    }

    #[test]
    fn a_table_that_is_cut_short_is_refused() {
        let tcp = include_bytes!("../../../../../testdata/linux/net-3.10/proc/net/tcp");
        for end in 151..tcp.len() {
            let whole_lines = end % 150 == 0;
            assert_eq!(
                sockets(&tcp[..end], SocketType::Stream).is_ok(),
                whole_lines,
                "{end}"
            );
        }
    }

    #[test]
    fn tcp6_of_both_byte_orders() {
        use ConnectionStatus as S;
        let little = include_bytes!("../../../../../testdata/linux/net-6.18/proc/net/tcp6");
        let expected = [
            row("::1:8080", "-", S::Listen, 30_001),
            row(
                "::ffff:127.0.0.1:443",
                "::ffff:127.0.0.1:40000",
                S::CloseWait,
                30_002,
            ),
            row("2001:db8::1:22", "fe80::2:50001", S::Established, 30_003),
        ];
        let sockets = sockets_in(little, SocketType::Stream, u32::to_le_bytes).unwrap();
        assert_eq!(ends(&sockets), expected);
        let big = include_bytes!("../../../../../testdata/linux/net-s390x/proc/net/tcp6");
        let sockets = sockets_in(big, SocketType::Stream, u32::to_be_bytes).unwrap();
        assert_eq!(ends(&sockets), expected);
        assert!(
            sockets
                .iter()
                .all(|socket| socket.connection.family == AddressFamily::Inet6)
        );
    }

    #[test]
    fn tcp_of_a_big_endian_machine() {
        let table = include_bytes!("../../../../../testdata/linux/net-s390x/proc/net/tcp");
        let sockets = sockets_in(table, SocketType::Stream, u32::to_be_bytes).unwrap();
        assert_eq!(
            ends(&sockets),
            [row("127.0.0.1:33627", "-", ConnectionStatus::Listen, 21_077)]
        );
    }

    #[test]
    fn udp_has_no_state() {
        let table = include_bytes!("../../../../../testdata/linux/net-6.18/proc/net/udp");
        let sockets = sockets_in(table, SocketType::Datagram, u32::to_le_bytes).unwrap();
        assert_eq!(
            ends(&sockets),
            [
                row("127.0.0.1:40001", "-", ConnectionStatus::None, 41_001),
                row(
                    "127.0.0.1:40002",
                    "127.0.0.1:40001",
                    ConnectionStatus::None,
                    41_002
                ),
            ]
        );
    }

    #[test]
    fn the_machine_reads_its_own_byte_order() {
        let own = u32::from_ne_bytes([127, 0, 0, 1]);
        let table = format!("sl\n 0: {own:08X}:0050 00000000:0000 0A 0:0 00:0 0 0 0 7 1\n");
        let sockets = sockets(table.as_bytes(), SocketType::Stream).unwrap();
        assert_eq!(
            ends(&sockets),
            [row("127.0.0.1:80", "-", ConnectionStatus::Listen, 7)]
        );
    }

    #[test]
    fn malformed_lines_are_named() {
        for line in [
            &b" 0: 0100007F:0050 00000000:0000 0A 0:0 00:0 0 0 0"[..],
            b" 0: 0100007F:10050 00000000:0000 0A 0:0 00:0 0 0 0 7",
            b" 0: 0100007:0050 00000000:0000 0A 0:0 00:0 0 0 0 7",
            b" 0: 0100007F:0050 00000000:0000 63 0:0 00:0 0 0 0 7",
            b" 0: 0100007F:0050 00000000:0000 0A 0:0 00:0 0 0 0 x",
            b" 0:",
        ] {
            let error = sockets_in(
                &[b"sl\n", line, b"\n"].concat(),
                SocketType::Stream,
                u32::to_le_bytes,
            );
            assert_eq!(error.unwrap_err().offset(), 3);
        }
        assert_eq!(sockets(b"", SocketType::Stream), Ok(vec![]));
        assert_eq!(sockets(b"sl\n  \n", SocketType::Stream), Ok(vec![]));
    }
}
