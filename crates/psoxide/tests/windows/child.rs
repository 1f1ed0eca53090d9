//! A child that waits, for the tests of others.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use psoxide::Process;

/// The longest that something may take on a busy host.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A command line interpreter that has said that it runs, and waits for a line.
pub(crate) struct Interpreter(pub(crate) Child);

impl Interpreter {
    pub(crate) fn start() -> Interpreter {
        Interpreter::begin().ready()
    }

    pub(crate) fn begin() -> Interpreter {
        Interpreter::of(Command::new("cmd.exe").args(["/c", "echo ready& set /p line="]))
    }

    /// One that is started in this way; it says `ready`, and waits for a line.
    pub(crate) fn of(command: &mut Command) -> Interpreter {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        Interpreter(child.unwrap())
    }

    pub(crate) fn ready(mut self) -> Interpreter {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line.trim_end(), "ready");
        self
    }

    pub(crate) fn process(&self) -> Process {
        Process::new(self.0.id()).unwrap()
    }

    pub(crate) fn end(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        self.end();
    }
}

pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
