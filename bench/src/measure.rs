//! Interleaved rounds, medians, and the table that is printed.

use std::process::Command;

use rustix::time::{ClockId, clock_gettime};

use crate::contenders::{Run, works};
use crate::crowd;

/// CPU time of this process, all threads, user and system, in nanoseconds.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok())
        .unwrap_or(0)
        * 4096
}

/// System calls of one run: the difference between tracing two runs and one. `None` without the tracer.
pub fn syscalls(work: &str, contender: &str) -> Option<f64> {
    let count = |times: u32| -> Option<f64> {
        let report = std::env::temp_dir().join(format!("psoxide-bench-{}", std::process::id()));
        let times = times.to_string();
        let done = Command::new("strace")
            .args(["-f", "-c", "-U", "calls,name", "-o"])
            .arg(&report)
            .arg(std::env::current_exe().ok()?)
            .args(["work", work, contender, &times])
            .stdout(std::process::Stdio::null())
            .status()
            .ok()?;
        let text = std::fs::read_to_string(&report).ok()?;
        std::fs::remove_file(&report).ok()?;
        let total = text.lines().find(|line| line.trim_end().ends_with("total"))?;
        done.success().then_some(())?;
        total.split_whitespace().next()?.parse().ok()
    };
    Some(count(3)? - count(2)?)
}

/// The CPU time of each run in each round, after one that is not counted; in nanoseconds.
pub fn interleaved(runs: &mut [Run], rounds: usize, repeat: usize) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); runs.len()];
    for round in 0..=rounds {
        for (run, times) in runs.iter_mut().zip(&mut times) {
            let start = cpu_time();
            for _ in 0..repeat {
                std::hint::black_box(run());
            }
            let spent = (cpu_time() - start) / repeat as f64;
            if round > 0 {
                times.push(spent);
            }
        }
    }
    times
}

pub fn linux(extra: usize, rounds: usize) {
    let _processes = crowd::Processes::start(extra);
    let listed = psoxide::pids().expect("processes").len();
    println!(
        "{listed} processes, of which {extra} idle ones of the bench; medians of {rounds} interleaved rounds; "
    );
    println!("CPU time of user and system together, all threads.");
    println!();
    for work in works() {
        println!("* `{}`: {}", work.name, work.about);
    }
    println!();
    println!("| work | contender | CPU time | × floor | per process | system calls | per process | bound |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut missed = Vec::new();
    for work in works() {
        let _sockets = (work.name.starts_with("net_connections")).then(|| crowd::sockets(5_000));
        if work.name == "memory_maps" {
            crate::ffi::mappings(5_000).expect("5,000 mappings");
        }
        let table = work.name.starts_with("table");
        let repeat: usize = match work.name {
            "table-1" | "table-3" => 1,
            "net_connections" | "net_connections_pids" | "memory_maps" => 5,
            _ => 200,
        };
        let mut runs: Vec<_> = work
            .contenders
            .iter()
            .map(|contender| (contender.prepare)())
            .collect();
        let times = interleaved(&mut runs, rounds, repeat);
        let medians: Vec<f64> = times.into_iter().map(median).collect();
        let floor = medians[0];
        for (contender, spent) in work.contenders.iter().zip(&medians) {
            let calls = if matches!(
                work.name,
                "net_connections" | "net_connections_pids" | "memory_maps"
            ) {
                None // the tracer would count another process's sockets and mappings
            } else {
                syscalls(work.name, contender.name)
            };
            let each = |value: Option<f64>, scale: f64| match value {
                Some(value) if table => format!("{:.2}", value / scale),
                _ => String::new(),
            };
            println!(
                "| {} | {} | {:.1} µs | {:.2} | {} | {} | {} | {} |",
                work.name,
                contender.name,
                spent / 1e3,
                spent / floor,
                each(Some(spent / 1e3), listed as f64),
                calls.map_or(String::new(), |calls| format!("{calls:.0}")),
                each(calls, listed as f64),
                if contender.name == "psoxide" {
                    format!("{:.2}", work.bound)
                } else {
                    String::new()
                },
            );
            if contender.name == "psoxide" && spent / floor > work.bound {
                missed.push(format!(
                    "{}: {:.2} × floor, bound {:.2}",
                    work.name,
                    spent / floor,
                    work.bound
                ));
            }
        }
    }
    println!();
    held();
    if missed.is_empty() {
        println!("\nEvery bound is met.");
    } else {
        println!("\nBounds missed: {}.", missed.join("; "));
    }
}

/// What a listing keeps: descriptors and memory.
fn held() {
    let (descriptors_before, resident_before) = (descriptors(), resident());
    let visits: Vec<_> = psoxide::processes().expect("processes").into_iter().collect();
    let rows: Vec<_> = visits
        .into_iter()
        .map(|visit| (visit.name(), visit.memory_info(), visit.uids(), visit.cpu_times()))
        .collect();
    println!(
        "A list of {} processes with name, memory, uids and times holds {} more descriptors and {} bytes of memory per \
         process; a visit is {} bytes.",
        rows.len(),
        descriptors() - descriptors_before,
        resident().saturating_sub(resident_before) / rows.len() as u64,
        size_of::<psoxide::Oneshot>(),
    );
}
