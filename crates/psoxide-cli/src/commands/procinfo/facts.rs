//! The first part of `procinfo`: a line for each attribute.

use psoxide::format::{minutes_hundredths, quantity};
use psoxide::schema::{Typed, Unit};
use psoxide::{Oneshot, Process};

use super::{Page, name};
use crate::answer::{Gone, known};
use crate::commands::joined;
use crate::commands::ps::all_times;
use crate::failure::Failure;
use crate::local_time::LocalTime;
use crate::machine::Machine;

pub(super) fn write(
    page: &mut Page<'_>,
    machine: &Machine,
    subject: &Process,
    process: &Oneshot,
) -> Result<(), Failure> {
    let clock = LocalTime::now();

    page.fact("pid", &process.pid().to_string())?;
    page.fact("name", &shown(process.name())?)?;
    let ppid = shown(process.ppid())?;
    let parent = known(subject.parent())?.flatten();
    let parent = match parent.as_ref().and_then(name) {
        Some(name) => format!("{ppid} ({name})"),
        None => ppid,
    };
    page.fact("parent", &parent)?;
    page.fact(
        "exe",
        &known(process.exe())?
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
    )?;
    page.fact(
        "cwd",
        &known(process.cwd())?
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
    )?;
    let arguments = known(process.cmdline())?;
    page.fact("cmdline", &joined(&arguments.unwrap_or_default()))?;
    let started = known(process.create_time())?.map(|moment| clock.date_and_time(moment));
    page.fact("started", &started.unwrap_or_default())?;
    let times = known(process.cpu_times())?;
    let total = times.as_ref().map(all_times).map(minutes_hundredths);
    page.fact("cpu-tspent", &total.unwrap_or_default())?;
    let times = times.map(|times| quantity(&times.value(), Unit::None));
    page.fact("cpu-times", &times.unwrap_or_default())?;
    cpu_affinity(page, process)?;
    supported(page, "cpu-num", process.cpu_num())?;
    page.fact("memory", &shown(process.memory_info())?)?;
    let share = known(machine.memory_percent(process))?.map(|share| format!("{share:.2}"));
    page.fact("memory %", &share.unwrap_or_default())?;
    page.fact("user", &shown(machine.user_name(process))?)?;
    supported(page, "uids", process.uids())?;
    supported(page, "gids", process.gids())?;
    supported(page, "terminal", process.terminal())?;
    page.fact("status", &shown(process.status())?)?;
    page.fact("nice", &shown(process.nice())?)?;
    ionice(page, process)?;
    page.fact("num-threads", &shown(process.num_threads())?)?;
    supported(page, "num-fds", process.num_fds())?;
    supported(page, "num-handles", process.num_handles())?;
    supported(page, "I/O", process.io_counters())?;
    page.fact("ctx-switches", &shown(process.num_ctx_switches())?)
}

/// The answer as text; empty where it is denied or not known.
fn shown<T: Typed>(answer: psoxide::Result<T>) -> Result<String, Gone> {
    let value = known(answer)?.map(|answer| answer.value());
    Ok(value
        .map(|value| quantity(&value, Unit::None))
        .unwrap_or_default())
}

/// A line for what this system can tell, and none for what it never does.
fn supported<T: Typed>(page: &mut Page<'_>, label: &str, answer: psoxide::Result<T>) -> Result<(), Failure> {
    match answer {
        Err(error) if error.is_unsupported() => Ok(()),
        answer => page.fact(label, &shown(answer)?),
    }
}

/// psutil's script writes `class`, not the field's `ioclass`.
fn ionice(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let ionice = match process.ionice() {
        Err(error) if error.is_unsupported() => return Ok(()),
        answer => known(answer)?,
    };
    let text = ionice.map(|ionice| match ionice.value {
        Some(value) => format!("class={}, value={value}", ionice.ioclass),
        None => format!("class={}", ionice.ioclass),
    });
    page.fact("ionice", &text.unwrap_or_default())
}

/// The CPUs in brackets, as psutil's script writes a list.
fn cpu_affinity(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let cpus = match process.cpu_affinity() {
        Err(error) if error.is_unsupported() => return Ok(()),
        answer => known(answer)?,
    };
    let text = cpus.map(|cpus| format!("[{}]", quantity(&cpus.value(), Unit::None)));
    page.fact("cpu-affinity", &text.unwrap_or_default())
}
