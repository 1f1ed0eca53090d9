//! Records about network interfaces and sockets.

mod connection;

use core::fmt::{self, Write as _};
use core::net::{IpAddr, Ipv6Addr};

pub use self::connection::{
    Connection, ConnectionKind, ConnectionStatus, Socket, SocketAddress, SocketType, UnknownKind,
};
use crate::delta::counters::{Counters, both, per_second};
use crate::record;
use crate::schema::{Platforms, Type, Typed, Value};
use crate::text::Text;

record! {
    /// What a network interface, or all of them, transferred.
    pub struct NetIo as "snetio" {
        /// Bytes sent.
        pub bytes_sent: u64 = Bytes, Counter, Platforms::ALL;
        /// Bytes received.
        pub bytes_recv: u64 = Bytes, Counter, Platforms::ALL;
        /// Packets sent.
        pub packets_sent: u64 = Count, Counter, Platforms::ALL;
        /// Packets received.
        pub packets_recv: u64 = Count, Counter, Platforms::ALL;
        /// Errors while receiving.
        pub errin: u64 = Count, Counter, Platforms::ALL;
        /// Errors while sending.
        pub errout: u64 = Count, Counter, Platforms::ALL;
        /// Incoming packets dropped.
        pub dropin: Option<u64> = Count, Counter, Platforms::ALL.without(Platforms::ILLUMOS);
        /// Outgoing packets dropped.
        pub dropout: Option<u64> = Count, Counter, Platforms::ALL.without(Platforms::ILLUMOS).without(Platforms::MACOS);
    }
}

impl Counters<8> for NetIo {
    fn counters(&mut self) -> [Option<&mut u64>; 8] {
        [
            Some(&mut self.bytes_sent),
            Some(&mut self.bytes_recv),
            Some(&mut self.packets_sent),
            Some(&mut self.packets_recv),
            Some(&mut self.errin),
            Some(&mut self.errout),
            self.dropin.as_mut(),
            self.dropout.as_mut(),
        ]
    }
}

impl NetIo {
    /// The counters of all of them together. A field that one of them does not tell is absent; `None` if there are
    /// none.
    pub fn sum<'a>(interfaces: impl IntoIterator<Item = &'a NetIo>) -> Option<NetIo> {
        interfaces.into_iter().cloned().reduce(|sum, interface| NetIo {
            bytes_sent: sum.bytes_sent.saturating_add(interface.bytes_sent),
            bytes_recv: sum.bytes_recv.saturating_add(interface.bytes_recv),
            packets_sent: sum.packets_sent.saturating_add(interface.packets_sent),
            packets_recv: sum.packets_recv.saturating_add(interface.packets_recv),
            errin: sum.errin.saturating_add(interface.errin),
            errout: sum.errout.saturating_add(interface.errout),
            dropin: both(sum.dropin, interface.dropin),
            dropout: both(sum.dropout, interface.dropout),
        })
    }
}

record! {
    /// What a network interface, or all of them, transferred in each second of an interval.
    pub struct NetIoRates as "snetiorates" {
        /// Bytes sent.
        pub bytes_sent: f64 = BytesPerSecond, Gauge, Platforms::ALL;
        /// Bytes received.
        pub bytes_recv: f64 = BytesPerSecond, Gauge, Platforms::ALL;
        /// Packets sent.
        pub packets_sent: f64 = PerSecond, Gauge, Platforms::ALL;
        /// Packets received.
        pub packets_recv: f64 = PerSecond, Gauge, Platforms::ALL;
        /// Errors while receiving.
        pub errin: f64 = PerSecond, Gauge, Platforms::ALL;
        /// Errors while sending.
        pub errout: f64 = PerSecond, Gauge, Platforms::ALL;
    }
}

impl NetIoRates {
    /// The growth from one reading of an interface to a later one, so many seconds after. `None` if no time passed.
    pub fn between(earlier: &NetIo, later: &NetIo, seconds: f64) -> Option<NetIoRates> {
        let [
            bytes_sent,
            bytes_recv,
            packets_sent,
            packets_recv,
            errin,
            errout,
            ..,
        ] = per_second(earlier, later, seconds)?;
        Some(NetIoRates {
            bytes_sent: bytes_sent?,
            bytes_recv: bytes_recv?,
            packets_sent: packets_sent?,
            packets_recv: packets_recv?,
            errin: errin?,
            errout: errout?,
        })
    }

    /// The rates of several interfaces together. `None` if there are none.
    pub fn sum<'a>(interfaces: impl IntoIterator<Item = &'a NetIoRates>) -> Option<NetIoRates> {
        interfaces
            .into_iter()
            .cloned()
            .reduce(|sum, interface| NetIoRates {
                bytes_sent: sum.bytes_sent + interface.bytes_sent,
                bytes_recv: sum.bytes_recv + interface.bytes_recv,
                packets_sent: sum.packets_sent + interface.packets_sent,
                packets_recv: sum.packets_recv + interface.packets_recv,
                errin: sum.errin + interface.errin,
                errout: sum.errout + interface.errout,
            })
    }
}

/// The family of a socket or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AddressFamily {
    /// IPv4.
    Inet,
    /// IPv6.
    Inet6,
    /// UNIX domain.
    Unix,
    /// Link layer: a hardware address.
    Link,
    /// Another family, by the system's number.
    Other(i32),
}

impl AddressFamily {
    /// The family's name in the socket interface.
    pub const fn as_str(self) -> &'static str {
        match self {
            AddressFamily::Inet => "AF_INET",
            AddressFamily::Inet6 => "AF_INET6",
            AddressFamily::Unix => "AF_UNIX",
            AddressFamily::Link => "AF_LINK",
            AddressFamily::Other(_) => "AF_UNSPEC",
        }
    }
}

/// An address of a network interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum InterfaceAddress {
    /// IPv4 or IPv6.
    Ip(IpAddr),
    /// A link-local IPv6 address with the interface it belongs to.
    Scoped(Ipv6Addr, Text),
    /// A hardware address.
    Hardware(Vec<u8>),
}

impl fmt::Display for InterfaceAddress {
    /// As psutil writes it on Unix: `fe80::1%eth0`, `00:1a:…`; hardware addresses shorter than six bytes are
    /// filled up with zeros.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InterfaceAddress::Ip(address) => address.fmt(formatter),
            InterfaceAddress::Scoped(address, scope) => formatter.pad(&format!("{address}%{scope}")),
            InterfaceAddress::Hardware(bytes) => {
                let zeros = core::iter::repeat_n(&0, 6_usize.saturating_sub(bytes.len()));
                let mut text = String::with_capacity(3 * bytes.len().max(6));
                for byte in bytes.iter().chain(zeros) {
                    let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
                    text.extend((!text.is_empty()).then_some(':'));
                    text.extend(digits.into_iter().flatten());
                }
                formatter.pad(&text)
            }
        }
    }
}

impl Typed for InterfaceAddress {
    const TYPE: Type = Type::Text;
    fn value(&self) -> Value {
        // The longest without a scope.
        let mut text = String::with_capacity("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".len());
        let _ = write!(text, "{self}"); // to a string it never fails
        Value::Text(Text::from(text))
    }
}

record! {
    /// One address of a network interface.
    pub struct InterfaceAddr as "snicaddr" {
        /// IPv4, IPv6 or link layer.
        pub family: AddressFamily = None, Label, Platforms::ALL;
        /// The address.
        pub address: InterfaceAddress = None, Label, Platforms::ALL;
        /// The network mask.
        pub netmask: Option<InterfaceAddress> = None, Label, Platforms::ALL;
        /// The broadcast address, on interfaces that broadcast.
        pub broadcast: Option<InterfaceAddress> = None, Label, Platforms::ALL;
        /// The address of the other end, on point-to-point interfaces.
        pub ptp: Option<InterfaceAddress> = None, Label, Platforms::ALL;
    }
}

impl InterfaceAddr {
    /// An address from its parts.
    pub fn new(
        family: AddressFamily,
        address: InterfaceAddress,
        netmask: Option<InterfaceAddress>,
        broadcast: Option<InterfaceAddress>,
        ptp: Option<InterfaceAddress>,
    ) -> Self {
        InterfaceAddr {
            family,
            address,
            netmask,
            broadcast,
            ptp,
        }
    }
}

/// Whether an interface sends and receives at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Duplex {
    /// Both at once.
    Full,
    /// One at a time.
    Half,
    /// Not told.
    Unknown,
}

impl Duplex {
    /// psutil's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Duplex::Full => "full",
            Duplex::Half => "half",
            Duplex::Unknown => "?",
        }
    }
}

record! {
    /// The state of a network interface.
    pub struct InterfaceStats as "snicstats" {
        /// Whether it is up and has a carrier.
        pub isup: bool = None, Gauge, Platforms::ALL;
        /// Full or half duplex.
        pub duplex: Duplex = None, Label, Platforms::ALL;
        /// Speed of the link; absent if the driver does not tell.
        pub speed: Option<u64> = MegabitsPerSecond, Gauge, Platforms::ALL;
        /// Largest packet.
        pub mtu: u32 = Bytes, Gauge, Platforms::ALL;
        /// The interface's flags, in psutil's words and order.
        pub flags: Vec<Text> = None, Label, Platforms::POSIX.without(Platforms::ILLUMOS);
    }
}

impl InterfaceStats {
    /// The state from its parts.
    pub fn new(isup: bool, duplex: Duplex, speed: Option<u64>, mtu: u32, flags: Vec<Text>) -> Self {
        InterfaceStats {
            isup,
            duplex,
            speed,
            mtu,
            flags,
        }
    }
}

macro_rules! word_typed {
    ($($word:ty),*) => {$(
        impl Typed for $word {
            const TYPE: Type = Type::Text;
            fn value(&self) -> Value {
                Value::Text(Text::from(self.as_str()))
            }
        }
        impl fmt::Display for $word {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    )*};
}

word_typed!(
    AddressFamily,
    SocketType,
    ConnectionStatus,
    ConnectionKind,
    Duplex
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_have_six_bytes_at_least() {
        let text = |bytes: &[u8]| InterfaceAddress::Hardware(bytes.to_vec()).to_string();
        assert_eq!(text(&[0x06, 0x3d, 0x29]), "06:3d:29:00:00:00");
        assert_eq!(text(&[0, 0x1a, 2, 3, 4, 0xff]), "00:1a:02:03:04:ff");
        assert_eq!(text(&[1; 8]), "01:01:01:01:01:01:01:01");
    }
}
