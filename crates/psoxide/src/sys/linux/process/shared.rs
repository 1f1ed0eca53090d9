//! What the visits of one listing share: the directory of all processes, a few handles on the directories of single ones,
//! and what is asked once for all. What belongs to one process stands in its `Reader`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use psoxide_core::Text;
use psoxide_core::model::Pid;
use rustix::fd::OwnedFd;

/// How many directory handles the visits of one listing hold open together.
const HANDLES: usize = 12;

/// What is the same for all visits of a listing.
#[derive(Debug)]
pub(super) struct Shared {
    /// The directory of all processes; absent for a visit to a single one.
    pub(super) all: Option<Arc<OwnedFd>>,
    /// The file that a visit to a single process read first.
    pub(super) first: OnceLock<OwnedFd>,
    handles: Mutex<Handles>,
    pub(super) boot_time: OnceLock<f64>,
    pub(super) total_memory: OnceLock<u64>,
    /// Whether the processes are listed by the kernel itself, and not by a copy of its files.
    pub(super) is_proc: OnceLock<bool>,
    pub(super) users: Mutex<Vec<(u32, Text)>>,
    pub(super) terminals: Mutex<Vec<(u32, Option<Text>)>>,
}

/// The directory handles that are open, and how many visits need one.
#[derive(Debug, Default)]
struct Handles {
    open: VecDeque<Held>,
    visits: u32,
    /// Visits that asked for more than `stat`.
    further: u32,
}

#[derive(Debug)]
struct Held {
    pid: Pid,
    handle: Arc<OwnedFd>,
    /// Whether the visit has asked for more than `stat`.
    further: bool,
}

impl Shared {
    pub(super) fn new(all: Option<Arc<OwnedFd>>) -> Arc<Shared> {
        Arc::new(Shared {
            all,
            first: OnceLock::new(),
            handles: Mutex::default(),
            boot_time: OnceLock::new(),
            total_memory: OnceLock::new(),
            is_proc: OnceLock::new(),
            users: Mutex::default(),
            terminals: Mutex::default(),
        })
    }

    fn handles(&self) -> MutexGuard<'_, Handles> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes all handles.
    pub(super) fn close_handles(&self) {
        self.handles().open.clear();
    }

    /// Whether the next visit should begin with a handle, going by what the former ones asked. Without one a visit that
    /// asks for more reads `stat` twice, which costs some six times as much as a handle that is not needed.
    pub(super) fn handle_first(&self) -> bool {
        let mut handles = self.handles();
        let answer = handles.further.saturating_mul(6) > handles.visits;
        handles.visits = handles.visits.saturating_add(1);
        answer
    }

    /// The handle of a visit, if it is open; `further` if it is for more than `stat`.
    pub(super) fn handle(&self, pid: Pid, further: bool) -> Option<Arc<OwnedFd>> {
        let mut handles = self.handles();
        // The newest is the likeliest: tables are read row by row.
        let held = handles.open.iter_mut().rev().find(|held| held.pid == pid)?;
        let handle = Arc::clone(&held.handle);
        if further && !held.further {
            held.further = true;
            handles.further = handles.further.saturating_add(1);
        }
        Some(handle)
    }

    pub(super) fn count_further(&self) {
        let mut handles = self.handles();
        handles.further = handles.further.saturating_add(1);
    }

    pub(super) fn keep(&self, pid: Pid, handle: &Arc<OwnedFd>, further: bool) {
        let mut handles = self.handles();
        let oldest = if handles.open.len() >= HANDLES {
            handles.open.pop_front()
        } else {
            None
        };
        handles.open.push_back(Held {
            pid,
            handle: Arc::clone(handle),
            further,
        });
        drop(handles);
        // Closed without the lock.
        drop(oldest);
    }
}
