//! Network interfaces and sockets: what is asked where. What the answers mean is decoded by `psoxide-core`.

mod connections;
mod ffi;
mod interfaces;
mod netlink;
mod owners;

use psoxide_core::Text;
use psoxide_core::decode::linux::net_dev::net_dev;
use psoxide_core::model::net::NetIo;

pub(crate) use self::connections::{net_connections, net_connections_again, sockets_of_process};
pub(crate) use self::interfaces::{net_if_addrs, net_if_stats};
pub(crate) use self::owners::Owners;
use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::linux::namespace;

pub(crate) fn net_io_counters(root: &Root) -> Result<Vec<(Text, NetIo)>> {
    let (path, file) = namespace::read(root, "net/dev")?;
    net_dev(&file).map_err(|error| Error::decode(path.display().to_string(), error))
}
