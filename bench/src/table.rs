//! `psoxide-bench table`: fifteen fields of every process, by each way there is, with a thousand and with ten thousand
//! processes in one run.

use std::hint::black_box;
use std::process::Command;

use psoxide::ProcessTable;
use psoxide::process::Source;

use crate::contenders::{Contender, Run, floor_table, sysinfo_table};
use crate::crowd;
use crate::measure::{interleaved, median, syscalls};

/// The attributes that the fifteen fields are of.
const ATTRS: [&str; 10] = [
    "pid",
    "ppid",
    "name",
    "status",
    "uids",
    "num_threads",
    "cpu_times",
    "create_time",
    "page_faults",
    "num_ctx_switches",
];

/// Descriptors enough for all files of so many processes.
const KEEP: usize = 3 * 15_000;

pub const NAME: &str = "table-15";

/// All that can be asked here.
pub fn contenders() -> Vec<Contender> {
    let mut contenders = vec![
        Contender {
            name: "floor",
            prepare: || Box::new(|| floor_table(&["stat", "status", "statm"])),
        },
        Contender {
            name: "psoxide-cold",
            prepare: || Box::new(|| fields(false, 0)()),
        },
        Contender {
            name: "psoxide-again",
            prepare: || fields(false, 0),
        },
        Contender {
            name: "psoxide-warm",
            prepare: || fields(false, KEEP),
        },
        Contender {
            name: "sysinfo",
            prepare: || {
                Box::new(sysinfo_table(
                    sysinfo::ProcessRefreshKind::nothing()
                        .with_cpu()
                        .with_memory()
                        .with_user(sysinfo::UpdateKind::Always)
                        .without_tasks(),
                ))
            },
        },
    ];
    let mut table = ProcessTable::new(["pid"]).expect("a table");
    // The program is loaded for the second reading.
    let read = (0..2).all(|_| table.refresh().is_ok());
    if read && table.source() == Source::Bulk {
        contenders.push(Contender {
            name: "psoxide-bulk",
            prepare: || fields(true, 0),
        });
    }
    contenders
}

/// Reads a table again and again, and looks at every field of it.
fn fields(bpf: bool, keep: usize) -> Run {
    let mut table = ProcessTable::builder()
        .attrs(ATTRS)
        .attrs(["memory_info"])
        .bpf(bpf)
        .keep_descriptors(keep)
        .build()
        .expect("a table");
    Box::new(move || {
        table.refresh().expect("processes");
        for row in table.rows() {
            drop(black_box((
                row.pid(),
                row.ppid(),
                row.name(),
                row.status(),
                row.uids(),
            )));
            drop(black_box((
                row.num_threads(),
                row.cpu_times(),
                row.identity(),
                row.create_time(),
            )));
            drop(black_box((
                row.page_faults(),
                row.num_ctx_switches(),
                row.memory_info(),
            )));
        }
        table.rows().len()
    })
}

/// The most memory that a contender holds, in bytes: told by a process of its own. `None` if that cannot be told.
fn peak(contender: &str) -> Option<u64> {
    let output = Command::new(std::env::current_exe().ok()?)
        .args(["peak", contender])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Does it a few times, and prints how much more memory that took at most than was held before.
pub fn print_peak(contender: &Contender) {
    // What was needed to find out who can be asked does not count: the peak begins anew (Linux 4.0).
    std::fs::write("/proc/self/clear_refs", "5").expect("a peak that begins anew");
    let before = status("VmHWM:");
    let mut run = (contender.prepare)();
    for _ in 0..3 {
        black_box(run());
    }
    println!("{}", (status("VmHWM:") - before) * 1024);
}

fn status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).expect("a number")
}

pub fn run(extra: usize, rounds: usize) {
    crowd::raise_descriptors();
    println!(
        "Fifteen fields of every process: pid, ppid, name, status, uids, threads, user and system time, start, minor and \
         major faults, voluntary and involuntary switches, rss, vms. Medians of {rounds} interleaved rounds; CPU time of \
         user and system together, all threads."
    );
    println!();
    println!(
        "| processes | contender | CPU time | per process | × floor | sysinfo is | system calls | peak memory |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut crowd = Vec::new();
    let mut each: Vec<(&str, f64)> = Vec::new();
    let mut growth = Vec::new();
    for count in [extra, extra * 10] {
        let running: usize = crowd.iter().map(crowd::Processes::len).sum();
        crowd.push(crowd::Processes::start(count - running));
        let contenders = contenders();
        let mut runs: Vec<Run> = contenders.iter().map(|contender| (contender.prepare)()).collect();
        let medians: Vec<f64> = interleaved(&mut runs, rounds, 1)
            .into_iter()
            .map(median)
            .collect();
        drop(runs);
        let listed = psoxide::pids().expect("processes").len();
        let of = |name: &str| {
            let place = contenders.iter().position(|contender| contender.name == name)?;
            medians.get(place).copied()
        };
        for (contender, spent) in contenders.iter().zip(&medians) {
            let per = spent / 1e3 / listed as f64;
            let times =
                |other: Option<f64>| other.map_or(String::new(), |other| format!("{:.2} ×", other / spent));
            println!(
                "| {listed} | {} | {:.0} µs | {per:.2} µs | {:.2} | {} | {} | {} |",
                contender.name,
                spent / 1e3,
                spent / medians[0],
                times(of("sysinfo")),
                syscalls(NAME, contender.name).map_or(String::new(), |calls| format!("{calls:.0}")),
                peak(contender.name).map_or(String::new(), |bytes| format!("{} kB", bytes / 1024)),
            );
            match each.iter().find(|(name, _)| *name == contender.name) {
                Some((name, before)) => growth.push(format!("{name} {:+.0} %", (per / before - 1.0) * 100.0)),
                None => each.push((contender.name, per)),
            }
        }
    }
    println!(
        "\nCost per process, from the smaller crowd to the larger: {}.",
        growth.join(", ")
    );
}
