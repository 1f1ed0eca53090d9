//! `psoxide-bench linux`: the price of each answer beside the floor (bare reads of the same files) and the peers, as
//! CPU time in one interleaved run, with the system calls that each makes.
//!
//! `psoxide-bench table`: all processes, with a thousand and ten thousand of them.
//!
//! `psoxide-bench work NAME CONTENDER N` does one of them N times and nothing else, for a tracer to count.

mod contenders;
mod crowd;
mod ffi;
mod measure;
mod table;

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
        ["table", processes, rounds] => {
            let (Ok(processes), Ok(rounds)) = (processes.parse(), rounds.parse()) else {
                return usage();
            };
            table::run(processes, rounds);
            ExitCode::SUCCESS
        }
        ["peak", contender] => {
            let mut known = table::contenders().into_iter();
            let Some(contender) = known.find(|entry| entry.name == *contender) else {
                return usage();
            };
            crowd::raise_descriptors();
            table::print_peak(&contender);
            ExitCode::SUCCESS
        }
        ["work", work, contender, times] => {
            let Ok(times) = times.parse::<u32>() else {
                return usage();
            };
            let known: Vec<_> = match *work {
                table::NAME => table::contenders(),
                _ => contenders::works()
                    .into_iter()
                    .filter(|entry| entry.name == *work)
                    .flat_map(|entry| entry.contenders)
                    .collect(),
            };
            let found = known.into_iter().find(|entry| entry.name == *contender);
            let Some(contender) = found else { return usage() };
            crowd::raise_descriptors();
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
    eprintln!("usage: psoxide-bench (linux | table) PROCESSES ROUNDS");
    eprintln!("       psoxide-bench work NAME CONTENDER TIMES | psoxide-bench peak CONTENDER");
    ExitCode::from(2)
}
