//! Waiting for processes to end: one poll over a pidfd each, and looking again and again where there is none.
//!
//! Nothing is reaped before it is collected, and then only the very process that was asked for.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use psoxide_core::model::process::{Exit, Identity};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, WaitIdStatus, pidfd_open, waitid};

use super::Reader;
use super::control::number;
use super::ffi::pidfd_send_signal;
use crate::error::Result;
use crate::root::Root;
use crate::sys::linux::error::process_error;
use crate::sys::posix::ffi::kill;

/// The first pause between two looks, where nothing tells of an end; each next one is twice as long …
const FIRST_PAUSE: Duration = Duration::from_micros(100);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_millis(40);
/// Descriptors given back when there are no more, so that the caller's own calls still work meanwhile.
const SPARE_DESCRIPTORS: usize = 16;

/// Some processes, watched until they end.
pub(crate) struct Watch {
    root: Root,
    watched: Vec<Watched>,
}

struct Watched {
    identity: Identity,
    pid: Pid,
    by: By,
}

/// How the end of a process is learned.
enum By {
    /// The kernel tells through the descriptor.
    Descriptor(OwnedFd),
    /// It has ended, but its parent (or tracer) has not looked yet: the kernel tells that from 6.9 on.
    Lingering(OwnedFd),
    /// Only looking tells.
    Looking,
    /// Told already; the descriptor serves to collect it.
    Over(Option<OwnedFd>),
}

impl Watch {
    /// Starts to watch these.
    pub(crate) fn new(root: &Root, identities: &[Identity]) -> Result<Watch> {
        root.require_local("wait")?;
        let mut watch = Watch {
            root: root.clone(),
            watched: Vec::with_capacity(identities.len()),
        };
        let mut none_left = false;
        for identity in identities {
            let pid = number(*identity)?;
            let by = match pidfd_open(pid, PidfdFlags::empty()) {
                _ if none_left => By::Looking,
                // Opened before the look: from here on it is this process, whatever happens to the number.
                Ok(pidfd) if !belongs_to_another(root, *identity) => By::Descriptor(pidfd),
                // It has ended already, and the next look tells so.
                Ok(_) => By::Looking,
                Err(Errno::MFILE | Errno::NFILE) => {
                    none_left = true;
                    watch.give_back_descriptors();
                    By::Looking
                }
                // No such call (before Linux 5.3, or filtered), the number of a thread, or of nothing.
                Err(_) => By::Looking,
            };
            watch.watched.push(Watched {
                identity: *identity,
                pid,
                by,
            });
        }
        Ok(watch)
    }

    fn give_back_descriptors(&mut self) {
        for watched in self.watched.iter_mut().rev().take(SPARE_DESCRIPTORS) {
            if matches!(watched.by, By::Descriptor(_)) {
                watched.by = By::Looking;
            }
        }
    }

    /// Waits until at least one has ended (or, of those that are not the caller's children, has been reaped), and gives
    /// the places of those that have, each once; none if the time is over or none is left.
    pub(crate) fn next(&mut self, timeout: Option<Duration>) -> Result<Vec<usize>> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut limit = Some(Duration::ZERO);
        let mut pause = FIRST_PAUSE;
        loop {
            let mut over = Vec::new();
            for place in self.sleep(limit)? {
                if self.watched[place].has_ended(&self.root) {
                    over.push(place);
                }
            }
            if !over.is_empty()
                || self
                    .watched
                    .iter()
                    .all(|watched| matches!(watched.by, By::Over(_)))
            {
                return Ok(over);
            }
            limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if limit == Some(Duration::ZERO) {
                return Ok(over);
            }
            if self.watched.iter().any(Watched::needs_looking) {
                limit = Some(limit.map_or(pause, |limit| limit.min(pause)));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Sleeps until a descriptor tells something, at most for `limit`, and gives the places to look at.
    fn sleep(&mut self, limit: Option<Duration>) -> Result<Vec<usize>> {
        let mut places = Vec::new();
        let mut descriptors = Vec::new();
        for (place, watched) in self.watched.iter().enumerate() {
            let (pidfd, events) = match &watched.by {
                By::Descriptor(pidfd) => (pidfd, PollFlags::IN),
                // Its end was told already; a hang-up, which needs no asking, tells that it was reaped.
                By::Lingering(pidfd) => (pidfd, PollFlags::empty()),
                By::Looking | By::Over(_) => continue,
            };
            places.push(place);
            descriptors.push(PollFd::new(pidfd, events));
        }
        let time = limit.map(|limit| Timespec {
            tv_sec: limit.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: limit.subsec_nanos().into(),
        });
        let told = match poll(&mut descriptors, time.as_ref()) {
            Ok(_) => true,
            Err(Errno::INTR) => false,
            // No memory, or fewer descriptors allowed by now than there are: look at all instead.
            Err(_) => {
                std::thread::sleep(limit.unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE));
                return Ok((0..self.watched.len())
                    .filter(|place| !self.watched[*place].is_over())
                    .collect());
            }
        };
        let mut to_see: Vec<usize> = places
            .iter()
            .zip(&descriptors)
            .filter(|(_, descriptor)| told && !descriptor.revents().is_empty())
            .map(|(place, _)| *place)
            .collect();
        to_see.extend((0..self.watched.len()).filter(|place| self.watched[*place].needs_looking()));
        to_see.sort_unstable();
        to_see.dedup();
        Ok(to_see)
    }

    /// How the process at this place ended, if it was the caller's child; this reaps it.
    pub(crate) fn collect(&mut self, place: usize) -> Result<Option<Exit>> {
        let watched = &self.watched[place];
        match watched.wait(&self.root, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
            Ok(status) => Ok(status.and_then(|status| exit(&status))),
            Err(Errno::CHILD) => Ok(None),
            Err(errno) => Err(process_error(errno, watched.identity.pid, "waitid", true)),
        }
    }
}

impl Watched {
    fn is_over(&self) -> bool {
        matches!(self.by, By::Over(_))
    }

    fn needs_looking(&self) -> bool {
        matches!(self.by, By::Looking | By::Lingering(_))
    }

    /// Looks whether it has ended, without reaping it.
    fn has_ended(&mut self, root: &Root) -> bool {
        let peek = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let over = matches!(self.wait(root, peek), Ok(Some(_))) || self.is_gone(root);
        self.by = match std::mem::replace(&mut self.by, By::Looking) {
            By::Descriptor(pidfd) | By::Lingering(pidfd) if over => By::Over(Some(pidfd)),
            By::Descriptor(pidfd) => By::Lingering(pidfd),
            By::Looking if over => By::Over(None),
            by => by,
        };
        over
    }

    /// Whether not even a zombie is left.
    fn is_gone(&self, root: &Root) -> bool {
        match self.descriptor().map(|pidfd| pidfd_send_signal(pidfd.as_fd(), 0)) {
            Some(Ok(()) | Err(Errno::PERM)) => false,
            Some(Err(Errno::SRCH)) => true,
            // No descriptor, or a filter of system calls that lets it be opened but not be used.
            _ => kill(self.pid, 0) == Err(Errno::SRCH) || belongs_to_another(root, self.identity),
        }
    }

    fn descriptor(&self) -> Option<&OwnedFd> {
        match &self.by {
            By::Descriptor(pidfd) | By::Lingering(pidfd) | By::Over(Some(pidfd)) => Some(pidfd),
            By::Looking | By::Over(None) => None,
        }
    }

    /// `waitid(2)` for this process only; `ECHILD` if it is not the caller's child.
    fn wait(&self, root: &Root, options: WaitIdOptions) -> rustix::io::Result<Option<WaitIdStatus>> {
        if let Some(pidfd) = self.descriptor() {
            match waitid_retrying(WaitId::PidFd(pidfd.as_fd()), options) {
                // Linux 5.3 opens such descriptors, but waits for them only from 5.4 on.
                Err(Errno::INVAL) => {}
                answer => return answer,
            }
        }
        if belongs_to_another(root, self.identity) {
            return Err(Errno::CHILD);
        }
        waitid_retrying(WaitId::Pid(self.pid), options)
    }
}

fn waitid_retrying(id: WaitId<'_>, options: WaitIdOptions) -> rustix::io::Result<Option<WaitIdStatus>> {
    loop {
        match waitid(id.clone(), options) {
            Err(Errno::INTR) => continue,
            answer => return answer,
        }
    }
}

fn exit(status: &WaitIdStatus) -> Option<Exit> {
    let code = status.exit_status().map(Exit::Code);
    code.or_else(|| status.terminating_signal().map(Exit::Signal))
}

/// Whether the number surely is another process's by now, or nobody's.
fn belongs_to_another(root: &Root, identity: Identity) -> bool {
    if identity.start.is_none() {
        return false;
    }
    match Reader::open(root, identity.pid).and_then(|reader| super::identity(&reader)) {
        Ok(now) => now.start.is_some() && now.start != identity.start,
        // Not told (no descriptor left, /proc hidden): then nothing is sure.
        Err(error) => error.is_no_such_process(),
    }
}
