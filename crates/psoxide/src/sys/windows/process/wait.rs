//! Waiting for processes to end, on handles that tell it.

use std::os::windows::io::OwnedHandle;
use std::time::{Duration, Instant};

use psoxide_core::model::process::{Exit, Identity};
use windows_sys::Win32::System::Threading::PROCESS_SYNCHRONIZE;

use super::control::open_whatever_became_of_it;
use super::ffi;
use super::listing::pids;
use crate::error::Result;
use crate::root::Root;
use crate::sys::windows::error::process_error;

/// One call waits for at most so many.
const AT_ONCE: usize = 64;
/// With more than that, or without a handle, one looks again and again, at first after this …
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// … and at last after this.
const LONGEST_PAUSE: Duration = Duration::from_millis(40);

/// Some processes, watched until they end.
pub(crate) struct Watch {
    root: Root,
    watched: Vec<Watched>,
}

struct Watched {
    identity: Identity,
    /// `None` where none was given: then only the table tells.
    handle: Option<OwnedHandle>,
    over: bool,
}

impl Watch {
    pub(crate) fn new(root: &Root, identities: &[Identity]) -> Result<Watch> {
        root.require_local("wait")?;
        let watched = identities.iter().map(|identity| Watched {
            identity: *identity,
            handle: open_whatever_became_of_it(root, *identity, PROCESS_SYNCHRONIZE, "wait")
                .ok()
                .map(|(process, _)| process),
            over: false,
        });
        Ok(Watch {
            root: root.clone(),
            watched: watched.collect(),
        })
    }

    pub(crate) fn next(&mut self, timeout: Option<Duration>) -> Result<Vec<usize>> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut pause = FIRST_PAUSE;
        loop {
            let over = self.look()?;
            if !over.is_empty() || self.watched.iter().all(|watched| watched.over) {
                return Ok(over);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Ok(over);
            }
            self.sleep(left, pause)?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The places of those that have ended since the last look.
    fn look(&mut self) -> Result<Vec<usize>> {
        let needs_table = |watched: &Watched| !watched.over && watched.handle.is_none();
        let alive = match self.watched.iter().any(needs_table) {
            true => pids(&self.root)?,
            false => Vec::new(),
        };
        let mut over = Vec::new();
        for (place, watched) in self.watched.iter_mut().enumerate() {
            let pid = watched.identity.pid;
            let ended = match &watched.handle {
                _ if watched.over => continue,
                Some(handle) => ffi::wait(&[handle], 0)
                    .map_err(|error| process_error(error, pid, "WaitForMultipleObjects"))?
                    .is_some(),
                None => alive.binary_search(&pid).is_err(),
            };
            if ended {
                watched.over = true;
                over.push(place);
            }
        }
        Ok(over)
    }

    /// Sleeps until one has ended, at most for `left`, and not longer than `pause` where not all can be waited for at once.
    fn sleep(&self, left: Option<Duration>, pause: Duration) -> Result<()> {
        let alive = || self.watched.iter().filter(|watched| !watched.over);
        let handles: Vec<&OwnedHandle> = alive()
            .filter_map(|watched| watched.handle.as_ref())
            .take(AT_ONCE)
            .collect();
        let time = match handles.len() == alive().count() {
            true => left,
            false => Some(left.map_or(pause, |left| left.min(pause))),
        };
        if handles.is_empty() {
            std::thread::sleep(pause.min(left.unwrap_or(pause)));
            return Ok(());
        }
        // A little more than is left, so that the time is over when it returns; all ones would be without limit.
        let milliseconds = time.map_or(u32::MAX, |time| {
            u32::try_from(time.as_millis() + 1)
                .unwrap_or(u32::MAX)
                .min(u32::MAX - 1)
        });
        ffi::wait(&handles, milliseconds)
            .map(drop)
            .map_err(|error| crate::sys::windows::error::system_error(error, "WaitForMultipleObjects"))
    }

    pub(crate) fn collect(&mut self, place: usize) -> Result<Option<Exit>> {
        let watched = &self.watched[place];
        let Some(handle) = &watched.handle else {
            return Ok(None);
        };
        ffi::exit_code(handle)
            .map(|code| Some(Exit::Code(code.cast_signed())))
            .map_err(|error| process_error(error, watched.identity.pid, "GetExitCodeProcess"))
    }
}
