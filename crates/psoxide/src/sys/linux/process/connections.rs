//! The sockets of one process. The tables of sockets, and the join with the descriptors, stand with the network.

use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::model::net::{Connection, ConnectionKind};
use rustix::fd::AsFd;

use crate::error::Result;
use crate::sys::linux::net::sockets_of_process;
use crate::sys::linux::process::reader::Reader;

pub(crate) fn net_connections(reader: &Reader, kind: ConnectionKind) -> Result<Vec<Connection>> {
    let handle = reader.handle()?;
    let connections = sockets_of_process(reader.root(), handle.as_fd(), reader.pid(), kind)
        .map_err(|errno| reader.error(&handle, errno, c"fd"))?
        .map_err(|error| error.of(reader.pid()))?;
    // A process that ended meanwhile lost its descriptors one by one.
    reader.record(c"stat", Stat::parse)?;
    Ok(connections)
}
