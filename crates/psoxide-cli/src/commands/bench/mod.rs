//! `psoxide bench`: what the library's answers cost on this machine: by themselves and in one visit (`oneshot`), and each call
//! (`api`).

pub(crate) mod api;
pub(crate) mod oneshot;

use psoxide::model::Pid;
use psoxide::{Process, Root};

use crate::failure::Failure;

/// What is measured.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Bench {
    /// What it saves to ask a process several things in one visit
    #[command(after_help = crate::cli::examples::BENCH_ONESHOT)]
    Oneshot(crate::cli::Shown<oneshot::OneshotBench>),

    /// What each call costs, the dearest last
    #[command(after_help = crate::cli::examples::BENCH_API)]
    Api(crate::cli::Shown<api::ApiBench>),
}

/// The process that is asked; this very command where none is named.
fn subject(root: &Root, pid: Option<Pid>) -> Result<Process, Failure> {
    let pid = match pid {
        Some(pid) => pid,
        None if root.is_local() => std::process::id(),
        None => {
            let expected = "bench: expected --pid: this command is none of the other root's";
            return Err(Failure::Request(String::from(expected)));
        }
    };
    Ok(Process::at(root, pid)?)
}
