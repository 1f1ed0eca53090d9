//! `MIB_TCPTABLE_OWNER_PID` and its like for TCP and UDP over IPv4 and IPv6: every socket with the process that has it.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::net::{AddressFamily, Connection, ConnectionStatus, SocketAddress, SocketType};

/// A table: what is in it, and where in its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    structure: &'static str,
    family: AddressFamily,
    /// Size of a row.
    row: usize,
    local: usize,
    local_port: usize,
    /// Remote address, its port and the state, which UDP does not have.
    connected: Option<(usize, usize, usize)>,
    pid: usize,
}

impl Table {
    /// TCP over IPv4.
    pub const TCP4: Table = Table {
        structure: "MIB_TCPTABLE_OWNER_PID",
        family: AddressFamily::Inet,
        row: 24,
        local: 4,
        local_port: 8,
        connected: Some((12, 16, 0)),
        pid: 20,
    };
    /// TCP over IPv6.
    pub const TCP6: Table = Table {
        structure: "MIB_TCP6TABLE_OWNER_PID",
        family: AddressFamily::Inet6,
        row: 56,
        local: 0,
        local_port: 20,
        connected: Some((24, 44, 48)),
        pid: 52,
    };
    /// UDP over IPv4.
    pub const UDP4: Table = Table {
        structure: "MIB_UDPTABLE_OWNER_PID",
        family: AddressFamily::Inet,
        row: 12,
        local: 0,
        local_port: 4,
        connected: None,
        pid: 8,
    };
    /// UDP over IPv6.
    pub const UDP6: Table = Table {
        structure: "MIB_UDP6TABLE_OWNER_PID",
        family: AddressFamily::Inet6,
        row: 28,
        local: 0,
        local_port: 20,
        connected: None,
        pid: 24,
    };
    /// All four.
    pub const EACH: [Table; 4] = [Table::TCP4, Table::TCP6, Table::UDP4, Table::UDP6];

    /// The family of its sockets.
    pub fn family(&self) -> AddressFamily {
        self.family
    }

    /// The type of its sockets.
    pub fn socket_type(&self) -> SocketType {
        match self.connected {
            Some(_) => SocketType::Stream,
            None => SocketType::Datagram,
        }
    }

    /// The sockets of a table.
    pub fn sockets(&self, bytes: &[u8]) -> Result<Vec<Connection>, DecodeError> {
        let count = Layout::new(self.structure, bytes, 4)?.u32(0)? as usize;
        let rows = bytes.get(4..).unwrap_or_default().chunks_exact(self.row);
        if rows.len() < count {
            return Err(DecodeError::new(self.structure, bytes.len(), "all rows"));
        }
        rows.take(count).map(|row| self.socket(row)).collect()
    }

    fn socket(&self, row: &[u8]) -> Result<Connection, DecodeError> {
        let row = Layout::new(self.structure, row, self.row)?;
        let (raddr, status) = match self.connected {
            None => (None, ConnectionStatus::None),
            Some((remote, port, state)) => match status(row.u32(state)?) {
                // What stands there of one that listens means nothing.
                ConnectionStatus::Listen => (None, ConnectionStatus::Listen),
                status => (self.address(&row, remote, port)?, status),
            },
        };
        let laddr = self.address(&row, self.local, self.local_port)?;
        let socket = Connection::new(self.family, self.socket_type(), laddr, raddr, status);
        // A connection that is over belongs to nobody.
        Ok(match row.u32(self.pid)? {
            0 => socket,
            pid => socket.owned_by(pid, None),
        })
    }

    /// An address with its port, in network byte order; `None` if it is nothing at all.
    fn address(
        &self,
        row: &Layout<'_>,
        address: usize,
        port: usize,
    ) -> Result<Option<SocketAddress>, DecodeError> {
        let ip = match self.family {
            AddressFamily::Inet => IpAddr::V4(Ipv4Addr::from(row.array::<4>(address)?)),
            _ => IpAddr::V6(Ipv6Addr::from(row.array::<16>(address)?)),
        };
        let port = row.u16_be(port)?;
        Ok((!ip.is_unspecified() || port != 0).then_some(SocketAddress::Inet { ip, port }))
    }
}

/// `MIB_TCP_STATE`.
fn status(number: u32) -> ConnectionStatus {
    match number {
        1 => ConnectionStatus::Close,
        2 => ConnectionStatus::Listen,
        3 => ConnectionStatus::SynSent,
        4 => ConnectionStatus::SynRecv,
        5 => ConnectionStatus::Established,
        6 => ConnectionStatus::FinWait1,
        7 => ConnectionStatus::FinWait2,
        8 => ConnectionStatus::CloseWait,
        9 => ConnectionStatus::Closing,
        10 => ConnectionStatus::LastAck,
        11 => ConnectionStatus::TimeWait,
        12 => ConnectionStatus::DeleteTcb,
        _ => ConnectionStatus::None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const TCP4: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/tcp4_owner_pid.bin");
    const TCP6: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/tcp6_owner_pid.bin");
    const UDP6: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/udp6_owner_pid.bin");

    type Row = (Option<String>, Option<String>, ConnectionStatus, Option<u32>);

    fn rows(table: Table, bytes: &[u8]) -> Vec<Row> {
        let text = |address: &Option<SocketAddress>| address.as_ref().map(ToString::to_string);
        table
            .sockets(bytes)
            .unwrap()
            .iter()
            .map(|socket| {
                (
                    text(&socket.laddr),
                    text(&socket.raddr),
                    socket.status,
                    socket.pid,
                )
            })
            .collect()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn sockets_of_all_kinds() {
        assert_eq!(
            rows(Table::TCP4, TCP4),
            [
                (some("0.0.0.0:445"), None, ConnectionStatus::Listen, Some(4)),
                (
                    some("192.0.2.7:50000"),
                    some("198.51.100.1:443"),
                    ConnectionStatus::Established,
                    Some(1236)
                ),
                (
                    some("192.0.2.7:50001"),
                    some("198.51.100.1:443"),
                    ConnectionStatus::TimeWait,
                    None
                ),
            ]
        );
        assert_eq!(
            rows(Table::TCP6, TCP6),
            [(
                some("fe80::1:49152"),
                some("fe80::2:80"),
                ConnectionStatus::DeleteTcb,
                Some(1236)
            )]
        );
        assert_eq!(
            rows(Table::UDP6, UDP6),
            [
                (some(":::5353"), None, ConnectionStatus::None, Some(1236)),
                (None, None, ConnectionStatus::None, Some(900))
            ]
        );
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn tables_that_are_cut_are_refused() {
        for length in 0..TCP4.len() {
            assert!(Table::TCP4.sockets(&TCP4[..length]).is_err(), "{length}");
        }
        let mut lying = TCP4.to_vec();
        lying[..4].fill(0xff);
        assert!(Table::TCP4.sockets(&lying).is_err());
        assert_eq!(Table::UDP4.sockets(&[0; 4]), Ok(Vec::new()));
    }
}
