//! A process and everyone below it, as a subject of recording. Whoever was below it once stays, also when the parent between
//! has ended.

use std::collections::HashSet;

use psoxide::format::{bytes, percent};
use psoxide::model::process::Identity;
use psoxide::schema::{Typed, Value};
use psoxide::{Process, ProcessTable, Root};

use super::{Subject, sum};
use crate::commands::object;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::machine::Machine;
use crate::output::object::Object;

/// What is recorded of each process.
const NAMES: [&str; 13] = [
    "pid",
    "ppid",
    "name",
    "create_time",
    "cpu_percent",
    "cpu_times.user",
    "cpu_times.system",
    "memory_info.rss",
    "memory_info.vms",
    "num_threads",
    "io_counters.read_bytes",
    "io_counters.write_bytes",
    "status",
];

/// A process and everyone below it.
pub(super) struct Tree {
    machine: Machine,
    table: ProcessTable,
    keys: Vec<Key>,
    members: HashSet<Identity>,
    /// Whom the tree is of, until the first sample was taken.
    unseen: Option<Identity>,
}

impl Tree {
    /// The tree of this process, with these attributes besides.
    pub(super) fn new(root: &Root, top: &Process, added: Vec<Key>) -> Result<Tree, Failure> {
        let names = NAMES.map(String::from);
        let mut keys = keys::select(&names, &keys::of_processes())?;
        let new: Vec<Key> = added
            .iter()
            .flat_map(Key::leaves)
            .filter(|key| !keys.iter().any(|known| known.name == key.name))
            .collect();
        keys.extend(new);
        Ok(Tree {
            machine: Machine::new(root.clone()),
            // Of all processes no more than who belongs to the tree, and what only two samples tell.
            table: ProcessTable::builder()
                .root(root)
                .attrs(["ppid", "cpu_percent"])
                .build()?,
            keys,
            members: HashSet::from([top.identity()]),
            unseen: Some(top.identity()),
        })
    }
}

impl Subject for Tree {
    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn sample(&mut self) -> Result<Vec<Object>, Failure> {
        self.table.refresh()?;
        let mut members: HashSet<Identity> = HashSet::new();
        let mut pids = HashSet::new();
        // Numbers ascend, and so a child mostly stands behind its parent; where it does not, once more.
        loop {
            let before = members.len();
            for row in self.table.rows() {
                let identity = row.identity();
                let below = row.ppid().is_ok_and(|ppid| pids.contains(&ppid));
                if (below || self.members.contains(&identity)) && members.insert(identity) {
                    pids.insert(identity.pid);
                }
            }
            if members.len() == before {
                break;
            }
        }
        let unseen = self.unseen.take();
        let mut rows = Vec::with_capacity(members.len());
        for row in self.table.rows() {
            if !members.contains(&row.identity()) {
                continue;
            }
            let Ok(visit) = row.process().oneshot() else {
                continue;
            };
            let Ok(mut answers) = object(&self.machine, &visit, &self.keys) else {
                continue;
            };
            // Nothing runs in a zombie, which waits for whoever is to wait for it; but a command that has ended before it
            // was seen still tells what it used.
            if *answers.get("status") == Value::Text("zombie".into()) && unseen != Some(row.identity()) {
                continue;
            }
            answers.set("cpu_percent", row.cpu_percent().value());
            rows.push(answers);
        }
        self.members = members;
        Ok(rows)
    }

    fn told(&self, rows: &[Object]) -> String {
        let (cpu, memory) = (sum(rows, "cpu_percent"), sum(rows, "memory_info.rss"));
        let (count, cpu) = (rows.len(), percent(cpu));
        format!("{count} processes, {cpu} % CPU, {} memory", bytes(memory as u64))
    }
}
