//! Functions that run when the process ends, be it normally or by a signal.
//!
//! They run in an ordinary thread, never inside a signal handler. What tells the process that it ends stands in
//! `sys`.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::ThreadId;

use crate::error::{Error, ErrorKind, Result};
use crate::process::Signal;
use crate::sys::exit::{Listener, at_exit, do_default, is_alone};

/// Has `run` called once when the process ends: normally, or by `SIGTERM`.
///
/// Short for [`ExitFunction::new`] and [`ExitFunction::register`], where more is told.
///
/// # Errors
///
/// As [`ExitFunction::register`].
///
/// ```
/// # #[cfg(unix)] {
/// let lock = std::env::temp_dir().join("program.lock");
/// psoxide::exit::on_exit(move || drop(std::fs::remove_file(lock)))?;
/// # }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub fn on_exit(run: impl FnOnce() + Send + 'static) -> Result<Registration> {
    ExitFunction::new(run).register()
}

/// How the process ends after a signal, once the functions have run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum End {
    /// As the signal ends a process by default, so that its parent sees the signal; other exit handlers do not run.
    #[default]
    BySignal,
    /// By [`std::process::exit`] with the signal's number as the status; other exit handlers run too.
    WithStatus,
}

type Run = Box<dyn FnOnce() + Send>;
type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// A function that runs once when the process ends.
///
/// # When it runs
///
/// * When `main` returns or panics, and on [`std::process::exit`].
/// * When one of its signals arrives; by default that is `SIGTERM` alone. Handlers that were there before are kept, and
///   run first.
/// * Never on `SIGKILL`, on `abort` and `_exit`, nor when the program replaces itself by `exec`.
/// * Not in a child that was forked and did not register it itself; there the signals do again what they did before.
///
/// Whatever ends the process, all functions run that are registered, the newest first, each at most once. If several
/// were registered for the signal, the newest decides how the process ends. If one panics, the others still run; after
/// a signal the process then ends with status 101, as after a panic of `main`.
///
/// # Windows
///
/// The signals are events of the console: `SIGINT` (2) the keys Ctrl and C, `SIGBREAK` (21) Ctrl and Break, `SIGTERM` that
/// the console was closed, the user logs off or the machine shuts down, which leaves the functions a few seconds. A process
/// that another one terminates learns nothing of it. Of handlers that were there before, those that are asked before this one
/// are those that were set later; what they handle is not seen here, and the earlier ones do not run.
///
/// [`std::process::exit`] runs the functions when the system has ended the other threads, so they must wait for none.
///
/// # What it may do
///
/// Anything but exit: it runs in an ordinary thread (after a signal in one that waits for that), while the other
/// threads go on. As they may hold locks for ever, it is better not to wait for them.
///
/// ```
/// # #[cfg(unix)] {
/// use psoxide::Signal;
/// use psoxide::exit::{End, ExitFunction};
/// let registration = ExitFunction::new(|| eprintln!("good bye"))
///     .on([Signal::TERM, Signal::INT])
///     .end(End::WithStatus)
///     .log(|message| eprintln!("{message}"))
///     .register()?;
/// assert!(registration.cancel());
/// # }
/// # Ok::<(), psoxide::Error>(())
/// ```
#[must_use = "it runs only if it is registered"]
pub struct ExitFunction {
    run: Run,
    signals: Vec<Signal>,
    end: End,
    log: Option<Log>,
}

impl ExitFunction {
    /// A function that runs at a normal exit and on `SIGTERM`.
    pub fn new(run: impl FnOnce() + Send + 'static) -> ExitFunction {
        ExitFunction {
            run: Box::new(run),
            signals: vec![Signal::TERM],
            end: End::default(),
            log: None,
        }
    }

    /// Runs on these signals, and no others; none leaves the normal exit alone. They should be such as end a process:
    /// after the function has run, they do.
    pub fn on(mut self, signals: impl IntoIterator<Item = Signal>) -> ExitFunction {
        self.signals = signals.into_iter().collect();
        self
    }

    /// How the process ends after one of the signals.
    pub fn end(mut self, end: End) -> ExitFunction {
        self.end = end;
        self
    }

    /// Is told when one of the signals has arrived, before the functions run:
    /// `signal SIGTERM received by process with PID 4321`.
    pub fn log(mut self, log: impl Fn(&str) + Send + Sync + 'static) -> ExitFunction {
        self.log = Some(Arc::new(log));
        self
    }

    /// Registers it.
    ///
    /// # Source
    ///
    /// Unix: `atexit(3)`, `sigaction(2)`. Windows: `atexit`, `SetConsoleCtrlHandler`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a signal that cannot be caught (`SIGKILL`, `SIGSTOP`) or says that the program
    /// is broken (`SIGSEGV`, `SIGILL`, `SIGFPE`), for numbers that are no signals, and on Windows for all but those named
    /// above; [`ErrorKind::Unsupported`] for signals that the system does not have. Nothing is registered then.
    pub fn register(self) -> Result<Registration> {
        let mut numbers = Vec::with_capacity(self.signals.len());
        for signal in &self.signals {
            match signal.number() {
                Some(number) if (1..MOST_SIGNALS).contains(&number) => numbers.push(number),
                Some(number) => return Err(Error::invalid(format!("there is no signal {number}"))),
                None => return Err(Error::new(ErrorKind::Unsupported, signal.to_string())),
            }
        }
        let mut state = lock();
        state.belong_to_this_process()?;
        for number in &numbers {
            state.listen(*number)?;
        }
        let id = state.next_id;
        state.next_id += 1;
        state.functions.push(Registered {
            id,
            run: self.run,
            signals: numbers,
            end: self.end,
            log: self.log,
        });
        Ok(Registration {
            id,
            owner: std::process::id(),
        })
    }
}

impl fmt::Debug for ExitFunction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ExitFunction")
            .field("signals", &self.signals)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// A function that is registered. To drop this changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Registration {
    id: u64,
    owner: u32,
}

impl Registration {
    /// Takes the function back; `false` if it has run already, or runs now.
    pub fn cancel(self) -> bool {
        if self.owner != std::process::id() {
            return false;
        }
        let mut state = lock();
        let place = state.functions.iter().position(|function| function.id == self.id);
        let cancelled = place.map(|place| state.functions.remove(place));
        // What the function owns may do anything when it is dropped, so the lock is released first.
        drop(state);
        cancelled.is_some()
    }
}

/// One more than the highest number of a signal on any system.
const MOST_SIGNALS: i32 = 129;

/// What exit functions need beyond a call, once for the process: exit and signals are the process's too.
static STATE: Mutex<State> = Mutex::new(State {
    functions: Vec::new(),
    next_id: 0,
    listener: None,
    listening: Vec::new(),
    hooked: false,
    runner: None,
});
/// Told when the functions have run.
static HAVE_RUN: Condvar = Condvar::new();
/// The process that the functions belong to; 0 before there is one.
static OWNER: AtomicU32 = AtomicU32::new(0);
/// For each signal, the process that last asked for it: in a child that it forked since, the signal is not for us.
static ASKED: [AtomicU32; MOST_SIGNALS as usize] = [const { AtomicU32::new(0) }; MOST_SIGNALS as usize];

struct State {
    functions: Vec<Registered>,
    next_id: u64,
    listener: Option<Listener>,
    listening: Vec<i32>,
    /// Whether the C library's handlers are registered; a forked child inherits them.
    hooked: bool,
    /// The thread that runs the functions.
    runner: Option<ThreadId>,
}

struct Registered {
    id: u64,
    run: Run,
    signals: Vec<i32>,
    end: End,
    log: Option<Log>,
}

impl State {
    /// Forgets what a forked child has from its parent, and registers what is needed once.
    fn belong_to_this_process(&mut self) -> Result<()> {
        let this = std::process::id();
        if OWNER.swap(this, Ordering::SeqCst) != this {
            // The parent's functions must not run here, and what they own is the parent's to drop.
            self.functions.drain(..).for_each(std::mem::forget);
            self.listener = None;
            self.listening.clear();
            self.runner = None;
        }
        if !self.hooked {
            at_exit(exiting)?;
            self.hooked = true;
        }
        Ok(())
    }

    fn listen(&mut self, number: i32) -> Result<()> {
        if self.listening.contains(&number) {
            return Ok(());
        }
        let asked = &ASKED[number as usize];
        let listener = match &self.listener {
            Some(listener) => listener,
            None => self.listener.insert(Listener::start(received)?),
        };
        listener.listen(number, asked)?;
        asked.store(std::process::id(), Ordering::SeqCst);
        self.listening.push(number);
        Ok(())
    }
}

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Called by the C library or the system when the process exits.
extern "C" fn exiting() {
    // A thread that was ended while it held the lock holds it for ever.
    let lost = || is_alone() && matches!(STATE.try_lock(), Err(TryLockError::WouldBlock));
    if OWNER.load(Ordering::SeqCst) == std::process::id() && !lost() {
        run_all();
    }
}

/// Called in the listener's thread when a signal has arrived.
fn received(number: i32) {
    let state = lock();
    let newest = state
        .functions
        .iter()
        .rev()
        .find(|function| function.signals.contains(&number));
    let end = newest.map_or(End::BySignal, |function| function.end);
    let log = newest.and_then(|function| function.log.clone());
    drop(state);
    if let Some(log) = log {
        let signal = Signal::from_number(number);
        let message = format!(
            "signal {signal} received by process with PID {}",
            std::process::id()
        );
        // A log that panics must not keep the functions from running.
        drop(catch_unwind(AssertUnwindSafe(|| log(&message))));
    }
    let all_returned = run_all();
    if !all_returned {
        std::process::exit(101);
    }
    if end == End::BySignal {
        do_default(number);
    }
    std::process::exit(number);
}

/// Runs every function, the newest first, and tells whether all returned. Waits if another thread does that already.
fn run_all() -> bool {
    let this = std::thread::current().id();
    let mut state = lock();
    // A function that exits after all comes here again, from inside: the others still run.
    let inside = state.runner == Some(this);
    while !inside && state.runner.is_some() && !is_alone() {
        state = HAVE_RUN.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state.runner = Some(this);
    let mut all_returned = true;
    while let Some(function) = state.functions.pop() {
        drop(state);
        all_returned &= catch_unwind(AssertUnwindSafe(function.run)).is_ok();
        state = lock();
    }
    if !inside {
        state.runner = None;
        HAVE_RUN.notify_all();
    }
    all_returned
}
