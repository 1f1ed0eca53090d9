//! Asking again and again where a backend keeps nothing that would make it cheaper.

use psoxide_core::model::net::{Connection, ConnectionKind};

use crate::error::Result;
use crate::root::Root;

/// How the owners of sockets are found out: anew each time.
#[derive(Debug)]
pub(crate) struct Owners(());

impl Owners {
    pub(crate) fn new(_: bool) -> Owners {
        Owners(())
    }
}

pub(crate) fn net_connections_again(
    root: &Root,
    kind: ConnectionKind,
    _: &mut Owners,
) -> Result<Vec<Connection>> {
    super::net::net_connections(root, kind, true)
}
