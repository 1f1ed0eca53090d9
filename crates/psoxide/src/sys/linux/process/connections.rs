//! The sockets of one process. The tables of sockets, and the join with the descriptors, stand with the network.

use psoxide_core::model::net::{Connection, ConnectionKind};

use crate::error::Result;
use crate::sys::linux::net::sockets_of_process;
use crate::sys::linux::process::reader::Reader;

pub(crate) fn net_connections(reader: &Reader, kind: ConnectionKind) -> Result<Vec<Connection>> {
    let descriptors = reader.directory(c"fd")?;
    let connections = sockets_of_process(reader.root(), &descriptors, reader.pid(), kind)
        .map_err(|errno| match reader.handle() {
            Ok(handle) => reader.error(&handle, errno, c"fd"),
            Err(gone) => gone,
        })?
        .map_err(|error| error.of(reader.pid()))?;
    // A process that ended meanwhile lost its descriptors one by one.
    reader.confirm_beside(&descriptors)?;
    Ok(connections)
}
