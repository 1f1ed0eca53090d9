//! The tree of processes: parent, parents, children.
//!
//! A parent is never younger than its child: one that seems to be has taken over the number of the true parent, which
//! has ended.

use std::collections::{HashMap, HashSet, VecDeque};

use psoxide_core::model::Pid;
use psoxide_core::model::process::Identity;

use crate::error::Result;
use crate::process::Process;
use crate::sys;
use crate::sys::process::Reader;

impl Process {
    /// Its parent; `None` if it has none, or the parent has ended meanwhile.
    ///
    /// A process whose parent ends is given to another, usually process 1: then that is its parent.
    ///
    /// # Source
    ///
    /// That of [`Process::ppid`], and of the parent's identity.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended itself.
    ///
    /// ```
    /// use psoxide::Process;
    /// let process = Process::current()?;
    /// let parent = process.parent()?.expect("whoever runs the tests");
    /// assert_eq!(parent.pid(), process.ppid()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn parent(&self) -> Result<Option<Process>> {
        let ppid = sys::process::ppid(&self.visit()?)?;
        if ppid == self.pid() {
            return Ok(None);
        }
        match Process::at(self.root(), ppid) {
            Ok(parent) if is_younger(parent.identity(), self.identity()) => Ok(None),
            Ok(parent) => Ok(Some(parent)),
            Err(error) if error.is_no_such_process() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Its parent, the parent of that, and so on; the nearest first.
    ///
    /// # Source
    ///
    /// As [`Process::parent`].
    ///
    /// # Errors
    ///
    /// As [`Process::parent`]. A parent that ends while its own is looked up ends the list.
    pub fn parents(&self) -> Result<Vec<Process>> {
        let mut parents: Vec<Process> = Vec::new();
        let mut seen = HashSet::from([self.pid()]);
        let mut next = self.parent()?;
        while let Some(parent) = next.take() {
            if !seen.insert(parent.pid()) {
                break;
            }
            next = match parent.parent() {
                Ok(grandparent) => grandparent,
                Err(error) if error.is_no_such_process() => None,
                Err(error) => return Err(error),
            };
            parents.push(parent);
        }
        Ok(parents)
    }

    /// Its children; with `recursive` their children too, and so on: each generation after the one before it.
    ///
    /// One pass over all processes. Those that end meanwhile or that this user may not see are left out, and what has
    /// only a process in between that has ended is not found any more.
    ///
    /// # Source
    ///
    /// Linux: `/proc/<pid>/stat` of every process.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended itself.
    ///
    /// ```
    /// use psoxide::Process;
    /// for descendant in Process::current()?.children(true)? {
    ///     println!("{descendant}");
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn children(&self, recursive: bool) -> Result<Vec<Process>> {
        self.visit()?;
        let mut by_parent: HashMap<Pid, Vec<Identity>> = HashMap::new();
        for reader in sys::process::list(self.root())? {
            if let Some((identity, ppid)) = place(&reader)? {
                by_parent.entry(ppid).or_default().push(identity);
            }
        }
        let mut children = Vec::new();
        let mut seen = HashSet::from([self.pid()]);
        let mut parents = VecDeque::from([self.identity()]);
        while let Some(parent) = parents.pop_front() {
            for child in by_parent.remove(&parent.pid).unwrap_or_default() {
                // The number of 0 is its own parent on some systems.
                if is_younger(parent, child) || !seen.insert(child.pid) {
                    continue;
                }
                children.push(Process::with(self.root(), child));
                if recursive {
                    parents.push_back(child);
                }
            }
        }
        Ok(children)
    }
}

/// Who a process is and whose child; `None` if it has ended or hides.
fn place(reader: &Reader) -> Result<Option<(Identity, Pid)>> {
    let answer =
        sys::process::identity(reader).and_then(|identity| Ok((identity, sys::process::ppid(reader)?)));
    match answer {
        Ok(place) => Ok(Some(place)),
        Err(error) if error.is_unsupported() => Err(error),
        // One that has ended, hides or is broken does not hide the others.
        Err(_) => Ok(None),
    }
}

/// Whether `parent` surely started after `child`.
fn is_younger(parent: Identity, child: Identity) -> bool {
    matches!((parent.start, child.start), (Some(parent), Some(child)) if parent > child)
}
