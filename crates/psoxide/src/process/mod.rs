//! Processes: identity, what each is asked, the tree, waiting and control.
//!
//! [`Process`] is a handle on one process, bound to its [`Identity`]; [`Oneshot`] is one visit to it, in which each
//! kernel source is read at most once.

mod oneshot;

use std::sync::Arc;

use psoxide_core::model::Pid;
use psoxide_core::model::process::Identity;

pub use self::oneshot::Oneshot;
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys;
use crate::sys::process::Reader;

/// A handle on one process.
///
/// It is bound to the process, not to the number: when the process has ended and its number belongs to another, every
/// call answers [`ErrorKind::NoSuchProcess`]. Cheap to clone, `Send` and `Sync`; equal to another handle on the
/// same process. It holds no descriptor.
#[derive(Clone)]
pub struct Process {
    inner: Arc<Inner>,
}

struct Inner {
    root: Root,
    identity: Identity,
}

impl Process {
    /// The process of this number on the running system.
    pub fn new(pid: Pid) -> Result<Process> {
        Process::at(&Root::default(), pid)
    }

    /// The process of this number on the system that `root` shows.
    pub fn at(root: &Root, pid: Pid) -> Result<Process> {
        let identity = sys::process::identity(&Reader::open(root, pid)?)?;
        Ok(Process {
            inner: Arc::new(Inner {
                root: root.clone(),
                identity,
            }),
        })
    }

    /// The calling process.
    pub fn current() -> Result<Process> {
        Process::new(std::process::id())
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.inner.identity.pid
    }

    /// Its number and start.
    pub fn identity(&self) -> Identity {
        self.inner.identity
    }

    /// One visit, in which each kernel source is read at most once.
    ///
    /// The visit is to this very process: if its number belongs to another by now, the answer is
    /// [`ErrorKind::NoSuchProcess`].
    pub fn oneshot(&self) -> Result<Oneshot> {
        let reader = Reader::open(&self.inner.root, self.pid())?;
        let identity = self.inner.identity;
        if identity.start.is_some() {
            let now = sys::process::identity(&reader)?;
            if now.start.is_some() && now != identity {
                let what = "the process has ended and its number belongs to another";
                return Err(Error::new(ErrorKind::NoSuchProcess, what).of(identity.pid));
            }
        }
        Ok(Oneshot::new(reader))
    }
}

/// A visit to every process of the running system, ascending by number.
pub fn processes() -> Result<Vec<Oneshot>> {
    Root::default().processes()
}

impl Root {
    /// A visit to every process, ascending by number; what each is then asked is read at that moment.
    pub fn processes(&self) -> Result<Vec<Oneshot>> {
        Ok(sys::process::list(self)?.into_iter().map(Oneshot::new).collect())
    }
}
