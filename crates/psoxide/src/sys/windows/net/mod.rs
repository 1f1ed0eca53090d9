//! Network interfaces and sockets.

mod ffi;

use psoxide_core::decode::windows::adapter_addresses::Adapter;
use psoxide_core::decode::windows::if_row2;
use psoxide_core::decode::windows::owner_pid::Table;
use psoxide_core::model::net::{
    AddressFamily, Connection, ConnectionKind, InterfaceAddr, InterfaceStats, NetIo, SocketType,
};
use psoxide_core::{DecodeError, Text};
use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_NOT_FOUND, ERROR_NOT_SUPPORTED};

use super::error::system_error;
use crate::error::{Error, Result};
use crate::root::Root;

/// Windows has no UNIX sockets to tell of; the owner of each socket comes with it.
pub(crate) fn net_connections(root: &Root, kind: ConnectionKind, _: bool) -> Result<Vec<Connection>> {
    root.require_local("net_connections")?;
    let mut sockets = Vec::new();
    for table in Table::EACH {
        let (family, socket_type) = (table.family(), table.socket_type());
        if !kind.wants(family, socket_type) {
            continue;
        }
        let tcp = socket_type == SocketType::Stream;
        let what = if tcp {
            "GetExtendedTcpTable"
        } else {
            "GetExtendedUdpTable"
        };
        match ffi::sockets(tcp, family == AddressFamily::Inet6) {
            Ok(answer) => {
                let told = table.sockets(answer.bytes());
                sockets.extend(told.map_err(|error| Error::decode(what, error))?);
            }
            // There is no IPv6 on this machine.
            Err(error) if error.raw_os_error() == Some(ERROR_NOT_SUPPORTED.cast_signed()) => {}
            Err(error) => return Err(system_error(error, what)),
        }
    }
    Ok(sockets)
}

pub(crate) fn net_io_counters(root: &Root) -> Result<Vec<(Text, NetIo)>> {
    root.require_local("net_io_counters")?;
    each_interface(if_row2::net_io)
}

pub(crate) fn net_if_stats(root: &Root) -> Result<Vec<(Text, InterfaceStats)>> {
    root.require_local("net_if_stats")?;
    each_interface(if_row2::interface_stats)
}

pub(crate) fn net_if_addrs(root: &Root) -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
    root.require_local("net_if_addrs")?;
    let adapters = adapters()?.into_iter();
    Ok(adapters
        .map(|adapter| {
            let addresses = adapter.addresses();
            (adapter.name, addresses)
        })
        .collect())
}

/// What is told of each adapter; one that goes away meanwhile is left out.
fn each_interface<T>(
    decode: impl Fn(&[u8]) -> std::result::Result<T, DecodeError>,
) -> Result<Vec<(Text, T)>> {
    const WHAT: &str = "GetIfEntry2";
    let gone = [ERROR_FILE_NOT_FOUND, ERROR_NOT_FOUND].map(|code| Some(code.cast_signed()));
    let mut interfaces = Vec::new();
    for adapter in adapters()? {
        match ffi::interface(adapter.index) {
            Ok(row) => {
                let told = decode(row.bytes()).map_err(|error| Error::decode(WHAT, error))?;
                interfaces.push((adapter.name, told));
            }
            Err(error) if gone.contains(&error.raw_os_error()) => {}
            Err(error) => return Err(system_error(error, WHAT)),
        }
    }
    Ok(interfaces)
}

fn adapters() -> Result<Vec<Adapter>> {
    const WHAT: &str = "GetAdaptersAddresses";
    let answer = ffi::adapters().map_err(|error| system_error(error, WHAT))?;
    Adapter::all(answer.bytes(), answer.address()).map_err(|error| Error::decode(WHAT, error))
}
