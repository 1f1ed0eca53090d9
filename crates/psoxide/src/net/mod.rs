//! Network interfaces and sockets. [`NetIoSampler`] tells what interfaces transfer in a second.

mod sampler;
mod table;

use psoxide_core::Text;
use psoxide_core::model::net::{Connection, ConnectionKind, InterfaceAddr, InterfaceStats, NetIo};

pub use self::sampler::{NetIoSample, NetIoSampler, NicActivity};
pub use self::table::ConnectionTable;
use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// What all network interfaces together transferred, loopback included; `None` without interfaces. Of the running
/// system; [`Root::net_io_counters`] asks another, and says more.
///
/// ```
/// if let Some(io) = psoxide::net_io_counters()? {
///     println!("{} bytes sent, {} received", io.bytes_sent, io.bytes_recv);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn net_io_counters() -> Result<Option<NetIo>> {
    Root::default().net_io_counters()
}

/// What each network interface transferred, by name. Of the running system; [`Root::net_io_counters_per_nic`] asks
/// another, and says more.
pub fn net_io_counters_per_nic() -> Result<Vec<(Text, NetIo)>> {
    Root::default().net_io_counters_per_nic()
}

/// Addresses of each network interface, by name. Of the running system only; [`Root::net_if_addrs`] says more.
///
/// ```
/// for (nic, addresses) in psoxide::net_if_addrs()? {
///     for address in addresses {
///         println!("{nic}: {} {}", address.family, address.address);
///     }
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn net_if_addrs() -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
    Root::default().net_if_addrs()
}

/// State, speed in megabits per second and largest packet in bytes of each network interface, by name. Of the running
/// system only; [`Root::net_if_stats`] says more.
pub fn net_if_stats() -> Result<Vec<(Text, InterfaceStats)>> {
    Root::default().net_if_stats()
}

/// Sockets of the kind, with the processes that hold them. Of the running system; [`Root::net_connections`] asks
/// another, and says more.
///
/// ```
/// use psoxide::model::net::ConnectionKind;
/// for socket in psoxide::net_connections(ConnectionKind::Tcp)? {
///     println!("{:?} {} {:?}", socket.laddr, socket.status, socket.pid);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn net_connections(kind: ConnectionKind) -> Result<Vec<Connection>> {
    Root::default().net_connections(kind)
}

/// Sockets of the kind without the processes that hold them, which is many times cheaper. Of the running system;
/// [`Root::net_sockets`] asks another, and says more.
pub fn net_sockets(kind: ConnectionKind) -> Result<Vec<Connection>> {
    Root::default().net_sockets(kind)
}

impl Root {
    /// What all network interfaces together transferred, loopback included; `None` without interfaces.
    ///
    /// # Source
    ///
    /// As [`Root::net_io_counters_per_nic`].
    ///
    /// # Errors
    ///
    /// As [`Root::net_io_counters_per_nic`].
    ///
    /// # Examples
    ///
    /// ```
    /// let io = psoxide::Root::default().net_io_counters()?;
    /// println!("{:?} packets", io.map(|io| io.packets_recv));
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_io_counters(&self) -> Result<Option<NetIo>> {
        let interfaces = self.net_io_counters_per_nic()?;
        Ok(NetIo::sum(interfaces.iter().map(|(_, io)| io)))
    }

    /// What each network interface transferred since it came up, by name.
    ///
    /// Some drivers keep these counters in 32 bits, so that they wrap; [`NetIoSampler`] sees to that.
    ///
    /// # Source
    ///
    /// Linux: `/proc/net/dev`, of the caller's network namespace. Another root is asked for the interfaces of its
    /// process 1.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the source is missing,
    /// [`InvalidData`](crate::ErrorKind::InvalidData) if it is malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// for (nic, io) in psoxide::Root::default().net_io_counters_per_nic()? {
    ///     println!("{nic}: {} sent, {} received", io.bytes_sent, io.bytes_recv);
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_io_counters_per_nic(&self) -> Result<Vec<(Text, NetIo)>> {
        sys::net::net_io_counters(self)
    }

    /// Addresses of each network interface, by name.
    ///
    /// IPv4 addresses come first, then those of IPv6, then hardware addresses. A link-local IPv6 address bears the
    /// interface that it belongs to. `broadcast` is told only of interfaces that broadcast, and only where such an
    /// address was set; `ptp` only of point-to-point interfaces whose other end has another address. An interface
    /// without any address has an empty list.
    ///
    /// # Source
    ///
    /// Linux: the dumps of links and addresses of rtnetlink(7).
    ///
    /// # Errors
    ///
    /// [`ForeignRoot`](crate::ErrorKind::ForeignRoot) for any root but the running system, which alone can be asked;
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) where a sandbox denies netlink.
    ///
    /// # Examples
    ///
    /// ```
    /// let interfaces = psoxide::Root::default().net_if_addrs()?;
    /// println!("{} interfaces", interfaces.len());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_if_addrs(&self) -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
        sys::net::net_if_addrs(self)
    }

    /// State, speed in megabits per second and largest packet in bytes of each network interface, by name.
    ///
    /// An interface is up if it can carry packets: it was switched on and has a carrier. Speed and duplex are unknown
    /// for most virtual interfaces, and where the driver does not tell.
    ///
    /// # Source
    ///
    /// Linux: the dump of links of rtnetlink(7); `ETHTOOL_GSET` for speed and duplex.
    ///
    /// # Errors
    ///
    /// As [`Root::net_if_addrs`].
    ///
    /// # Examples
    ///
    /// ```
    /// for (nic, stats) in psoxide::Root::default().net_if_stats()? {
    ///     println!("{nic}: up {} speed {:?} mtu {}", stats.isup, stats.speed, stats.mtu);
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_if_stats(&self) -> Result<Vec<(Text, InterfaceStats)>> {
        sys::net::net_if_stats(self)
    }

    /// Sockets of the kind, with the processes that hold them, in no order.
    ///
    /// Finding the holders means to look into every process, which is the dear part by far; [`Root::net_sockets`]
    /// leaves it out. An internet socket that several processes share is listed under the first of them, a UNIX socket
    /// under each. A socket whose holder is not known (another user's, or none, as in `TIME_WAIT`) has no `pid` and no
    /// `fd`.
    ///
    /// An end without a port is absent. The name of an abstract UNIX socket starts with `@`, as the kernel writes it;
    /// one without a name has no local end.
    ///
    /// # Source
    ///
    /// Linux: sock_diag(7), or where that is missing or denied `/proc/net/{tcp,tcp6,udp,udp6,unix}`; and the links in
    /// `/proc/<pid>/fd`. They tell of the caller's network namespace. Another root is asked for the files of its
    /// process 1.
    ///
    /// # Errors
    ///
    /// Neither source can be read; or descriptors run out while processes are looked into.
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::model::net::{ConnectionKind, ConnectionStatus};
    /// let sockets = psoxide::Root::default().net_connections(ConnectionKind::Inet)?;
    /// for socket in sockets.iter().filter(|socket| socket.status == ConnectionStatus::Listen) {
    ///     println!("process {:?} listens on {:?}", socket.pid, socket.laddr);
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::net::net_connections(self, kind, true)
    }

    /// Sockets of the kind without the processes that hold them, which is many times cheaper: each socket once, with
    /// neither `pid` nor `fd`. For the rest see [`Root::net_connections`].
    ///
    /// # Source
    ///
    /// As [`Root::net_connections`], without the links.
    ///
    /// # Errors
    ///
    /// As [`Root::net_connections`].
    ///
    /// # Examples
    ///
    /// ```
    /// use psoxide::model::net::ConnectionKind;
    /// let sockets = psoxide::Root::default().net_sockets(ConnectionKind::Tcp)?;
    /// println!("{} TCP sockets", sockets.len());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn net_sockets(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::net::net_connections(self, kind, false)
    }
}
