//! The machine that a command looks at, with what is the same for every process of one run: physical memory and the
//! names of users. Read once, when first needed.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use psoxide::catalog::Attr;
use psoxide::model::Pid;
use psoxide::schema::{Typed, Value};
use psoxide::{Oneshot, Process, Result, Root, Text};

use crate::answer::known;
use crate::failure::Failure;

/// The machine that a command looks at.
pub(crate) struct Machine {
    root: Root,
    total_memory: OnceCell<u64>,
    user_names: RefCell<HashMap<u32, Text>>,
}

impl Machine {
    /// The machine that `root` shows.
    pub(crate) fn new(root: Root) -> Machine {
        Machine {
            root,
            total_memory: OnceCell::new(),
            user_names: RefCell::new(HashMap::new()),
        }
    }

    /// Where its file systems are.
    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    /// A visit to every process, by number. No process at all is no machine, but a directory that is none's `/proc`.
    pub(crate) fn processes(&self) -> std::result::Result<Vec<Oneshot>, Failure> {
        let processes = self.root.processes()?;
        if processes.is_empty() {
            let place = self.root.proc().display();
            let message = format!("{place}: expected the processes of a system, found none");
            return Err(Failure::Request(message));
        }
        Ok(processes)
    }

    /// What the process of this number is called; `None` where it has ended or does not say.
    pub(crate) fn process_name(&self, pid: Pid) -> Option<Text> {
        let name = Process::at(&self.root, pid).and_then(|process| process.name());
        known(name).unwrap_or(None)
    }

    /// The name of the user who started the process; asked once for each user.
    pub(crate) fn user_name(&self, process: &Oneshot) -> Result<Text> {
        let user = match process.uids() {
            Ok(uids) => uids.real,
            // A system whose users have no numbers.
            Err(error) if error.is_unsupported() => return process.username(),
            Err(error) => return Err(error),
        };
        if let Some(name) = self.user_names.borrow().get(&user) {
            return Ok(name.clone());
        }
        let name = process.username()?;
        self.user_names.borrow_mut().insert(user, name.clone());
        Ok(name)
    }

    /// Resident memory of the process as a share of physical memory, in percent.
    pub(crate) fn memory_percent(&self, process: &Oneshot) -> Result<f64> {
        let total = match self.total_memory.get() {
            Some(total) => *total,
            None => {
                let total = self.root.virtual_memory()?.total;
                *self.total_memory.get_or_init(|| total)
            }
        };
        Ok(process.memory_info()?.rss as f64 / total as f64 * 100.0)
    }

    /// An attribute of the process; `None` for what a single look cannot tell.
    pub(crate) fn attribute(&self, attr: &Attr, process: &Oneshot) -> Option<Result<Value>> {
        match attr.name {
            "username" => Some(self.user_name(process).map(|name| name.value())),
            "memory_percent" => Some(self.memory_percent(process).map(|share| share.value())),
            _ => attr.get.map(|get| get(process)),
        }
    }
}
