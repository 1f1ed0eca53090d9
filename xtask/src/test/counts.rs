//! How many tests passed and failed, added up from what the test programs print while it is passed on.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::workspace::line;

/// Tests that were run so far.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Counts {
    passed: u64,
    failed: u64,
    left_out: u64,
}

impl Counts {
    /// Runs a program to its end, passes on what it prints, and counts the tests that it reports; none is an error.
    pub(super) fn run(&mut self, command: &mut Command) -> Outcome {
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
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the program's output was not kept")?;
        for text in BufReader::new(output).split(b'\n') {
            let text = text?;
            let mut console = std::io::stdout().lock();
            console.write_all(&text)?;
            console.write_all(b"\n")?;
            self.add(&String::from_utf8_lossy(&text));
        }
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("`{}` ended with {status}", line(command)).into());
        }
        Ok(())
    }

    /// Adds a line like `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
    fn add(&mut self, text: &str) {
        let Some(result) = text.strip_prefix("test result: ") else {
            return;
        };
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

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            passed,
            failed,
            left_out,
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
        counts.add("running 5 tests");
        counts.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s",
        );
        counts.add("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out");
        assert_eq!(
            counts,
            Counts {
                passed: 4,
                failed: 2,
                left_out: 1
            }
        );
    }

    #[test]
    fn a_program_that_fails_or_tests_nothing_is_an_error() {
        let shell = |script: &str| Counts::default().run(Command::new("sh").arg("-c").arg(script));
        assert!(shell("echo 'test result: ok. 1 passed; 0 failed'").is_ok());
        assert!(shell("echo 'test result: ok. 1 passed; 0 failed'; exit 1").is_err());
        assert!(shell("true").is_err());
    }
}
