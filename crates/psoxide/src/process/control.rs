//! What changes or ends a process: signals, priorities, limits, affinity.
//!
//! Each call first looks whether the handle's number still belongs to its process, and answers
//! [`ErrorKind::NoSuchProcess`] if it does not.

use std::fmt;
use std::str::FromStr;

use psoxide_core::model::process::{IoClass, Limits, Resource};

use crate::error::{Error, ErrorKind, Result};
use crate::process::Process;
use crate::sys;

/// A signal.
///
/// The constants exist on every system; [`Signal::number`] is `None` for one that this system does not have.
///
/// ```
/// use psoxide::Signal;
/// let signal: Signal = "TERM".parse()?;
/// assert_eq!(signal, Signal::TERM);
/// assert_eq!("SIGTERM".parse::<Signal>()?, "15".parse()?);
/// assert_eq!(signal.to_string(), "SIGTERM");
/// # Ok::<(), psoxide::process::ParseSignalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(Inner);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Inner {
    Number(i32),
    /// The name of one that this system does not have.
    Absent(&'static str),
}

macro_rules! signals {
    ($($(#[doc = $doc:literal])* $constant:ident = $name:literal;)*) => {
        impl Signal {
            $($(#[doc = $doc])* pub const $constant: Signal = Signal::of_name($name);)*
        }
    };
}

signals! {
    /// The terminal was closed; daemons read their configuration again.
    HUP = "SIGHUP";
    /// Interrupted from the keyboard.
    INT = "SIGINT";
    /// Quit from the keyboard.
    QUIT = "SIGQUIT";
    /// The program gave up.
    ABRT = "SIGABRT";
    /// Ends a process; it cannot be caught.
    KILL = "SIGKILL";
    /// For the program's own use.
    USR1 = "SIGUSR1";
    /// For the program's own use.
    USR2 = "SIGUSR2";
    /// Nobody reads the pipe.
    PIPE = "SIGPIPE";
    /// A timer has run out.
    ALRM = "SIGALRM";
    /// Asks a process to end.
    TERM = "SIGTERM";
    /// A child has ended or stopped.
    CHLD = "SIGCHLD";
    /// Lets a stopped process go on.
    CONT = "SIGCONT";
    /// Stops a process; it cannot be caught.
    STOP = "SIGSTOP";
    /// Stopped from the keyboard.
    TSTP = "SIGTSTP";
    /// The terminal's size has changed.
    WINCH = "SIGWINCH";
}

impl Signal {
    /// The signal of this number, whether the system has it or not.
    pub const fn from_number(number: i32) -> Signal {
        Signal(Inner::Number(number))
    }

    /// Its number; `None` if this system does not have it.
    pub const fn number(self) -> Option<i32> {
        match self.0 {
            Inner::Number(number) => Some(number),
            Inner::Absent(_) => None,
        }
    }

    /// Its name, as `SIGTERM`; `None` for a number without one, as of the real-time signals.
    pub fn name(self) -> Option<&'static str> {
        match self.0 {
            Inner::Absent(name) => Some(name),
            Inner::Number(number) => {
                let known = sys::process::SIGNALS.iter().find(|(_, known)| *known == number);
                known.map(|(name, _)| *name)
            }
        }
    }

    /// The signals of this system that have names, each once.
    pub fn all() -> impl Iterator<Item = Signal> {
        let signals = sys::process::SIGNALS.iter().enumerate();
        signals
            .filter(|(place, (_, number))| {
                sys::process::SIGNALS
                    .iter()
                    .position(|(_, known)| known == number)
                    == Some(*place)
            })
            .map(|(_, (_, number))| Signal::from_number(*number))
    }

    const fn of_name(name: &'static str) -> Signal {
        let mut place = 0;
        while place < sys::process::SIGNALS.len() {
            let (known, number) = sys::process::SIGNALS[place];
            if is_same(known.as_bytes(), name.as_bytes()) {
                return Signal::from_number(number);
            }
            place += 1;
        }
        Signal(Inner::Absent(name))
    }
}

/// Slices cannot be compared in a `const fn` yet.
const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    place == one.len() && place == other.len()
}

impl fmt::Display for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.0) {
            (Some(name), _) => formatter.pad(name),
            (None, Inner::Number(number)) => formatter.pad(&number.to_string()),
            (None, Inner::Absent(name)) => formatter.pad(name),
        }
    }
}

/// A text that names no signal of this system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseSignalError(String);

impl fmt::Display for ParseSignalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} is no signal of this system", self.0)
    }
}

impl std::error::Error for ParseSignalError {}

impl FromStr for Signal {
    type Err = ParseSignalError;

    /// Takes `TERM`, `SIGTERM`, in any case, and `15`.
    fn from_str(text: &str) -> std::result::Result<Signal, ParseSignalError> {
        if let Ok(number) = text.parse::<u8>() {
            return Ok(Signal::from_number(i32::from(number)));
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        let known = sys::process::SIGNALS
            .iter()
            .find(|(known, _)| known.strip_prefix("SIG").unwrap_or(known) == name);
        known
            .map(|(_, number)| Signal::from_number(*number))
            .ok_or_else(|| ParseSignalError(text.to_owned()))
    }
}

impl Process {
    /// Sends it a signal. To a zombie this succeeds, and does nothing.
    ///
    /// # Source
    ///
    /// Linux: `pidfd_send_signal(2)` through a descriptor that is opened before the identity is checked, so a process
    /// that has taken over the number cannot be hit; `kill(2)` right after the check on kernels before 5.3. Windows:
    /// `TerminateProcess` for `SIGTERM`, `GenerateConsoleCtrlEvent` for `CTRL_C_EVENT` and `CTRL_BREAK_EVENT`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`] if it has ended, [`ErrorKind::AccessDenied`] if it is another user's,
    /// [`ErrorKind::InvalidInput`] for a number that is no signal and for process 0,
    /// [`ErrorKind::Unsupported`] for a signal that this system does not have,
    /// [`ErrorKind::ForeignRoot`] if it runs elsewhere.
    ///
    /// ```no_run
    /// use psoxide::{Process, Signal};
    /// Process::new(4321)?.send_signal(Signal::HUP)?;
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn send_signal(&self, signal: Signal) -> Result<()> {
        let Some(number) = signal.number() else {
            return Err(Error::new(ErrorKind::Unsupported, signal.to_string()).of(self.pid()));
        };
        self.change("send_signal", || {
            sys::process::send_signal(self.root(), self.identity(), number)
        })
    }

    /// Stops it until [`Process::resume`].
    ///
    /// # Source
    ///
    /// Unix: `SIGSTOP`. Windows: `NtSuspendProcess`.
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn suspend(&self) -> Result<()> {
        self.change("suspend", || sys::process::suspend(self.root(), self.identity()))
    }

    /// Lets it go on after [`Process::suspend`].
    ///
    /// # Source
    ///
    /// Unix: `SIGCONT`. Windows: `NtResumeProcess`.
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn resume(&self) -> Result<()> {
        self.change("resume", || sys::process::resume(self.root(), self.identity()))
    }

    /// Asks it to end.
    ///
    /// # Source
    ///
    /// Unix: `SIGTERM`. Windows: `TerminateProcess`, which does not ask.
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    pub fn terminate(&self) -> Result<()> {
        self.change("terminate", || {
            sys::process::terminate(self.root(), self.identity())
        })
    }

    /// Ends it at once.
    ///
    /// # Source
    ///
    /// Unix: `SIGKILL`. Windows: `TerminateProcess`.
    ///
    /// # Errors
    ///
    /// As [`Process::send_signal`].
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use psoxide::{Process, model::process::Exit};
    /// use std::process::Command;
    /// let child = Command::new("sleep").arg("60").spawn().unwrap();
    /// let process = Process::new(child.id())?;
    /// process.kill()?;
    /// assert_eq!(process.wait(None)?, Some(Exit::Signal(9)));
    /// # }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn kill(&self) -> Result<()> {
        self.change("kill", || sys::process::kill(self.root(), self.identity()))
    }

    /// Sets its nice value: from -20, most favoured, to 19; what is beyond becomes the nearest. On Windows: the number
    /// of a priority class.
    ///
    /// # Source
    ///
    /// Unix: `setpriority(2)`. Windows: `SetPriorityClass`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AccessDenied`] without privilege for a value below the present one, and for another user's process;
    /// [`ErrorKind::NoSuchProcess`] if it has ended.
    pub fn set_nice(&self, nice: i32) -> Result<()> {
        self.change("set_nice", || {
            sys::process::set_nice(self.root(), self.identity(), nice)
        })
    }

    /// Sets its I/O priority: a class, and for the classes that have levels one from 0, served first, to 7; none is 0.
    ///
    /// # Source
    ///
    /// Linux: `ioprio_set(2)`. Windows: `NtSetInformationProcess`; no levels there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a class or level that this system does not have, [`ErrorKind::AccessDenied`] for
    /// [`IoClass::RealTime`] without privilege and for another user's process, [`ErrorKind::NoSuchProcess`] if it
    /// has ended.
    pub fn set_ionice(&self, class: IoClass, level: Option<u32>) -> Result<()> {
        self.change("set_ionice", || {
            sys::process::set_ionice(self.root(), self.identity(), class, level)
        })
    }

    /// Sets its limits on one resource, in the resource's own unit; `None` in them is infinite.
    ///
    /// # Source
    ///
    /// Linux: `prlimit(2)`. FreeBSD: the sysctl `kern.proc.rlimit`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a soft limit above the hard one, [`ErrorKind::AccessDenied`] without privilege
    /// for a hard limit above the present one and for another user's process, [`ErrorKind::Unsupported`] for a
    /// resource that this system does not limit, [`ErrorKind::NoSuchProcess`] if it has ended.
    pub fn set_rlimit(&self, resource: Resource, limits: Limits) -> Result<()> {
        self.change("set_rlimit", || {
            sys::process::set_rlimit(self.root(), self.identity(), resource, limits)
        })
    }

    /// Lets it run on these CPUs only; on all it may ever use, if the list is empty. On Linux this is of its main
    /// thread and of threads started later.
    ///
    /// # Source
    ///
    /// Linux: `sched_setaffinity(2)`, which passes over CPUs that are not there as long as one is. Windows:
    /// `SetProcessAffinityMask`. FreeBSD: `cpuset_setaffinity(2)`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if there is none of the CPUs, [`ErrorKind::AccessDenied`] for another user's process,
    /// [`ErrorKind::NoSuchProcess`] if it has ended.
    pub fn set_cpu_affinity(&self, cpus: &[u32]) -> Result<()> {
        self.change("set_cpu_affinity", || {
            sys::process::set_cpu_affinity(self.root(), self.identity(), cpus)
        })
    }

    /// Refuses what must not be asked of process 0, where 0 would mean the caller or its whole group.
    fn change(&self, call: &'static str, change: impl FnOnce() -> Result<()>) -> Result<()> {
        self.refuse_zero(call)?;
        self.noting_end(change())
    }

    pub(super) fn refuse_zero(&self, call: &'static str) -> Result<()> {
        if self.pid() == 0 {
            return Err(Error::invalid(format!("{call}: process 0 cannot be meant")).of(0));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names_and_numbers() {
        for signal in Signal::all() {
            let name = signal.name().unwrap();
            assert_eq!(name.parse(), Ok(signal));
            assert_eq!(
                name.strip_prefix("SIG").unwrap_or(name).to_lowercase().parse(),
                Ok(signal)
            );
            assert_eq!(signal.number().unwrap().to_string().parse(), Ok(signal));
            assert_eq!(signal.to_string(), name);
        }
        assert_eq!("64".parse(), Ok(Signal::from_number(64)));
        assert_eq!(Signal::from_number(64).to_string(), "64");
        for wrong in ["", "SIG", "SIGNONE", "-9", "9.0", "TERM ", "999"] {
            let error = wrong.parse::<Signal>().unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }

    #[test]
    fn an_absent_signal_has_a_name_but_no_number() {
        let absent = Signal::of_name("SIGNOWHERE");
        assert_eq!((absent.number(), absent.name()), (None, Some("SIGNOWHERE")));
        assert_eq!(absent.to_string(), "SIGNOWHERE");
    }
}
