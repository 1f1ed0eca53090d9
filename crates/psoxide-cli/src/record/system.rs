//! The whole machine as a subject of recording: a row a sample.

use psoxide::format::{bytes, percent};
use psoxide::model::memory::{SwapMemory, VirtualMemory};
use psoxide::schema::{Type, Typed, Unit, Value};
use psoxide::{CpuSampler, Root};

use super::{Subject, sum};
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::output::object::Object;

/// The machine.
pub(super) struct Machines {
    root: Root,
    cpus: CpuSampler,
}

impl Machines {
    pub(super) fn new(root: &Root) -> Result<Machines, Failure> {
        Ok(Machines {
            root: root.clone(),
            cpus: CpuSampler::new(root),
        })
    }
}

/// Fields of these answers, by the names that they have everywhere.
const FIELDS: [&str; 8] = [
    "virtual_memory.used",
    "virtual_memory.available",
    "swap_memory.used",
    "getloadavg.one",
    "disk_io_counters.read_bytes",
    "disk_io_counters.write_bytes",
    "net_io_counters.bytes_recv",
    "net_io_counters.bytes_sent",
];

impl Subject for Machines {
    fn keys(&self) -> Vec<Key> {
        let number = |name, ty, unit, doc| Key {
            unit,
            ..Key::new(name, ty, doc)
        };
        let mut keys = vec![
            number(
                "cpu_percent",
                Type::F64,
                Unit::Percent,
                "Share of all CPUs since the sample before.",
            ),
            number(
                "processes",
                Type::U64,
                Unit::Count,
                "How many processes there are.",
            ),
        ];
        keys.extend(FIELDS.into_iter().map(|name| {
            let (ty, unit) = match name {
                "getloadavg.one" => (Type::F64, Unit::Count),
                _ => (Type::U64, Unit::Bytes),
            };
            number(name, ty, unit, "")
        }));
        keys
    }

    fn sample(&mut self) -> Result<Vec<Object>, Failure> {
        let root = &self.root;
        let mut row = Object::default();
        row.push("cpu_percent", self.cpus.percent().map(|share| share.value()));
        row.push("processes", root.pids().map(|pids| (pids.len() as u64).value()));
        // A question that cannot be answered leaves its cells empty, and the others as they are.
        let answers = [
            (
                "virtual_memory",
                root.virtual_memory().map(|answer| VirtualMemory::value(&answer)),
            ),
            (
                "swap_memory",
                root.swap_memory().map(|answer| SwapMemory::value(&answer)),
            ),
            ("getloadavg", root.getloadavg().map(|answer| answer.value())),
            (
                "disk_io_counters",
                root.disk_io_counters().map(|answer| answer.value()),
            ),
            (
                "net_io_counters",
                root.net_io_counters().map(|answer| answer.value()),
            ),
        ];
        for name in FIELDS {
            let (base, rest) = name.split_once('.').unwrap_or((name, ""));
            let answer = answers.iter().find(|(known, _)| *known == base);
            let value = match answer {
                Some((_, Ok(answer))) => keys::part(answer, Some(rest)).clone(),
                _ => Value::Null,
            };
            row.push(name, Ok(value));
        }
        Ok(vec![row])
    }

    fn told(&self, rows: &[Object]) -> String {
        let (cpu, memory) = (sum(rows, "cpu_percent"), sum(rows, "virtual_memory.used"));
        format!("{} % CPU, {} memory", percent(cpu), bytes(memory as u64))
    }
}
