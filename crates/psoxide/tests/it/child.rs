//! Children that tests start, and which end with the test; and the test program started again as a child of its own,
//! for what must not be done to the process that runs the other tests.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use psoxide::Process;
use psoxide::model::process::Status;

/// More than anything here takes, on a busy machine too.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// A child that is killed and reaped when it is dropped, unless it was before.
pub(crate) struct Child {
    pub(crate) process: Process,
    pub(crate) started: std::process::Child,
}

impl Child {
    pub(crate) fn of(command: &mut Command) -> Child {
        let started = command.spawn().unwrap();
        let process = Process::new(started.id()).unwrap();
        Child { process, started }
    }

    /// One that sleeps for longer than any test.
    pub(crate) fn sleeping() -> Child {
        let child = Child::of(
            Command::new("sleep")
                .arg("600")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        // The new program is there before its arguments are: until it sleeps, it is still starting.
        until(|| {
            let visit = child.process.oneshot().unwrap();
            visit.cmdline().unwrap().len() == 2 && visit.status().unwrap() == Status::Sleeping
        });
        child
    }

    /// One that runs a script.
    pub(crate) fn running(script: &str) -> Child {
        Child::of(
            Command::new("sh")
                .args(["-c", script])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )
    }

    /// One that has ended with status 3, and was not waited for.
    pub(crate) fn zombie() -> Child {
        let child = Child::running("exit 3");
        until(|| child.process.status().unwrap() == Status::Zombie);
        child
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // The handle, unlike the number, cannot hit a process that took the number over.
        let ended = self.process.kill().and_then(|()| self.process.wait(Some(LONG)));
        if let Err(error) = ended
            && !error.is_no_such_process()
            && !std::thread::panicking()
        {
            panic!("the child did not end: {error}");
        }
    }
}

/// Waits until the condition holds.
#[track_caller]
pub(crate) fn until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition never came true");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The variable that tells a test that it runs in a program of its own.
const ALONE: &str = "PSOXIDE_TEST_ALONE";

/// What `test` finds in the variable, if it runs in a program of its own.
pub(crate) fn alone() -> Option<String> {
    std::env::var(ALONE).ok()
}

/// Arguments of the test program that make it run one test, in a program of its own.
pub(crate) fn only(command: &mut Command, test: &str, value: &str) {
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(ALONE, value)
        .stdin(Stdio::null());
}

/// Runs one test in a program of its own, which must succeed.
#[track_caller]
pub(crate) fn run_alone(test: &str, value: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    only(&mut command, test, value);
    succeed(&mut command);
}

/// Runs the command, which must run exactly one test, and successfully.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stdout.contains("test result: ok. 1 passed"),
        "{:?}\n{stdout}\n{stderr}",
        output.status
    );
}
