//! The sockets and their owners, asked for again and again: an object that keeps what makes that cheap.

use psoxide_core::model::net::{Connection, ConnectionKind};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Sockets with the processes that hold them, for who asks again and again.
///
/// It tells what [`net_connections`](crate::net_connections()) tells. Where this program may ask the kernel for all open
/// files in one pass (on Linux by a BPF file iterator, as root or with `CAP_BPF` and `CAP_PERFMON`), it does so from the
/// second asking on, or at once if there are some hundred processes or some thousand sockets, which takes a third of the
/// time; what that needs is closed with the table.
///
/// ```
/// use psoxide::ConnectionTable;
/// use psoxide::model::net::ConnectionKind;
/// let mut table = ConnectionTable::new();
/// for _ in 0..2 {
///     let held = table.read(ConnectionKind::Inet)?.iter().filter(|socket| socket.pid.is_some()).count();
///     println!("{held} internet sockets are somebody's");
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug)]
pub struct ConnectionTable {
    root: Root,
    owners: sys::Owners,
}

impl ConnectionTable {
    /// A table of the running system's sockets. The kernel is not asked in one pass if the environment variable
    /// `PSOXIDE_BPF` is `0`.
    #[allow(clippy::new_without_default)] // it looks at the environment
    pub fn new() -> ConnectionTable {
        ConnectionTable::at(&Root::default())
    }

    /// A table of the sockets of the system that `root` shows.
    pub fn at(root: &Root) -> ConnectionTable {
        let bpf = std::env::var_os("PSOXIDE_BPF").is_none_or(|value| value != "0");
        ConnectionTable {
            root: root.clone(),
            owners: sys::Owners::new(bpf),
        }
    }

    /// The system whose sockets it tells.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The sockets of the kind, with the processes that hold them; as [`Root::net_connections`] tells.
    ///
    /// # Source
    ///
    /// That of [`Root::net_connections`]; on Linux the owners by a BPF file iterator, where that is allowed.
    ///
    /// # Errors
    ///
    /// As [`Root::net_connections`].
    pub fn read(&mut self, kind: ConnectionKind) -> Result<Vec<Connection>> {
        sys::net_connections_again(&self.root, kind, &mut self.owners)
    }
}
