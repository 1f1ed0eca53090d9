//! How many tests passed and failed, added up from what the test programs print while it is passed on.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::workspace::{installed, line};

/// The longest that tests may take; one that hangs must not hang all that follows.
const MINUTES: u64 = 15;
/// What `timeout` ends with when the time was over.
const TIMED_OUT: i32 = 124;

/// Tests that were run so far.
#[derive(Default, Debug, PartialEq)]
pub(crate) struct Counts {
    passed: u64,
    failed: u64,
    left_out: u64,
    /// The names of those that failed, as far as they were told.
    failures: Vec<String>,
    /// Programs that began their tests, less those that told their results.
    unfinished: i64,
}

impl Counts {
    /// The tests that failed, if each of them was named and no program ended before its last test.
    pub(crate) fn failures(&self) -> Option<&[String]> {
        let all = usize::try_from(self.failed) == Ok(self.failures.len()) && self.unfinished == 0;
        (all && self.failed > 0).then_some(&*self.failures)
    }

    /// Takes what another run of the tests that failed came to for theirs.
    pub(crate) fn make_up(&mut self, again: Counts) {
        self.passed += again.passed;
        self.failed = again.failed;
        self.failures = again.failures;
        self.unfinished += again.unfinished;
    }

    /// Runs a program to its end, passes on what it prints, and counts the tests that it reports; none is an error.
    pub(crate) fn run(&mut self, command: &mut Command) -> Outcome {
        let before = self.passed + self.failed;
        self.run_any(command)?;
        if self.passed + self.failed == before {
            return Err(format!("`{}` reported no tests", line(command)).into());
        }
        Ok(())
    }

    /// The same for a program that may have no tests.
    pub(super) fn run_any(&mut self, command: &mut Command) -> Outcome {
        println!("$ {}", line(command));
        let mut child = within_minutes(MINUTES, command).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the program's output was not kept")?;
        for text in BufReader::new(output).split(b'\n') {
            let text = text?;
            let mut console = std::io::stdout().lock();
            console.write_all(&text)?;
            console.write_all(b"\n")?;
            self.add(&String::from_utf8_lossy(&text));
        }
        let status = child.wait()?;
        if status.code() == Some(TIMED_OUT) {
            return Err(format!("`{}` hung: it was ended after {MINUTES} minutes", line(command)).into());
        }
        if !status.success() {
            return Err(format!("`{}` ended with {status}", line(command)).into());
        }
        Ok(())
    }

    /// Adds a line: `running 3 tests`, `---- name stdout ----`, which what a failed test printed follows, or
    /// `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
    fn add(&mut self, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        if let ["running", _, "tests" | "test"] = words.as_slice() {
            self.unfinished += 1;
        }
        let failure = text.strip_prefix("---- ");
        if let Some(name) = failure.and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.failures.push(name.to_owned());
        }
        let Some(result) = text.strip_prefix("test result: ") else {
            return;
        };
        self.unfinished -= 1;
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
                continue;
            };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.left_out += number,
                _ => {}
            }
        }
    }
}

/// The same command under `timeout`, which also ends what it started; as it is where there is no such program.
fn within_minutes(minutes: u64, command: &Command) -> Command {
    let program = command.get_program();
    let mut limited = if installed("timeout") {
        let mut timeout = Command::new("timeout");
        timeout
            .args(["--kill-after=10s", &format!("{minutes}m")])
            .arg(program);
        timeout
    } else {
        Command::new(program)
    };
    limited.args(command.get_args()).stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            passed,
            failed,
            left_out,
            failures: _,
            unfinished: _,
        } = self;
        write!(
            formatter,
            "tests: {passed} passed, {failed} failed, {left_out} ignored"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let mut counts = Counts::default();
        counts.add("running 4 tests");
        counts.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s",
        );
        counts.add("running 3 tests");
        counts.add("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out");
        assert_eq!(
            counts,
            Counts {
                passed: 4,
                failed: 2,
                left_out: 1,
                failures: Vec::new(),
                unfinished: 0,
            }
        );
    }

    #[test]
    fn tests_that_failed_are_made_up_for_by_another_run_of_them() {
        let mut counts = Counts::default();
        counts.add("running 4 tests");
        counts.add("---- net::sockets stdout ----");
        counts.add("---- not the start of what a test printed");
        counts.add("test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(counts.failures(), Some(&["net::sockets".to_owned()][..]));
        let mut again = Counts::default();
        again.add("running 1 test");
        again.add("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out");
        counts.make_up(again);
        assert_eq!(counts.to_string(), "tests: 4 passed, 0 failed, 0 ignored");
        assert_eq!(counts.failures(), None);
        // One that is not named may be any, and so may those of a program that crashed.
        counts.add("running 1 test");
        counts.add("test result: FAILED. 0 passed; 1 failed; 0 ignored");
        assert_eq!(counts.failures(), None);
        counts.add("---- net::others stdout ----");
        assert!(counts.failures().is_some());
        counts.add("running 9 tests");
        assert_eq!(counts.failures(), None);
    }

    #[test]
    fn a_program_that_fails_or_tests_nothing_is_an_error() {
        let shell = |script: &str| Counts::default().run(Command::new("sh").arg("-c").arg(script));
        assert!(shell("echo 'test result: ok. 1 passed; 0 failed'").is_ok());
        assert!(shell("echo 'test result: ok. 1 passed; 0 failed'; exit 1").is_err());
        assert!(shell("true").is_err());
    }

    #[test]
    fn the_limited_command_is_the_same() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo $A; pwd"])
            .env("A", "b")
            .current_dir("/");
        let output = within_minutes(1, &command).output().unwrap();
        assert_eq!(output.stdout, b"b\n/\n");
    }
}
