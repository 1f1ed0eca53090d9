//! `psoxide-bench linux`: the price of each answer beside the floor (bare reads of the same files) and the peers, as
//! CPU time in one interleaved run, with the system calls that each makes.
//!
//! `psoxide-bench work NAME CONTENDER N` does one of them N times and nothing else, for a tracer to count.

mod contenders;
mod crowd;
mod ffi;
mod measure;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["idle"] => loop {
            std::thread::park();
        },
        ["linux", processes, rounds] => {
            let (Ok(processes), Ok(rounds)) = (processes.parse(), rounds.parse()) else {
                return usage();
            };
            measure::linux(processes, rounds);
            ExitCode::SUCCESS
        }
        ["work", work, contender, times] => {
            let Ok(times) = times.parse::<u32>() else {
                return usage();
            };
            let found = contenders::works()
                .into_iter()
                .filter(|entry| entry.name == *work)
                .flat_map(|entry| entry.contenders)
                .find(|entry| entry.name == *contender);
            let Some(contender) = found else { return usage() };
            let mut run = (contender.prepare)();
            for _ in 0..times {
                std::hint::black_box(run());
            }
            ExitCode::SUCCESS
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: psoxide-bench linux PROCESSES ROUNDS | psoxide-bench work NAME CONTENDER TIMES");
    ExitCode::from(2)
}
