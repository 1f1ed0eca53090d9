//! Waiting for processes to end.
//!
//! What waiting told is kept in the handle, for the kernel tells it only once.

use std::collections::HashSet;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use psoxide_core::model::process::{Exit, Identity};

use crate::error::{Error, ErrorKind, Result};
use crate::process::Process;
use crate::sys::process::Watch;

impl Process {
    /// Waits until it has ended, at most for `timeout`, and tells how: `None` if it was not the caller's child, or was
    /// reaped by another part of the program.
    ///
    /// A child is reaped. A process of another parent that has ended, but was not reaped by that parent, is still
    /// waited for. The answer is kept: this handle and its clones give it again at once, with any timeout. A timeout
    /// of zero only looks.
    ///
    /// # Source
    ///
    /// Linux: `poll(2)` of a pidfd, then `waitid(2)`; before 5.3 and where no descriptor is left, `waitid(2)` and
    /// `kill(2)` again and again, with pauses from 0.1 to 40 milliseconds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] if it still runs, [`ErrorKind::InvalidInput`] for process 0,
    /// [`ErrorKind::ForeignRoot`] if it runs elsewhere.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use psoxide::{Process, model::process::Exit};
    /// use std::{process::Command, time::Duration};
    /// let child = Command::new("sh").args(["-c", "exit 3"]).spawn().unwrap();
    /// let process = Process::new(child.id())?;
    /// assert_eq!(process.wait(Some(Duration::from_secs(10)))?, Some(Exit::Code(3)));
    /// # }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Option<Exit>> {
        self.refuse_zero("wait")?;
        if let Some(exit) = self.remembered_exit() {
            return Ok(exit);
        }
        let mut watch = Watch::new(self.root(), &[self.identity()])?;
        match watch.next(timeout)?.first() {
            Some(place) => self.collect(&mut watch, *place),
            None => {
                let what = format!("wait: still running after {:?}", timeout.unwrap_or_default());
                Err(Error::new(ErrorKind::Timeout, what).of(self.pid()))
            }
        }
    }

    /// How it ended, if it was waited for.
    pub(super) fn remembered_exit(&self) -> Option<Option<Exit>> {
        *self.inner.exit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Collects and remembers how it ended.
    ///
    /// The lock is held meanwhile: a thread that finds the process reaped by another thread's wait on the same handle
    /// comes after what that one has learned.
    fn collect(&self, watch: &mut Watch, place: usize) -> Result<Option<Exit>> {
        let mut remembered = self.inner.exit.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(exit) = *remembered {
            return Ok(exit);
        }
        let exit = watch.collect(place)?;
        *remembered = Some(exit);
        Ok(exit)
    }
}

/// What [`wait_procs`] has seen.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Waited {
    /// Those that have ended, in the order in which that was seen, and how: `None` where that is not the caller's to
    /// know, as in [`Process::wait`].
    pub gone: Vec<(Process, Option<Exit>)>,
    /// Those that still run, in the order in which they were given.
    pub alive: Vec<Process>,
}

/// Waits until all of these processes have ended, at most for `timeout`; `callback` is called with each as it is seen
/// to have ended.
///
/// A process given twice is waited for once. A timeout of zero only looks. One poll waits for all, and where the
/// descriptors do not suffice, the rest is looked at again and again.
///
/// # Source
///
/// As [`Process::wait`].
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] for process 0, [`ErrorKind::ForeignRoot`] if one runs elsewhere. The time being over is
/// no error here.
///
/// ```
/// # #[cfg(unix)] {
/// use psoxide::{Process, wait_procs};
/// use std::{process::Command, time::Duration};
/// let mut processes = Vec::new();
/// for time in ["0", "60"] {
///     processes.push(Process::new(Command::new("sleep").arg(time).spawn().unwrap().id())?);
/// }
/// processes[1].terminate()?;
/// let waited = wait_procs(&processes, Some(Duration::from_secs(10)), |process, exit| {
///     println!("{} ended: {exit:?}", process.pid());
/// })?;
/// assert_eq!((waited.gone.len(), waited.alive.len()), (2, 0));
/// # }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn wait_procs(
    processes: &[Process],
    timeout: Option<Duration>,
    mut callback: impl FnMut(&Process, Option<Exit>),
) -> Result<Waited> {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut waited = Waited {
        gone: Vec::new(),
        alive: Vec::new(),
    };
    let mut seen = HashSet::new();
    let mut waiting: Vec<&Process> = Vec::new();
    for process in processes {
        process.refuse_zero("wait_procs")?;
        process.root().require_local("wait_procs")?;
        if !seen.insert(process.identity()) {
            continue;
        }
        match process.remembered_exit() {
            Some(exit) => {
                callback(process, exit);
                waited.gone.push((process.clone(), exit));
            }
            None => waiting.push(process),
        }
    }
    let Some(first) = waiting.first() else {
        return Ok(waited);
    };
    let identities: Vec<Identity> = waiting.iter().map(|process| process.identity()).collect();
    let mut watch = Watch::new(first.root(), &identities)?;
    let mut over = vec![false; waiting.len()];
    while over.contains(&false) {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let places = watch.next(left)?;
        if places.is_empty() {
            break;
        }
        for place in places {
            let process = waiting[place];
            let exit = process.collect(&mut watch, place)?;
            over[place] = true;
            callback(process, exit);
            waited.gone.push((process.clone(), exit));
        }
    }
    let alive = waiting.into_iter().zip(over).filter(|(_, over)| !over);
    waited.alive.extend(alive.map(|(process, _)| process.clone()));
    Ok(waited)
}
