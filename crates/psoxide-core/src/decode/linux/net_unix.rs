//! `/proc/net/unix`: UNIX sockets. The kernel's sock_diag tells the same faster and without doubt about odd names, see
//! [`sock_diag`](super::sock_diag).

use crate::decode::bytes::{decimal, hexadecimal, lines, split_once};
use crate::error::DecodeError;
use crate::model::net::{AddressFamily, Connection, ConnectionStatus, Socket, SocketAddress, SocketType};
use crate::text::Text;

/// The sockets, in the order of the table.
///
/// A name is the whole rest of the line, blanks included; that of an abstract socket starts with `@`, and its zero
/// bytes are written as `@` too. A name may even hold newlines: a line that is not of the table's form continues the
/// name before it.
pub fn sockets(bytes: &[u8]) -> Result<Vec<Socket>, DecodeError> {
    let mut sockets: Vec<(u64, SocketType, &[u8])> = Vec::new();
    let mut offset = 0;
    for (index, line) in lines(bytes).enumerate() {
        if index > 0 {
            match (socket(line), sockets.last_mut()) {
                (Some(found), _) => sockets.push(found),
                (None, Some((_, _, name))) if !name.is_empty() => {
                    // The name ends where the line begins, less the newline between: it grows over both.
                    let start = offset - 1 - name.len();
                    *name = bytes.get(start..offset + line.len()).unwrap_or(name);
                }
                (None, _) if line.is_empty() => {}
                (None, _) => {
                    return Err(DecodeError::new("net/unix", offset, "seven columns and a name"));
                }
            }
        }
        offset += line.len() + 1;
    }
    Ok(sockets
        .into_iter()
        .map(|(inode, socket_type, name)| named(inode, socket_type, Text::from(name)))
        .collect())
}

/// The socket type of this number.
pub(super) fn socket_type(number: u64) -> SocketType {
    match number {
        1 => SocketType::Stream,
        2 => SocketType::Datagram,
        3 => SocketType::Raw,
        5 => SocketType::SeqPacket,
        other => SocketType::Other(i32::try_from(other).unwrap_or(i32::MAX)),
    }
}

/// A UNIX socket; one without a name is not bound.
pub(super) fn named(inode: u64, socket_type: SocketType, name: Text) -> Socket {
    let connection = Connection {
        fd: None,
        family: AddressFamily::Unix,
        socket_type,
        laddr: (!name.is_empty()).then_some(SocketAddress::Path(name)),
        raddr: None,
        status: ConnectionStatus::None,
        pid: None,
    };
    Socket { inode, connection }
}

/// `address: references protocol flags type state inode name`, the first six in hexadecimal.
fn socket(line: &[u8]) -> Option<(u64, SocketType, &[u8])> {
    let (address, rest) = split_once(line, b' ')?;
    hexadecimal(address.strip_suffix(b":")?)?;
    let mut numbers = [0; 5];
    let mut rest = rest;
    for number in &mut numbers {
        let (column, after) = split_once(rest, b' ')?;
        *number = hexadecimal(column)?;
        rest = after;
    }
    let [.., kind, _state] = numbers;
    // The inode is padded with blanks on its left. What follows it and one blank is the name, whatever is in it.
    let (inode, name) = match rest.trim_ascii_start() {
        padded if padded.contains(&b' ') => split_once(padded, b' ')?,
        inode => (inode, &[][..]),
    };
    Some((decimal(inode)?, socket_type(kind), name))
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

    fn rows(table: &[u8]) -> Vec<(u64, SocketType, Text)> {
        sockets(table)
            .unwrap()
            .into_iter()
            .map(|socket| {
                let name = match socket.connection.laddr {
                    Some(SocketAddress::Path(path)) => path,
                    _ => Text::default(),
                };
                (socket.inode, socket.connection.socket_type, name)
            })
            .collect()
    }

    #[test]
    fn names_with_blanks_and_newlines_and_none() {
        let table = include_bytes!("../../../../../testdata/linux/net-6.18/proc/net/unix");
        assert_eq!(
            rows(table),
            [
                (
                    50_001,
                    SocketType::Stream,
                    Text::from("/run/dbus/system_bus_socket")
                ),
                (
                    50_002,
                    SocketType::Datagram,
                    Text::from("/run/two words  and a \ttab ")
                ),
                (50_003, SocketType::SeqPacket, Text::from("@abstract@zero")),
                (50_004, SocketType::Stream, Text::default()),
                (50_005, SocketType::Stream, Text::from("/run/new\nline 1: 2\n")),
                (0, SocketType::Stream, Text::from("/run/dbus/system_bus_socket")),
                (50_006, SocketType::Other(4), Text::from(&b"/run/\xff"[..])),
            ]
        );
    }

    #[test]
    fn a_table_of_linux_3_10() {
        let table = include_bytes!("../../../../../testdata/linux/net-3.10/proc/net/unix");
        assert_eq!(
            rows(table),
            [
                (
                    7_533,
                    SocketType::Stream,
                    Text::from("/run/systemd/journal/stdout")
                ),
                (7_536, SocketType::Datagram, Text::from("/dev/log")),
                (8_124, SocketType::SeqPacket, Text::from("/run/udev/control")),
                (11_203, SocketType::Stream, Text::from("@/tmp/dbus-Qo3UhW2k")),
                (11_202, SocketType::Stream, Text::default()),
            ]
        );
    }

    #[test]
    fn a_32_bit_machine() {
        let table = b"Num\nc0a1b2c4: 00000002 00000000 00010000 0001 01  3511 /dev/log\n";
        assert_eq!(rows(table), [(3_511, SocketType::Stream, Text::from("/dev/log"))]);
    }

    #[test]
    fn cut_lines_are_errors() {
        let head = b"Num       RefCount Protocol Flags    Type St Inode Path\n".to_vec();
        for line in [&b"ffff: 00000002 00000000 00010000 0001 01"[..], b"x"] {
            let error = sockets(&[&head, line].concat()).unwrap_err();
            assert_eq!(error.offset(), head.len());
        }
        assert_eq!(sockets(&head), Ok(vec![]));
        assert_eq!(sockets(b""), Ok(vec![]));
    }
}
