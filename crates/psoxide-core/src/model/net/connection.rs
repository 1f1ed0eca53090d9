//! Records about sockets, and which of them are asked for.

use core::fmt;
use core::net::IpAddr;

use super::AddressFamily;
use crate::model::Pid;
use crate::record;
use crate::schema::{Field, Kind, Platforms, Shape, Type, Typed, Unit, Value};
use crate::text::Text;

/// The type of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SocketType {
    /// A byte stream: TCP among the internet families.
    Stream,
    /// Datagrams: UDP among the internet families.
    Datagram,
    /// A sequence of packets.
    SeqPacket,
    /// Raw packets.
    Raw,
    /// Another type, by the system's number.
    Other(i32),
}

impl SocketType {
    /// The type's name in the socket interface.
    pub const fn as_str(self) -> &'static str {
        match self {
            SocketType::Stream => "SOCK_STREAM",
            SocketType::Datagram => "SOCK_DGRAM",
            SocketType::SeqPacket => "SOCK_SEQPACKET",
            SocketType::Raw => "SOCK_RAW",
            SocketType::Other(_) => "SOCK_OTHER",
        }
    }
}

/// The state of a TCP connection; [`ConnectionStatus::None`] for sockets that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[allow(missing_docs)] // RFC 9293's own state names
pub enum ConnectionStatus {
    Established,
    SynSent,
    SynRecv,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
    /// UDP and UNIX sockets.
    None,
    /// Windows.
    DeleteTcb,
    /// illumos.
    Idle,
    /// illumos.
    Bound,
}

impl ConnectionStatus {
    /// psutil's text for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConnectionStatus::Established => "ESTABLISHED",
            ConnectionStatus::SynSent => "SYN_SENT",
            ConnectionStatus::SynRecv => "SYN_RECV",
            ConnectionStatus::FinWait1 => "FIN_WAIT1",
            ConnectionStatus::FinWait2 => "FIN_WAIT2",
            ConnectionStatus::TimeWait => "TIME_WAIT",
            ConnectionStatus::Close => "CLOSE",
            ConnectionStatus::CloseWait => "CLOSE_WAIT",
            ConnectionStatus::LastAck => "LAST_ACK",
            ConnectionStatus::Listen => "LISTEN",
            ConnectionStatus::Closing => "CLOSING",
            ConnectionStatus::None => "NONE",
            ConnectionStatus::DeleteTcb => "DELETE_TCB",
            ConnectionStatus::Idle => "IDLE",
            ConnectionStatus::Bound => "BOUND",
        }
    }
}

/// One end of a socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SocketAddress {
    /// An address and a port.
    Inet {
        /// The address.
        ip: IpAddr,
        /// The port.
        port: u16,
    },
    /// The path of a UNIX socket (an abstract one starts with `@`); empty for an unnamed one.
    Path(Text),
}

impl fmt::Display for SocketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SocketAddress::Inet { ip, port } => formatter.pad(&format!("{ip}:{port}")),
            SocketAddress::Path(path) => path.fmt(formatter),
        }
    }
}

impl SocketAddress {
    /// The schema: `ip` and `port`, or `path`.
    pub const SHAPE: Shape = Shape {
        name: "addr",
        doc: "One end of a socket.",
        fields: &[
            Field {
                name: "ip",
                doc: "The address.",
                ty: Type::Option(&Type::Text),
                unit: Unit::None,
                kind: Kind::Label,
                on: Platforms::ALL,
                within: None,
            },
            Field {
                name: "port",
                doc: "The port.",
                ty: Type::Option(&Type::U64),
                unit: Unit::None,
                kind: Kind::Label,
                on: Platforms::ALL,
                within: None,
            },
            Field {
                name: "path",
                doc: "The path of a UNIX socket.",
                ty: Type::Option(&Type::Text),
                unit: Unit::None,
                kind: Kind::Label,
                on: Platforms::POSIX,
                within: None,
            },
        ],
    };
}

impl Typed for SocketAddress {
    const TYPE: Type = Type::Record(&SocketAddress::SHAPE);
    fn value(&self) -> Value {
        let values = match self {
            SocketAddress::Inet { ip, port } => {
                vec![
                    Value::Text(Text::from(ip.to_string())),
                    Value::U64(u64::from(*port)),
                    Value::Null,
                ]
            }
            SocketAddress::Path(path) => vec![Value::Null, Value::Null, Value::Text(path.clone())],
        };
        Value::Record(&SocketAddress::SHAPE, values)
    }
}

record! {
    /// One socket.
    pub struct Connection as "sconn" {
        /// The descriptor in its process; absent where the owner is not known or the system does not tell.
        pub fd: Option<i32> = None, Label, Platforms::ALL;
        /// IPv4, IPv6 or UNIX.
        pub family: AddressFamily = None, Label, Platforms::ALL;
        /// Stream, datagram, …
        pub socket_type as "type": SocketType = None, Label, Platforms::ALL;
        /// The local end; absent if it is not bound.
        pub laddr: Option<SocketAddress> = None, Label, Platforms::ALL;
        /// The remote end; absent if it is not connected.
        pub raddr: Option<SocketAddress> = None, Label, Platforms::ALL;
        /// The TCP state.
        pub status: ConnectionStatus = None, Label, Platforms::ALL;
        /// The process that owns it; absent where it is not known (no privilege, or no process any more).
        pub pid: Option<Pid> = None, Label, Platforms::ALL;
    }
}

impl Connection {
    /// A socket from its parts.
    pub fn new(
        family: AddressFamily,
        socket_type: SocketType,
        laddr: Option<SocketAddress>,
        raddr: Option<SocketAddress>,
        status: ConnectionStatus,
    ) -> Self {
        Connection {
            fd: None,
            family,
            socket_type,
            laddr,
            raddr,
            status,
            pid: None,
        }
    }

    /// The same socket as held by process `pid` under descriptor `fd`.
    pub fn owned_by(mut self, pid: Pid, fd: Option<i32>) -> Self {
        self.pid = Some(pid);
        self.fd = fd;
        self
    }
}

/// A socket as the kernel's tables list it: the number that its owners' descriptors bear, and the rest.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Socket {
    /// The kernel's number of the socket; 0 where it belongs to no descriptor (any more, or yet).
    pub inode: u64,
    /// The socket, its owner not looked up.
    pub connection: Connection,
}

impl Socket {
    /// The socket of this number.
    pub fn new(inode: u64, connection: Connection) -> Self {
        Socket { inode, connection }
    }
}

/// Which sockets are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs)] // psutil's own words
pub enum ConnectionKind {
    All,
    Tcp,
    Tcp4,
    Udp,
    Udp4,
    #[default]
    Inet,
    Inet4,
    Inet6,
    Tcp6,
    Udp6,
    Unix,
}

impl ConnectionKind {
    /// Every kind, in psutil's order.
    pub const EACH: [ConnectionKind; 11] = [
        ConnectionKind::All,
        ConnectionKind::Tcp,
        ConnectionKind::Tcp4,
        ConnectionKind::Udp,
        ConnectionKind::Udp4,
        ConnectionKind::Inet,
        ConnectionKind::Inet4,
        ConnectionKind::Inet6,
        ConnectionKind::Tcp6,
        ConnectionKind::Udp6,
        ConnectionKind::Unix,
    ];

    /// psutil's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConnectionKind::All => "all",
            ConnectionKind::Tcp => "tcp",
            ConnectionKind::Tcp4 => "tcp4",
            ConnectionKind::Udp => "udp",
            ConnectionKind::Udp4 => "udp4",
            ConnectionKind::Inet => "inet",
            ConnectionKind::Inet4 => "inet4",
            ConnectionKind::Inet6 => "inet6",
            ConnectionKind::Tcp6 => "tcp6",
            ConnectionKind::Udp6 => "udp6",
            ConnectionKind::Unix => "unix",
        }
    }

    /// Whether sockets of this family and type are asked for.
    pub fn wants(self, family: AddressFamily, socket_type: SocketType) -> bool {
        use ConnectionKind as K;
        let tcp = socket_type == SocketType::Stream;
        let udp = socket_type == SocketType::Datagram;
        match family {
            AddressFamily::Unix => matches!(self, K::All | K::Unix),
            AddressFamily::Inet => {
                matches!(self, K::All | K::Inet | K::Inet4)
                    || tcp && matches!(self, K::Tcp | K::Tcp4)
                    || udp && matches!(self, K::Udp | K::Udp4)
            }
            AddressFamily::Inet6 => {
                matches!(self, K::All | K::Inet | K::Inet6)
                    || tcp && matches!(self, K::Tcp | K::Tcp6)
                    || udp && matches!(self, K::Udp | K::Udp6)
            }
            _ => false,
        }
    }
}

impl core::str::FromStr for ConnectionKind {
    type Err = UnknownKind;
    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        ConnectionKind::EACH
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| UnknownKind(word.into()))
    }
}

/// A word that is no [`ConnectionKind`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind(String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "invalid kind '{}'; expected one of", self.0)?;
        for (index, kind) in ConnectionKind::EACH.into_iter().enumerate() {
            write!(
                formatter,
                "{} {}",
                if index == 0 { "" } else { "," },
                kind.as_str()
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownKind {}
