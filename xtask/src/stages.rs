//! A command that is made of stages: each is run to its end whatever became of the others, timed, and told again in a
//! summary, so that one failure never hides another.

use std::time::{Duration, Instant};

use crate::Outcome;

/// What became of a stage.
enum End {
    Passed,
    /// With the reason.
    Failed(String),
    /// Something that it needs is missing, with what that is and what was therefore not tested; and whether that fails
    /// the command.
    NotTested {
        reason: String,
        fails: bool,
    },
}

/// The stages of one command.
pub(crate) struct Stages {
    done: Vec<(String, Duration, End)>,
    /// Whether a stage that could not be set up counts as failed: in CI nothing may be left out.
    strict: bool,
    /// Only stages with this in their names; the others are passed over.
    only: Option<String>,
}

impl Stages {
    /// None yet; strict where the environment says `CI=true`.
    pub(crate) fn new() -> Stages {
        let strict = std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1");
        Stages {
            done: Vec::new(),
            strict,
            only: None,
        }
    }

    /// Passes over all stages but those with this in their names.
    pub(crate) fn only(mut self, only: Option<String>) -> Stages {
        self.only = only;
        self
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// Runs a stage.
    pub(crate) fn run(&mut self, name: &str, stage: impl FnOnce() -> Outcome) {
        if !self.is_wanted(name) {
            return;
        }
        println!("\n== {name}");
        let start = Instant::now();
        let end = match stage() {
            Ok(()) => End::Passed,
            Err(error) => {
                println!("FAILED: {error}");
                End::Failed(error.to_string())
            }
        };
        self.done.push((name.to_owned(), start.elapsed(), end));
    }

    /// Records a stage that could not be set up: what is missing, and what is then not tested.
    pub(crate) fn not_tested(&mut self, name: &str, reason: String) {
        self.record_missing(name, reason, self.strict);
    }

    /// The same for a stage without which even CI may pass.
    pub(crate) fn left_out(&mut self, name: &str, reason: String) {
        self.record_missing(name, reason, false);
    }

    fn record_missing(&mut self, name: &str, reason: String, fails: bool) {
        if !self.is_wanted(name) {
            return;
        }
        println!("\n== {name}\nNOT TESTED: {reason}");
        self.done
            .push((name.to_owned(), Duration::ZERO, End::NotTested { reason, fails }));
    }

    /// Prints the summary; an error if any stage failed.
    pub(crate) fn finish(self) -> Outcome {
        println!("\n== summary");
        let (mut passed, mut failed, mut left_out) = (0, 0, 0);
        for (name, time, end) in &self.done {
            let (mark, reason) = match end {
                End::Passed => {
                    passed += 1;
                    ("ok", "")
                }
                End::Failed(reason) => {
                    failed += 1;
                    ("FAILED", reason.as_str())
                }
                End::NotTested { reason, fails: true } => {
                    failed += 1;
                    ("FAILED: not tested", reason.as_str())
                }
                End::NotTested { reason, fails: false } => {
                    left_out += 1;
                    ("not tested", reason.as_str())
                }
            };
            println!("{:>7.1} s  {name}: {mark} {reason}", time.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, time, _)| *time).sum();
        println!(
            "{passed} passed, {failed} failed, {left_out} not tested; {:.0} s",
            total.as_secs_f64()
        );
        if self.done.is_empty() {
            Err("no stage has this in its name".into())
        } else if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} of {} stages failed", self.done.len()).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(strict: bool) -> Stages {
        Stages {
            strict,
            ..Stages::new()
        }
    }

    #[test]
    fn one_failure_fails_all_and_hides_none() {
        let mut all = stages(false);
        let mut second_ran = false;
        all.run("first", || Err("broken".into()));
        all.run("second", || {
            second_ran = true;
            Ok(())
        });
        assert!(all.finish().is_err());
        assert!(second_ran);
    }

    #[test]
    fn what_is_not_tested_fails_in_ci_alone() {
        for (strict, fails) in [(false, false), (true, true)] {
            let mut all = stages(strict);
            all.not_tested("a", "no program".into());
            assert_eq!(all.finish().is_err(), fails);
            let mut all = stages(strict);
            all.left_out("a", "no compiler".into());
            assert!(all.finish().is_ok());
        }
    }

    #[test]
    fn one_stage_may_be_run_alone() {
        let mut some = stages(false).only(Some("plain".into()));
        some.run("tests", || Err("must not run".into()));
        some.run("tests as a plain user", || Ok(()));
        assert!(some.finish().is_ok());
        assert!(stages(false).finish().is_err());
    }
}
