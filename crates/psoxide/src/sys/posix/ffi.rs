//! Calls of the C library that every Unix has and rustix lacks.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;
use rustix::process::Pid;
use signal_hook::low_level::emulate_default_handler;

/// The name of a user; `None` if there is no user of this number.
pub(crate) fn user_name(uid: u32) -> io::Result<Option<Vec<u8>>> {
    /// An entry that is longer is refused with `ERANGE`.
    const LONGEST: usize = 1 << 20;
    let mut text: Vec<libc::c_char> = vec![0; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut found = std::ptr::null_mut();
        // SAFETY: `entry` and `found` are of the types that the call fills, and `text` has the length that is given.
        let answer =
            unsafe { libc::getpwuid_r(uid, entry.as_mut_ptr(), text.as_mut_ptr(), text.len(), &mut found) };
        match answer {
            0 if found.is_null() => return Ok(None),
            0 => {
                // SAFETY: the call has found an entry, so it has filled this one.
                let entry = unsafe { entry.assume_init() };
                // SAFETY: the name of a filled entry is a C string inside of `text`, which is still there.
                let name = unsafe { CStr::from_ptr(entry.pw_name) };
                return Ok(Some(name.to_bytes().to_vec()));
            }
            libc::EINTR => {}
            libc::ERANGE if text.len() < LONGEST => text.resize(text.len() * 2, 0),
            // Some C libraries say "not found" with these: getpwnam_r(3), Notes.
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            errno => return Err(io::Error::from_raw_os_error(errno)),
        }
    }
}

/// The error number that the last call left.
pub(crate) fn last_errno() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::IO)
}

/// `kill(2)` of one process with any number; 0 only asks whether it may be signalled.
pub(crate) fn kill(pid: Pid, signal: i32) -> rustix::io::Result<()> {
    // SAFETY: takes two numbers; `Pid` is positive, so no group of processes is meant.
    let answer = unsafe { libc::kill(pid.as_raw_nonzero().get(), signal) };
    if answer == 0 { Ok(()) } else { Err(last_errno()) }
}

/// Has `function` called when the process exits normally: by `exit`, or by returning from `main`.
pub(crate) fn at_exit(function: extern "C" fn()) -> io::Result<()> {
    // SAFETY: `function` is a function of this program, so it lives as long as the process.
    let answer = unsafe { libc::atexit(function) };
    if answer == 0 {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::OutOfMemory))
    }
}

/// Has `signal` do what it does by default in every process but the one whose number `process` holds. The number is asked
/// for when the signal arrives: a handler of `pthread_atfork` runs too late for one that is sent during the fork.
pub(crate) fn default_elsewhere(signal: i32, process: &'static AtomicU32) -> io::Result<()> {
    let action = move || {
        if process.load(Ordering::SeqCst) != std::process::id() {
            // An error says that no default is known, and then nothing is done.
            drop(emulate_default_handler(signal));
        }
    };
    // SAFETY: the action does only what a signal handler may: it reads an atomic number, calls `getpid`, and
    // `emulate_default_handler` is made for this place.
    let registered = unsafe { signal_hook::low_level::register(signal, action) };
    registered.map(drop)
}

/// Whether a handler of the program's is installed for `signal`: neither the default nor "ignore".
pub(crate) fn has_handler(signal: i32) -> io::Result<bool> {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null new action only asks; `action` has the size that the call fills.
    let answer = unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) };
    if answer != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, so it has filled `action`.
    let action = unsafe { action.assume_init() };
    Ok(action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN)
}

/// Forks: the child's number in the parent, `None` in the child.
#[cfg(test)]
pub(crate) fn fork() -> io::Result<Option<u32>> {
    // SAFETY: the child has one thread, and the tests that fork let it do nothing that another thread's lock could stop.
    let answer = unsafe { libc::fork() };
    match u32::try_from(answer) {
        Ok(0) => Ok(None),
        Ok(child) => Ok(Some(child)),
        Err(_) => Err(io::Error::last_os_error()),
    }
}
