//! `psoxide record`: samples a command, a process tree or the machine, again and again, into a file that is whole after
//! every sample. Who is sampled stands in `tree` and `system`, what the file is in `file`.
//!
//! What a process uses that starts and ends between two samples is in no row, but it is in what the command cost in all,
//! which is told at the end: that is what the kernel has added up of everyone who was waited for. Only the command itself
//! is never missed: the first sample is taken before it is waited for.

pub(crate) mod file;
mod system;
mod tree;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use psoxide::format::bytes;
use psoxide::model::Pid;
use psoxide::model::process::{Exit, ProcessTimes};
use psoxide::schema::Value;
use psoxide::{Process, Root};

use self::file::Recording;
use self::system::Machines;
use self::tree::Tree;
use crate::cli::seconds;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::printable::printable;
use crate::selection::process_number;

/// How long a command that was told to end may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Back to the beginning of the line, which is then empty.
const ERASE: &str = "\r\x1b[K";

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Record {
    /// The file: an Arrow IPC stream, which polars, pyarrow and duckdb read
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Record this process and everyone below it, until it ends
    #[arg(short, long, value_name = "PID", value_parser = process_number, conflicts_with = "command")]
    pid: Option<Pid>,

    /// Seconds from one sample to the next
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds, default_value = "0.5")]
    interval: f64,

    /// Seconds after which the recording ends
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    duration: Option<f64>,

    /// Record these attributes of each process too, as num_fds or memory_footprint.uss
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    add: Vec<String>,

    /// The command to run and record, with everyone below it; without --pid and command the machine is recorded
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Who is sampled.
trait Subject {
    /// What a row has, but for the time.
    fn keys(&self) -> Vec<Key>;

    /// The rows of this moment; none where there is nobody left.
    fn sample(&mut self) -> Result<Vec<Object>, Failure>;

    /// The sample in a few words.
    fn told(&self, rows: &[Object]) -> String;
}

/// What ends a recording, or is the next to do.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Event {
    /// Ctrl-C, or a signal to end.
    Interrupted,
    /// The process that is recorded has ended.
    Ended(Option<Exit>),
    /// It is time for the next sample.
    Due,
    /// The time is over.
    Over,
}

impl Record {
    /// Records until its end. The status is that of the command, if one was run.
    pub(crate) fn run(&self, machine: &Machine) -> Result<(), Failure> {
        let (events, arrivals) = mpsc::channel();
        let interrupted = events.clone();
        // Nobody listens any more when the recording has ended.
        let note = move || {
            let _ = interrupted.send(Event::Interrupted);
        };
        ctrlc::set_handler(note).map_err(|error| Failure::Request(format!("record: {error}")))?;
        let before = own_times()?;
        let root = machine.root();
        let process = self.subject(root)?;
        let mut subject: Box<dyn Subject> = match &process {
            Some(process) => Box::new(Tree::new(root, process, self.added()?)?),
            None => Box::new(Machines::new(root)?),
        };
        let start = Instant::now();
        // Before anybody waits for the command: until then it is told what it used, even if it has ended already.
        let first = subject.sample();
        if let Some(process) = process.clone() {
            watch(process, events);
        }
        let recording = Recording::create(&self.output, &subject.keys(), &self.title(), self.interval);
        let mut recording = match recording {
            Ok(recording) => recording,
            Err(failure) => {
                self.end(process.as_ref(), &arrivals, None);
                return Err(failure);
            }
        };
        let outcome =
            first.and_then(|first| self.sample(subject.as_mut(), first, &mut recording, &arrivals, start));
        let finished = recording.finish();
        let last = *outcome.as_ref().unwrap_or(&Event::Over);
        let exit = self.end(process.as_ref(), &arrivals, Some(last));
        self.tell(&recording, before, start.elapsed(), process.is_some())?;
        outcome.map(drop).and(finished)?;
        match exit {
            Some(exit) if !self.command.is_empty() => Err(Failure::Exit(status(exit))),
            _ => Ok(()),
        }
    }

    /// The attributes that are recorded besides.
    fn added(&self) -> Result<Vec<Key>, Failure> {
        keys::select(&self.add, &keys::of_processes())
    }

    /// The process that is recorded: the command, which is started here, or the one that was named.
    fn subject(&self, root: &Root) -> Result<Option<Process>, Failure> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Ok(match self.pid {
                Some(pid) => Some(Process::at(root, pid)?),
                None => None,
            });
        };
        if !root.is_local() {
            let expected = "record: a command can be run on this machine only, not below another root";
            return Err(Failure::Request(String::from(expected)));
        }
        let child = Command::new(program).args(arguments).spawn();
        let child = child.map_err(|error| {
            let name = program.to_string_lossy();
            Failure::Request(format!("{name}: {error}"))
        })?;
        // Nobody waits for it yet, so the number is its own.
        Ok(Some(Process::at(root, child.id())?))
    }

    /// Samples until something else than the next sample is due. The `first` one is there already.
    fn sample(
        &self,
        subject: &mut dyn Subject,
        first: Vec<Object>,
        recording: &mut Recording,
        arrivals: &Receiver<Event>,
        start: Instant,
    ) -> Result<Event, Failure> {
        let progress = io::stderr().is_terminal();
        let interval = Duration::from_secs_f64(self.interval);
        let end = self
            .duration
            .map(|seconds| start + Duration::from_secs_f64(seconds));
        let mut due = start;
        let mut rows = first;
        loop {
            recording.add(&rows, start.elapsed())?;
            if progress {
                let (seconds, samples) = (start.elapsed().as_secs_f64(), recording.samples());
                let told = subject.told(&rows);
                write!(io::stderr(), "{ERASE}{seconds:.1} s, {samples} samples: {told}")?;
            }
            if rows.is_empty() {
                return Ok(Event::Ended(None));
            }
            // A sample that took too long is not caught up with.
            due = (due + interval).max(Instant::now());
            match next(arrivals, due, end) {
                Event::Due => rows = subject.sample()?,
                event => return Ok(event),
            }
        }
    }

    /// Ends the command, if it was one that was interrupted or ran out of time, and waits for how it ended.
    fn end(
        &self,
        process: Option<&Process>,
        arrivals: &Receiver<Event>,
        last: Option<Event>,
    ) -> Option<Exit> {
        let process = process.filter(|_| !self.command.is_empty())?;
        match last {
            Some(Event::Ended(Some(exit))) => return Some(exit),
            // A recording that failed is no reason to end what was to be recorded, and what has ended is told to have.
            None | Some(Event::Ended(None)) => {}
            Some(_) => {
                // It may have ended by itself.
                let _ = process.terminate();
            }
        }
        let deadline = last.map(|_| Instant::now() + PATIENCE);
        loop {
            let arrival = match deadline {
                Some(deadline) => arrivals.recv_timeout(deadline.saturating_duration_since(Instant::now())),
                None => arrivals.recv().map_err(RecvTimeoutError::from),
            };
            match arrival {
                Ok(Event::Ended(exit)) => return exit,
                Ok(_) => {
                    let _ = process.terminate();
                }
                Err(_) => return None,
            }
        }
    }

    /// What the file is about, for whoever draws it.
    fn title(&self) -> String {
        if !self.command.is_empty() {
            let words: Vec<_> = self.command.iter().map(|word| word.to_string_lossy()).collect();
            return printable(&words.join(" ")).into_owned();
        }
        match self.pid {
            Some(pid) => format!("process {pid}"),
            None => String::from("the machine"),
        }
    }

    /// Says on standard error what was recorded, and what that cost.
    fn tell(
        &self,
        recording: &Recording,
        before: ProcessTimes,
        lasted: Duration,
        of_a_tree: bool,
    ) -> Result<(), Failure> {
        let mut out = io::stderr().lock();
        if out.is_terminal() {
            write!(out, "{ERASE}")?;
        }
        let after = own_times()?;
        let file = self.output.display().to_string();
        let seconds = lasted.as_secs_f64();
        writeln!(
            out,
            "{} samples in {seconds:.1} s: {} ({})",
            recording.samples(),
            printable(&file),
            bytes(recording.length())
        )?;
        if of_a_tree && !self.command.is_empty() {
            let used =
                |now: Option<f64>, then: Option<f64>| now.unwrap_or_default() - then.unwrap_or_default();
            let user = used(after.children_user, before.children_user);
            let system = used(after.children_system, before.children_system);
            let total = user + system;
            write!(
                out,
                "the command: {total:.2} s of CPU time ({user:.2} user, {system:.2} system)"
            )?;
            match recording.peak() {
                // It ended before its memory was seen.
                0 => writeln!(out)?,
                peak => writeln!(out, ", at most {} of memory", bytes(peak))?,
            }
        }
        let own = after.user + after.system - before.user - before.system;
        let share = own / seconds.max(f64::MIN_POSITIVE) * 100.0;
        let memory = Process::current()?.memory_info()?.rss;
        writeln!(
            out,
            "the recording: {own:.2} s of CPU time ({share:.1} % of one CPU), {} of memory",
            bytes(memory)
        )?;
        Ok(())
    }
}

fn own_times() -> Result<ProcessTimes, Failure> {
    Ok(Process::current()?.cpu_times()?)
}

/// Tells of the end of a process.
fn watch(process: Process, events: Sender<Event>) {
    thread::spawn(move || {
        // That it cannot be waited for is no end: then only the samples tell it.
        if let Ok(exit) = process.wait(None) {
            let _ = events.send(Event::Ended(exit));
        }
    });
}

/// What comes first: an arrival, the end, or the time of the next sample.
fn next(arrivals: &Receiver<Event>, due: Instant, end: Option<Instant>) -> Event {
    let wake = end.map_or(due, |end| end.min(due));
    match arrivals.recv_timeout(wake.saturating_duration_since(Instant::now())) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout) if end.is_some_and(|end| end <= due) => Event::Over,
        Err(RecvTimeoutError::Timeout) => Event::Due,
        // The handler of signals holds the other end as long as the program runs.
        Err(RecvTimeoutError::Disconnected) => Event::Interrupted,
    }
}

/// The status of a command as a shell tells it.
fn status(exit: Exit) -> u8 {
    match exit {
        Exit::Code(code) => u8::try_from(code).unwrap_or(u8::MAX),
        Exit::Signal(signal) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
    }
}

/// The sum of the numbers of this name in all rows.
fn sum(rows: &[Object], name: &str) -> f64 {
    rows.iter()
        .map(|row| match row.get(name) {
            Value::U64(number) => *number as f64,
            Value::F64(number) => *number,
            _ => 0.0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_that_of_a_shell() {
        assert_eq!(status(Exit::Code(3)), 3);
        assert_eq!(status(Exit::Signal(15)), 143);
        assert_eq!(status(Exit::Code(-1)), 255);
    }

    #[test]
    fn what_comes_first_is_next() {
        let (events, arrivals) = mpsc::channel();
        let now = Instant::now();
        let later = now + Duration::from_secs(3_600);
        assert_eq!(next(&arrivals, now, None), Event::Due);
        assert_eq!(next(&arrivals, now, Some(later)), Event::Due);
        assert_eq!(next(&arrivals, later, Some(now)), Event::Over);
        events.send(Event::Interrupted).unwrap();
        assert_eq!(next(&arrivals, later, None), Event::Interrupted);
    }
}
