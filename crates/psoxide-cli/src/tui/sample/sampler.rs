//! The only place where the monitor asks the machine.
//!
//! A [`Sampler`] owns both ends of every interval, and remembers what hardly ever changes: what a process was started
//! as, and by whom. Text leaves it printable, so what a process calls itself can no longer command the terminal.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use psoxide::model::process::Identity;
use psoxide::{CpuSampler, DiskIoSampler, NetIoSampler, Oneshot, Process, ProcessTable, Result, Root, Text};

use super::{Cost, Counter, Details, Flow, Nic, Program, Row, Sample, Space, Transfer, Wanted};
use crate::answer::known;
use crate::commands::{command_line, procinfo};
use crate::machine::Machine;
use crate::output::printable::printable;

/// What every process is asked at every sample: all of it stands in two files that are opened once.
const ATTRIBUTES: [&str; 9] = [
    "ppid",
    "name",
    "status",
    "nice",
    "num_threads",
    "cpu_times",
    "cpu_percent",
    "cpu_num",
    "memory_info",
];

/// How many descriptors the tables may keep; the library keeps fewer where the program may not open so many.
const DESCRIPTORS: usize = 8_192;

/// After so many samples, what hardly ever changes is asked again. Not of all processes at the same sample.
const STALE: u64 = 32;

/// Asks the machine, again and again.
pub(crate) struct Sampler {
    machine: Machine,
    table: ProcessTable,
    /// Reads what processes read and write; there once it was wanted.
    io: Option<ProcessTable>,
    cpus: CpuSampler,
    disks: DiskIoSampler,
    nics: NetIoSampler,
    started: HashMap<Identity, Started>,
    /// The names of users, each once.
    users: Users,
    own: Option<Own>,
    boot_time: Option<f64>,
    total_memory: Option<u64>,
    taken: Option<Instant>,
    /// Whether the last look was also at what processes read and write.
    had_io: bool,
    count: u64,
}

/// What a process was started as, and by whom.
struct Started {
    /// The name's bytes, by which a process that has become another program is known.
    name: Text,
    program: Arc<Program>,
    /// The number of the sample in which this was seen last.
    seen: u64,
}

/// Printable names of users, of which there are few.
#[derive(Default)]
struct Users(Vec<Arc<str>>);

impl Users {
    fn named(&mut self, name: &str) -> Arc<str> {
        let name = printable(name);
        if let Some(known) = self.0.iter().find(|known| ***known == *name) {
            return known.clone();
        }
        let new: Arc<str> = name.into();
        self.0.push(new.clone());
        new
    }
}

/// This very program.
struct Own {
    process: Process,
    last: Option<(Instant, f64)>,
}

impl Sampler {
    /// One that has asked nothing yet.
    pub(crate) fn new(root: Root) -> Result<Sampler> {
        let table = ProcessTable::builder()
            .root(&root)
            .attrs(ATTRIBUTES)
            .keep_descriptors(DESCRIPTORS)
            .build()?;
        let own = match root.is_local() {
            true => Some(Own {
                process: Process::current()?,
                last: None,
            }),
            false => None,
        };
        Ok(Sampler {
            table,
            io: None,
            cpus: CpuSampler::new(&root),
            disks: DiskIoSampler::at(&root),
            nics: NetIoSampler::at(&root),
            started: HashMap::new(),
            users: Users::default(),
            own,
            boot_time: None,
            total_memory: None,
            taken: None,
            had_io: false,
            count: 0,
            machine: Machine::new(root),
        })
    }

    /// A look at the machine. What cannot be told is absent; why, the first time, is in words.
    pub(crate) fn sample(&mut self, wanted: Wanted) -> Sample {
        let mut failure = None;
        let root = self.machine.root().clone();
        self.count += 1;
        let interval = self.interval();
        let cpus = told(self.cpus.percent_per_cpu(), &mut failure).unwrap_or_default();
        let memory = told(root.virtual_memory(), &mut failure);
        self.total_memory = memory.as_ref().map(|memory| memory.total);
        let disk = told(self.disks.sample(), &mut failure).and_then(|disks| disks.rates);
        let network = self.nics.sample().ok();
        let rates = network.as_ref().and_then(|network| network.rates.as_ref());
        let flow = Flow {
            incoming: rates.map(|rates| rates.bytes_recv),
            outgoing: rates.map(|rates| rates.bytes_sent),
        };
        let nics = network.iter().flat_map(|network| &network.nics).map(nic);
        let mut nics: Vec<Nic> = nics.collect();
        nics.sort_by_key(|nic| std::cmp::Reverse(traffic(nic)));
        let rows = match wanted.processes {
            true => told(self.rows(wanted.io), &mut failure).unwrap_or_default(),
            false => Vec::new(),
        };
        let is_first = interval.is_none() || (wanted.io && !self.had_io);
        self.had_io = wanted.io;
        Sample {
            is_first,
            interval: interval.map(|interval| interval.as_secs_f64()),
            cpu: mean(&cpus),
            cpus,
            load: root
                .getloadavg()
                .ok()
                .map(|load| [load.one, load.five, load.fifteen]),
            uptime: self.uptime(&root),
            memory: memory.map(|memory| Space {
                used: memory.total.saturating_sub(memory.available),
                total: memory.total,
                percent: memory.percent,
            }),
            swap: root.swap_memory().ok().map(|swap| Space {
                used: swap.used,
                total: swap.total,
                percent: swap.percent,
            }),
            disk: Flow {
                incoming: disk.as_ref().map(|rates| rates.read_bytes),
                outgoing: disk.as_ref().map(|rates| rates.write_bytes),
            },
            network: flow,
            nics,
            rows,
            own: self.own.as_mut().and_then(Own::cost),
            failure,
        }
    }

    /// Everything about one process, as `procinfo` tells it.
    pub(crate) fn details(&self, identity: Identity) -> Details {
        let process = Process::with(self.machine.root(), identity);
        let (lines, failure) = match procinfo::lines(&self.machine, &process) {
            Ok(lines) => (lines, None),
            Err(failure) => (Vec::new(), Some(printable(&failure.to_string()).into_owned())),
        };
        Details {
            identity,
            lines,
            failure,
        }
    }

    fn interval(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let before = self.taken.replace(now);
        before.map(|before| now.duration_since(before))
    }

    fn uptime(&mut self, root: &Root) -> Option<f64> {
        if self.boot_time.is_none() {
            self.boot_time = root.boot_time().ok();
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some((now.as_secs_f64() - self.boot_time?).max(0.0))
    }

    fn rows(&mut self, io: bool) -> Result<Vec<Row>> {
        self.table.refresh()?;
        if io {
            self.refresh_io()?;
        }
        let (count, total) = (self.count, self.total_memory);
        let mut rows = Vec::with_capacity(self.table.rows().len());
        for row in self.table.rows() {
            // A process without a name has ended while it was read.
            let Ok(name) = row.name() else { continue };
            let identity = row.identity();
            let is_stale =
                |started: &Started| started.name != name || (count + u64::from(identity.pid)) % STALE == 0;
            if self.started.get(&identity).is_none_or(is_stale) {
                let Ok(visit) = row.process().oneshot() else {
                    continue;
                };
                let started = Started::of(&self.machine, &visit, name, &mut self.users);
                self.started.insert(identity, started);
            }
            let Some(started) = self.started.get_mut(&identity) else {
                continue;
            };
            started.seen = count;
            let memory = row.memory_info().ok();
            let times = row.cpu_times().ok();
            let rss = memory.as_ref().map(|memory| memory.rss);
            let io = self.io.as_ref().filter(|_| io);
            let io = io
                .and_then(|io| io.row(identity.pid))
                .filter(|row| row.identity() == identity);
            let counters = io.and_then(|row| row.io_counters().ok());
            let rates = io.and_then(|row| row.io_rates());
            rows.push(Row {
                identity,
                parent: row.ppid().ok(),
                program: started.program.clone(),
                status: row.status().ok(),
                nice: row.nice().ok(),
                threads: row.num_threads().ok(),
                vms: memory.as_ref().map(|memory| memory.vms),
                rss,
                memory_percent: rss
                    .zip(total)
                    .map(|(rss, total)| rss as f64 / total as f64 * 100.0),
                cpu_percent: row.cpu_percent(),
                cpu_time: times.map(|times| times.user + times.system),
                cpu_number: row.cpu_num().ok(),
                disk: counters.map(|counters| {
                    Box::new(Transfer {
                        read: Counter {
                            total: counters.read_bytes,
                            rate: rates.and_then(|rates| rates.read_bytes),
                        },
                        written: Counter {
                            total: counters.write_bytes,
                            rate: rates.and_then(|rates| rates.write_bytes),
                        },
                    })
                }),
            });
        }
        self.started.retain(|_, started| started.seen == count);
        Ok(rows)
    }

    fn refresh_io(&mut self) -> Result<()> {
        let table = match &mut self.io {
            Some(table) => table,
            None => {
                let builder = ProcessTable::builder().root(self.machine.root());
                let builder = builder.attrs(["io_counters"]).keep_descriptors(DESCRIPTORS);
                self.io.insert(builder.build()?)
            }
        };
        table.refresh()
    }
}

impl Started {
    fn of(machine: &Machine, visit: &Oneshot, name: Text, users: &mut Users) -> Started {
        let shown = |text: &str| -> Box<str> { printable(text).into() };
        let shown_name = shown(&name.to_string());
        let arguments = known(visit.cmdline()).unwrap_or(None);
        let command = match command_line(arguments, None) {
            // As ps shows whoever has no command line: threads of the kernel, zombies.
            line if line.is_empty() => format!("[{shown_name}]").into(),
            line => shown(&line),
        };
        let user = known(machine.user_name(visit)).unwrap_or(None);
        Started {
            name,
            program: Arc::new(Program {
                name: shown_name,
                command,
                user: users.named(&user.map(|user| user.to_string()).unwrap_or_default()),
            }),
            seen: 0,
        }
    }
}

impl Own {
    fn cost(&mut self) -> Option<Cost> {
        let visit = self.process.oneshot().ok()?;
        let times = visit.cpu_times().ok()?;
        let used = times.user + times.system;
        let now = Instant::now();
        let percent = self.last.replace((now, used)).and_then(|(then, before)| {
            let seconds = now.duration_since(then).as_secs_f64();
            (seconds > 0.0).then(|| (used - before).max(0.0) / seconds * 100.0)
        });
        Some(Cost {
            cpu_percent: percent,
            rss: visit.memory_info().ok().map(|memory| memory.rss),
        })
    }
}

/// The answer, or the first failure of all in words.
fn told<T>(answer: Result<T>, failure: &mut Option<String>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(error) => {
            failure.get_or_insert_with(|| printable(&error.to_string()).into_owned());
            None
        }
    }
}

/// How busy all CPUs together were: all of them have the same time.
fn mean(cpus: &[(u32, Option<f64>)]) -> Option<f64> {
    let shares: Vec<f64> = cpus.iter().filter_map(|(_, share)| *share).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}

fn nic(nic: &psoxide::NicActivity) -> Nic {
    let rates = nic.rates.as_ref();
    let counter = |total: u64, rate: Option<f64>| Counter {
        total: Some(total),
        rate,
    };
    Nic {
        name: printable(&nic.name.to_string()).into(),
        bytes_received: counter(nic.io.bytes_recv, rates.map(|rates| rates.bytes_recv)),
        bytes_sent: counter(nic.io.bytes_sent, rates.map(|rates| rates.bytes_sent)),
        packets_received: counter(nic.io.packets_recv, rates.map(|rates| rates.packets_recv)),
        packets_sent: counter(nic.io.packets_sent, rates.map(|rates| rates.packets_sent)),
    }
}

/// Bytes that an interface transferred so far.
fn traffic(nic: &Nic) -> u64 {
    let total = |counter: &Counter| counter.total.unwrap_or(0);
    total(&nic.bytes_received).saturating_add(total(&nic.bytes_sent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::printable::commands_terminal;

    const EVERYTHING: Wanted = Wanted {
        io: true,
        processes: true,
    };

    fn small_host() -> Sampler {
        let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/linux/small-host");
        Sampler::new(Root::at(case)).unwrap()
    }

    #[test]
    fn a_sample_of_fixtures_holds_what_they_tell() {
        let mut sampler = small_host();
        let first = sampler.sample(EVERYTHING);
        assert_eq!((first.interval, first.cpu), (None, None));
        assert!(first.memory.is_some_and(|memory| memory.total > 0));
        // It is none of this root's processes.
        assert_eq!(first.own, None);
        let find = |sample: &Sample, pid| sample.rows.iter().find(|row| row.identity.pid == pid).cloned();
        let init = find(&first, 1).unwrap();
        assert_eq!(
            (&*init.program.name, &*init.program.command),
            ("init", "/sbin/init splash")
        );
        assert_eq!((init.cpu_percent, init.read().rate), (None, None));
        let kernel_thread = find(&first, 2).unwrap();
        assert_eq!(&*kernel_thread.program.command, "[kthreadd]");
        assert!(kernel_thread.is_kernel_thread() && !init.is_kernel_thread());
        assert!(!find(&first, 777).unwrap().is_kernel_thread()); // a zombie

        let second = sampler.sample(EVERYTHING);
        assert!(first.is_first && second.interval.is_some() && !second.is_first);
        assert_eq!(find(&second, 1).unwrap().cpu_percent, Some(0.0));
        let without = sampler.sample(Wanted {
            io: false,
            processes: false,
        });
        assert!(without.rows.is_empty() && without.memory.is_some() && !without.is_first);
        assert!(sampler.sample(EVERYTHING).is_first);
    }

    #[test]
    fn what_processes_call_themselves_is_printable() {
        let sample = small_host().sample(EVERYTHING);
        for row in &sample.rows {
            let program = &row.program;
            for text in [&*program.name, &*program.command, &*program.user] {
                assert!(!text.contains(commands_terminal), "{text:?}");
            }
        }
        let hostile = sample.rows.iter().find(|row| row.identity.pid == 512).unwrap();
        assert!(
            hostile.program.command.contains(r"\x1b]0;owned\x07"),
            "{}",
            hostile.program.command
        );
    }

    #[test]
    fn details_are_those_of_procinfo() {
        let mut sampler = small_host();
        let sample = sampler.sample(EVERYTHING);
        let details = |pid| {
            let row = sample.rows.iter().find(|row| row.identity.pid == pid).unwrap();
            sampler.details(row.identity)
        };
        let told = details(2001);
        assert_eq!(told.failure, None);
        for label in ["pid", "cmdline", "memory", "res-limits", "mem-maps"] {
            assert!(told.lines.iter().any(|(line, _)| line == label), "{label}");
        }
        let other = Identity {
            pid: 2001,
            start: Some(1),
        };
        assert!(sampler.details(other).failure.is_some());
    }

    #[test]
    fn this_very_program_has_a_cost() {
        let mut sampler = Sampler::new(Root::default()).unwrap();
        let first = sampler.sample(EVERYTHING).own.unwrap();
        assert!(first.cpu_percent.is_none() && first.rss.is_some_and(|rss| rss > 100_000));
        let second = sampler.sample(EVERYTHING).own.unwrap();
        assert!(second.cpu_percent.is_some_and(|share| share >= 0.0));
    }

    #[test]
    fn a_place_without_processes_is_told_of() {
        let Ok(mut sampler) = Sampler::new(Root::at("no-such-case")) else {
            return;
        };
        assert!(sampler.sample(EVERYTHING).failure.is_some());
    }
}
