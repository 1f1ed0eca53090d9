//! Processes: identity, what each is asked, the tree, waiting and control.
//!
//! [`Process`] is a handle on one process, bound to its [`Identity`]; [`Oneshot`] is one visit to it, in which each
//! kernel source is read at most once.

mod control;
mod getters;
mod oneshot;
mod sampler;
mod table;
mod tree;
mod wait;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use psoxide_core::model::Pid;
use psoxide_core::model::process::{Exit, Identity};

pub use self::control::{ParseSignalError, Signal};
pub use self::oneshot::Oneshot;
pub use self::sampler::CpuPercent;
pub use self::table::{ProcessTable, ProcessTableBuilder, Row, Source};
pub use self::wait::{Waited, wait_procs};
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys;
use crate::sys::process::Reader;

/// A handle on one process.
///
/// It is bound to the process, not to the number: when the process has ended and its number belongs to another, every
/// call answers [`ErrorKind::NoSuchProcess`]. Cheap to clone, `Send` and `Sync`; equal to another handle on the
/// same process. It holds no descriptor.
///
/// Each getter is a visit of its own; who asks several things of one moment takes a [`Process::oneshot`].
///
/// ```
/// use psoxide::Process;
/// let process = Process::current()?;
/// assert_eq!(process.pid(), std::process::id());
/// assert!(process.is_running()?);
/// println!("{process} holds {} bytes", process.memory_info()?.rss);
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Clone)]
pub struct Process {
    inner: Arc<Inner>,
}

struct Inner {
    root: Root,
    identity: Identity,
    /// Set once it was seen that the process is not there any more; that never changes again.
    gone: AtomicBool,
    /// What waiting for it told: nothing yet, or how it ended as far as that is ours to know.
    exit: Mutex<Option<Option<Exit>>>,
}

impl Process {
    /// The process of this number on the running system.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`] if there is none. A zombie is one, and so is a process of another user.
    ///
    /// ```
    /// use psoxide::Process;
    /// let error = Process::new(u32::MAX).unwrap_err();
    /// assert!(error.is_no_such_process());
    /// ```
    pub fn new(pid: Pid) -> Result<Process> {
        Process::at(&Root::default(), pid)
    }

    /// The process of this number on the system that `root` shows.
    ///
    /// # Errors
    ///
    /// As [`Process::new`].
    pub fn at(root: &Root, pid: Pid) -> Result<Process> {
        if i32::try_from(pid).is_err() {
            let what = "no process has a number that large";
            return Err(Error::new(ErrorKind::NoSuchProcess, what).of(pid));
        }
        // Through a handle, as all later visits: an emulator that answers for a path itself tells another start.
        let identity = sys::process::identity(&Reader::open(root, pid)?)?;
        Ok(Process::with(root, identity))
    }

    /// The calling process.
    ///
    /// # Errors
    ///
    /// What the system answers if it does not let a process look at itself, as without `/proc`.
    pub fn current() -> Result<Process> {
        Process::new(std::process::id())
    }

    /// A handle on the process of which number and start are known already; nothing is asked. Without a start in
    /// the identity, whichever process has the number is meant.
    ///
    /// ```
    /// use psoxide::{Process, Root};
    /// let known = Process::current()?;
    /// assert_eq!(Process::with(&Root::default(), known.identity()), known);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn with(root: &Root, identity: Identity) -> Process {
        Process {
            inner: Arc::new(Inner {
                root: root.clone(),
                identity,
                gone: AtomicBool::new(false),
                exit: Mutex::new(None),
            }),
        }
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.inner.identity.pid
    }

    /// Its number and start.
    pub fn identity(&self) -> Identity {
        self.inner.identity
    }

    /// The system it runs on.
    pub fn root(&self) -> &Root {
        &self.inner.root
    }

    /// One visit, in which each kernel source is read at most once.
    ///
    /// The visit is to this very process: if its number belongs to another by now, the answer is
    /// [`ErrorKind::NoSuchProcess`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`] if it has ended and was reaped; a zombie can still be visited.
    ///
    /// ```
    /// use psoxide::Process;
    /// let visit = Process::current()?.oneshot()?;
    /// let (name, status, threads) = (visit.name()?, visit.status()?, visit.num_threads()?);
    /// println!("{name}: {status}, {threads} threads");
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn oneshot(&self) -> Result<Oneshot> {
        self.visit().map(Oneshot::new)
    }

    /// Whether it has not ended yet, or nobody has waited for it since (a zombie). Once `false`, always `false`.
    ///
    /// A process that has taken over the number does not count: it is another.
    ///
    /// # Errors
    ///
    /// Only where the system does not say: no descriptor is left, `/proc` cannot be read.
    pub fn is_running(&self) -> Result<bool> {
        match self.visit() {
            Ok(_) => Ok(true),
            Err(error) if error.is_no_such_process() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A reader of this very process.
    fn visit(&self) -> Result<Reader> {
        let identity = self.inner.identity;
        if self.inner.gone.load(Ordering::Relaxed) {
            let what = "the process has ended";
            return Err(Error::new(ErrorKind::NoSuchProcess, what).of(identity.pid));
        }
        let visit = Reader::open(&self.inner.root, identity.pid).and_then(|reader| {
            let now = sys::process::identity(&reader)?;
            // A start that is not told is no proof of another process.
            if now.start.is_some() && identity.start.is_some() && now.start != identity.start {
                return Err(Error::reused(identity.pid));
            }
            Ok(reader)
        });
        self.noting_end(visit)
    }

    /// Remembers an answer that says the process is not there.
    fn noting_end<T>(&self, answer: Result<T>) -> Result<T> {
        if answer.as_ref().is_err_and(Error::is_no_such_process) {
            self.inner.gone.store(true, Ordering::Relaxed);
        }
        answer
    }
}

impl PartialEq for Process {
    /// Whether both are handles on the same process of the same system.
    fn eq(&self, other: &Process) -> bool {
        self.inner.identity == other.inner.identity && self.inner.root == other.inner.root
    }
}

impl Eq for Process {}

impl Hash for Process {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.identity.hash(state);
    }
}

impl fmt::Display for Process {
    /// Its number, and name and status where they are told: `Process(pid=1, name="init", status=sleeping)`. Never
    /// fails.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Process(pid={}", self.pid())?;
        match self.oneshot() {
            Ok(visit) => {
                if let Ok(name) = visit.name() {
                    write!(formatter, ", name={name:?}")?;
                }
                if let Ok(status) = visit.status() {
                    write!(formatter, ", status={status}")?;
                }
            }
            Err(error) if error.is_no_such_process() => formatter.write_str(", status=terminated")?,
            Err(_) => {}
        }
        if let Some(Some(exit)) = self.remembered_exit() {
            write!(formatter, ", {exit}")?;
        }
        formatter.write_str(")")
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A visit to every process of the running system, ascending by number. [`Root::processes`] asks another.
///
/// ```
/// for visit in psoxide::processes()? {
///     // A process may end at any moment: then its answers are errors, and that is normal.
///     if let Ok(name) = visit.name() {
///         println!("{:>7} {name}", visit.pid());
///     }
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn processes() -> Result<Vec<Oneshot>> {
    Root::default().processes()
}

impl Root {
    /// A visit to every process, ascending by number; what each is then asked is read at that moment.
    ///
    /// # Errors
    ///
    /// Where the processes cannot be listed. A process that ends meanwhile is no error here.
    pub fn processes(&self) -> Result<Vec<Oneshot>> {
        Ok(sys::process::list(self)?.into_iter().map(Oneshot::new).collect())
    }
}
