//! The cells of a reader that is a row of a listing: how they are filled, written over and emptied.

use std::sync::{Arc, OnceLock};

use psoxide_core::DecodeError;
use psoxide_core::decode::linux::cmdline::arguments;
use psoxide_core::decode::linux::io::io_counters;
use psoxide_core::decode::linux::pidfd_info::PidfdInfo;
use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::decode::linux::statm::Statm;
use psoxide_core::decode::linux::status::StatusLines;
use psoxide_core::model::Pid;

use crate::sys::linux::process::reader::Reader;
use crate::sys::linux::process::shared::Shared;
use crate::sys::linux::process::sources::{File, Sources};
use crate::sys::linux::process::{terminal, username};
use crate::sys::posix::process::may_be_cut;

/// Fills a cell. To write over what it holds costs less than to be the first, which other threads must be shown.
pub(super) fn put<T>(cell: &mut OnceLock<T>, value: T) {
    match cell.get_mut() {
        Some(held) => *held = value,
        None => *cell = OnceLock::from(value),
    }
}

impl Reader {
    pub(super) fn is_kernel_thread(&self) -> bool {
        self.stat.get().is_some_and(Stat::is_kernel_thread)
    }

    pub(super) fn is_name_cut(&self) -> bool {
        self.stat
            .get()
            .is_some_and(|stat| may_be_cut(&stat.name) && !stat.is_kernel_thread())
    }

    /// Asks for what many processes share, so that the getters find it. An error is told by the getter, which asks again.
    pub(super) fn settle(&self, sources: Sources) {
        if sources.meets(Sources::USERS) {
            let _ = username(self);
        }
        if sources.meets(Sources::TERMINALS) {
            let _ = terminal(self);
        }
        if sources.meets(Sources::BOOT) {
            let _ = self.boot_time();
        }
        if sources.meets(Sources::MEMORY) {
            let _ = self.total_memory();
        }
    }

    /// Begins the visit to the process of this number. What the four cells hold that one pass of the kernel fills is still
    /// there, to be written over.
    pub(super) fn begin(&mut self, pid: Pid, shared: &Arc<Shared>) {
        self.pid = pid;
        put(&mut self.shared, Arc::clone(shared));
        self.sealed = false;
        self.glance = false;
        self.by_number = false;
        self.proved_later = false;
        *self.asked.get_mut() = false;
        self.with_known_rare(|rare| {
            rare.failures.clear();
            rare.footprint.take();
            rare.arguments.take();
            rare.told.take();
        });
    }

    /// Forgets what was read.
    pub(super) fn renew(&mut self, shared: &Arc<Shared>) {
        self.begin(self.pid, shared);
        for file in File::EACH {
            self.clear(file);
        }
    }

    pub(super) fn clear(&mut self, file: File) {
        match file {
            File::Stat => self.stat = OnceLock::new(),
            File::Status => self.status = OnceLock::new(),
            File::Statm => self.statm = OnceLock::new(),
            File::Io => self.with_known_rare(|rare| rare.io = OnceLock::new()),
            File::Arguments => self.with_known_rare(|rare| rare.arguments = OnceLock::new()),
            File::Ids => self.with_known_rare(|rare| rare.told = OnceLock::new()),
            File::Schedstat => {}
        }
    }

    pub(super) fn fill(&mut self, file: File, bytes: &[u8]) -> std::result::Result<(), DecodeError> {
        match file {
            File::Stat => self.stat = OnceLock::from(Stat::parse(bytes)?),
            File::Status if self.wanted.meets(Sources::PEAKS) => {
                self.status = OnceLock::from(StatusLines::parse(bytes)?)
            }
            File::Status => self.status = OnceLock::from(StatusLines::parse_but_memory(bytes)?),
            File::Statm => self.statm = OnceLock::from(Statm::parse(bytes)?),
            File::Io => {
                let counters = io_counters(bytes)?;
                self.with_rare(|rare| rare.io = OnceLock::from(counters));
            }
            File::Arguments => self.with_rare(|rare| rare.arguments = OnceLock::from(arguments(bytes))),
            // It tells nothing but whether another need be read.
            File::Ids => {
                let told = PidfdInfo::parse(bytes)?;
                self.with_rare(|rare| rare.told = OnceLock::from(Some(told)));
            }
            File::Schedstat => {}
        }
        Ok(())
    }

    /// From now on only what was read is told. `false` if the process has ended, so that what was asked by its number may
    /// be another's.
    pub(crate) fn seal(&mut self) -> bool {
        let asked = std::mem::take(self.asked.get_mut());
        let is_there = !asked || self.handle().and_then(|handle| self.confirm(&handle)).is_ok();
        self.proved_later = false;
        self.sealed = true;
        self.glance = false;
        is_there
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crate::root::Root;
    use crate::sys::linux::process::Reader;
    use crate::sys::linux::process::cpu::cpu_affinity;

    #[test]
    fn one_look_proves_what_was_asked_by_the_number() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let asked = |pid| {
            let mut reader = Reader::open(&Root::default(), pid).unwrap();
            reader.stat().unwrap();
            reader.proved_later = true;
            assert!(!cpu_affinity(&reader).unwrap().is_empty());
            reader
        };
        let (mut lives, mut ended) = (asked(std::process::id()), asked(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(lives.seal());
        // Its number may be another's by now.
        assert!(!ended.seal());
    }
}
