//! How a process learns that it ends: the C library's exit handlers, and signals received by a thread.
//!
//! Signal handlers are signal-hook's: they only write to a pipe, and call the handlers that were there before.

use std::sync::atomic::AtomicU32;

use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::{emulate_default_handler, signal_name};

use super::ffi;
use crate::error::{Error, ErrorKind, Result};

/// Has `function` called when the process exits normally.
pub(crate) fn at_exit(function: extern "C" fn()) -> Result<()> {
    ffi::at_exit(function).map_err(|error| Error::io(ErrorKind::Os, "atexit", error))
}

/// Other threads go on until the very end.
pub(crate) fn is_alone() -> bool {
    false
}

/// Does what the signal does by default. Returns if that does not end the process.
pub(crate) fn do_default(signal: i32) {
    // An error says that no default is known, as of the real-time signals: then too the caller ends the process itself.
    drop(emulate_default_handler(signal));
}

/// A thread that receives signals, for as long as the process lives.
pub(crate) struct Listener(Handle);

impl Listener {
    /// Starts the thread; it receives nothing yet.
    pub(crate) fn start(received: fn(i32)) -> Result<Listener> {
        let failed = |error| Error::io(ErrorKind::Os, "a thread to receive signals", error);
        let mut signals = Signals::new(&[] as &[i32]).map_err(failed)?;
        let handle = signals.handle();
        std::thread::Builder::new()
            .name("psoxide-exit".to_owned())
            .spawn(move || signals.forever().for_each(received))
            .map_err(failed)?;
        Ok(Listener(handle))
    }

    /// Receives this signal too, in the process whose number `asked` holds. In another, which is a child that was forked
    /// and lacks the thread, the signal does what it does by default, unless a handler was there before.
    pub(crate) fn listen(&self, signal: i32, asked: &'static AtomicU32) -> Result<()> {
        if signal_hook::consts::FORBIDDEN.contains(&signal) {
            return Err(Error::invalid(format!("no function can run on signal {signal}")));
        }
        let failed = |error: std::io::Error| match error.raw_os_error() {
            Some(libc::EINVAL) => Error::invalid(format!("there is no signal {signal}")),
            _ => Error::io(ErrorKind::Os, "sigaction", error),
        };
        let handled_before = ffi::has_handler(signal).map_err(failed)?;
        self.0.add_signal(signal).map_err(failed)?;
        if !handled_before && signal_name(signal).is_some() {
            ffi::default_elsewhere(signal, asked).map_err(failed)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use psoxide_core::model::process::Exit;

    use crate::exit::on_exit;
    use crate::process::Process;
    use crate::sys::posix::ffi::fork;

    const TEST: &str = "sys::posix::exit::tests::a_forked_child_does_not_run_its_parents_functions";
    const ALONE: &str = "PSOXIDE_TEST_ALONE";
    const LONG: Option<Duration> = Some(Duration::from_secs(60));

    #[test]
    fn a_forked_child_does_not_run_its_parents_functions() {
        if std::env::var_os(ALONE).is_none() {
            let mut command = Command::new(std::env::current_exe().unwrap());
            let output = command
                .args([TEST, "--exact", "--nocapture"])
                .env(ALONE, "yes")
                .output()
                .unwrap();
            let stdout = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{stdout}");
            assert_eq!(stdout.matches("the parent's function").count(), 1, "{stdout}");
            assert_eq!(stdout.matches("the child's function").count(), 1, "{stdout}");
            return;
        }
        on_exit(|| println!("the parent's function")).unwrap();

        let Some(child) = fork().unwrap() else {
            std::process::exit(3);
        };
        let child = Process::new(child).unwrap();
        assert_eq!(child.wait(LONG).unwrap(), Some(Exit::Code(3)));

        // The signal that the parent listens for ends the child, as it would without that.
        let Some(child) = fork().unwrap() else {
            loop {
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        let child = Process::new(child).unwrap();
        child.terminate().unwrap();
        assert_eq!(child.wait(LONG).unwrap(), Some(Exit::Signal(15)));

        // A child that registers a function of its own has that alone.
        let Some(child) = fork().unwrap() else {
            on_exit(|| println!("the child's function")).unwrap();
            Process::current().unwrap().terminate().unwrap();
            loop {
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        let child = Process::new(child).unwrap();
        assert_eq!(child.wait(LONG).unwrap(), Some(Exit::Signal(15)));
    }
}
