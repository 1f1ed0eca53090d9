//! How a process learns that it ends: the C library's exit handlers, what the system calls at the end, and the events of the
//! console, which the C library calls signals. Nothing tells it that another process terminates it.

mod ffi;

use std::sync::atomic::AtomicU32;

use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;

use crate::error::{Error, ErrorKind, Result};

/// `SIGINT`: the keys Ctrl and C.
const INTERRUPT: i32 = 2;
/// `SIGTERM`: the console was closed, the user logs off, or the machine shuts down.
const TERMINATE: i32 = 15;
/// `SIGBREAK`: the keys Ctrl and Break.
const BREAK: i32 = 21;

/// Has `function` called when the process exits; maybe twice.
pub(crate) fn at_exit(function: extern "C" fn()) -> Result<()> {
    ffi::at_exit(function).map_err(|error| Error::io(ErrorKind::Os, "atexit", error))
}

/// Whether all threads but this one have ended, so that none is to be waited for.
pub(crate) fn is_alone() -> bool {
    ffi::is_alone()
}

/// Ends the process as an event of the console does by default.
pub(crate) fn do_default(_: i32) {
    std::process::exit(STATUS_CONTROL_C_EXIT);
}

/// What receives the events of the console, for as long as the process lives.
pub(crate) struct Listener(());

impl Listener {
    /// The system starts a thread for each event; nothing is received yet.
    pub(crate) fn start(received: fn(i32)) -> Result<Listener> {
        ffi::handle_console(received)
            .map(|()| Listener(()))
            .map_err(|error| Error::io(ErrorKind::Os, "SetConsoleCtrlHandler", error))
    }

    /// Receives this signal too. The process has no children that could inherit it.
    pub(crate) fn listen(&self, signal: i32, _: &'static AtomicU32) -> Result<()> {
        if ![INTERRUPT, TERMINATE, BREAK].contains(&signal) {
            return Err(Error::invalid(format!("no function can run on signal {signal}")));
        }
        ffi::listen(signal);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{BREAK, INTERRUPT, STATUS_CONTROL_C_EXIT, ffi};
    use crate::exit::{End, ExitFunction};
    use crate::process::Signal;

    const TEST: &str = "sys::windows::exit::tests::an_event_of_the_console_runs_the_functions";
    const ALONE: &str = "PSOXIDE_TEST_ALONE";

    /// Wine has no console without a terminal, so the handler is called as the system would call it: in a thread of its own.
    #[test]
    fn an_event_of_the_console_runs_the_functions() {
        if let Ok(case) = std::env::var(ALONE) {
            let end = if case == "status" {
                End::WithStatus
            } else {
                End::BySignal
            };
            let signal = if case == "another" { INTERRUPT } else { BREAK };
            let function = ExitFunction::new(|| println!("the function")).on([Signal::from_number(signal)]);
            function.end(end).register().unwrap();
            std::thread::spawn(ffi::press_break).join().unwrap();
            // Nobody listened, so the system goes on to the handler that was there before.
            std::process::exit(3);
        }
        // At exit it runs whatever the signal; but wine does not call what Windows calls then.
        for (case, code) in [
            ("status", BREAK),
            ("signal", STATUS_CONTROL_C_EXIT),
            ("another", 3),
        ] {
            let output = Command::new(std::env::current_exe().unwrap())
                .args([TEST, "--exact", "--nocapture"])
                .env(ALONE, case)
                .output()
                .unwrap();
            let stdout = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(code), "{case}: {stdout}");
            let runs = stdout.matches("the function").count();
            assert!(runs == 1 || case == "another" && runs == 0, "{case}: {stdout}");
        }
    }
}
