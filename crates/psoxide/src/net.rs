//! Network interfaces and sockets.

use psoxide_core::Text;
use psoxide_core::model::net::{Connection, ConnectionKind, InterfaceAddr, InterfaceStats, NetIo};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// What each network interface transferred. Of the running system; [`Root::net_io_counters_per_nic`] asks another.
pub fn net_io_counters_per_nic() -> Result<Vec<(Text, NetIo)>> {
    Root::default().net_io_counters_per_nic()
}

/// Addresses of each network interface. Of the running system; [`Root::net_if_addrs`] asks another.
pub fn net_if_addrs() -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
    Root::default().net_if_addrs()
}

/// State, speed and size of each network interface. Of the running system; [`Root::net_if_stats`] asks another.
pub fn net_if_stats() -> Result<Vec<(Text, InterfaceStats)>> {
    Root::default().net_if_stats()
}

/// Sockets of the kind with the processes that own them. Of the running system; [`Root::net_connections`] asks another.
pub fn net_connections(kind: ConnectionKind) -> Result<Vec<Connection>> {
    Root::default().net_connections(kind)
}

/// Sockets of the kind without their owners, which is many times cheaper. Of the running system; [`Root::net_sockets`] asks another.
pub fn net_sockets(kind: ConnectionKind) -> Result<Vec<Connection>> {
    Root::default().net_sockets(kind)
}

impl Root {
    /// What each network interface transferred.
    pub fn net_io_counters_per_nic(&self) -> Result<Vec<(Text, NetIo)>> {
        sys::net::net_io_counters(self)
    }

    /// Addresses of each network interface.
    pub fn net_if_addrs(&self) -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
        sys::net::net_if_addrs(self)
    }

    /// State, speed and size of each network interface.
    pub fn net_if_stats(&self) -> Result<Vec<(Text, InterfaceStats)>> {
        sys::net::net_if_stats(self)
    }

    /// Sockets of the kind with the processes that own them.
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::net::net_connections(self, kind, true)
    }

    /// Sockets of the kind without their owners, which is many times cheaper.
    pub fn net_sockets(&self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::net::net_connections(self, kind, false)
    }
}
