//! The calls about the end of this process, and what the system calls then: functions that it gives nothing of ours, so that
//! what they need stands here.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT,
    SetConsoleCtrlHandler,
};
use windows_sys::Win32::System::SystemServices::DLL_PROCESS_DETACH;
use windows_sys::core::BOOL;

use super::{BREAK, INTERRUPT, TERMINATE};

unsafe extern "C" {
    /// Of the C library that the program is linked with.
    fn atexit(function: extern "C" fn()) -> i32;
}

// windows-sys lacks it.
#[link(name = "ntdll", kind = "raw-dylib")]
unsafe extern "system" {
    fn RtlDllShutdownInProgress() -> u8;
}

/// What is called when the process exits.
static EXITING: OnceLock<extern "C" fn()> = OnceLock::new();
/// What is called when an event of the console has come.
static RECEIVED: OnceLock<fn(i32)> = OnceLock::new();
/// The signals that are listened for, a bit each.
static LISTENED: AtomicU32 = AtomicU32::new(0);

/// One of the functions that the system calls when a thread or the process begins or ends. [`std::process::exit`] ends the
/// process by the system's call, of which the C library hears nothing; this is called then, too.
#[used]
#[unsafe(link_section = ".CRT$XLD")]
static AT_THE_END: unsafe extern "system" fn(*mut c_void, u32, *mut c_void) = at_the_end;

unsafe extern "system" fn at_the_end(_: *mut c_void, reason: u32, _: *mut c_void) {
    if reason == DLL_PROCESS_DETACH
        && let Some(function) = EXITING.get()
    {
        function();
    }
}

/// Has `function` called when the process exits: by the C library, when `main` has returned, and by the system, when all
/// other threads have ended already. It may be called by both.
pub(super) fn at_exit(function: extern "C" fn()) -> io::Result<()> {
    EXITING.get_or_init(|| function);
    // SAFETY: the place is a static. Without a use of it the linker could leave it out.
    unsafe { ptr::read_volatile(&raw const AT_THE_END) };
    // SAFETY: `function` is a function of this program, so it lives as long as the process.
    match unsafe { atexit(function) } {
        0 => Ok(()),
        _ => Err(io::Error::from(io::ErrorKind::OutOfMemory)),
    }
}

/// Whether the process ends and all threads but this one have ended, wherever they were.
pub(super) fn is_alone() -> bool {
    // SAFETY: the function takes nothing and returns a number.
    unsafe { RtlDllShutdownInProgress() != 0 }
}

/// Has `received` called, in a thread of the system's, for events of the console that are listened for.
pub(super) fn handle_console(received: fn(i32)) -> io::Result<()> {
    if RECEIVED.set(received).is_err() {
        return Ok(());
    }
    // SAFETY: the handler is a function of this program, so it lives as long as the process.
    match unsafe { SetConsoleCtrlHandler(Some(on_event), 1) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Listens for the events that stand for this signal, which is less than 32.
pub(super) fn listen(signal: i32) {
    LISTENED.fetch_or(1 << signal, Ordering::SeqCst);
}

/// Says whether the event was handled; if not, the handler that was there before is asked.
unsafe extern "system" fn on_event(event: u32) -> BOOL {
    let signal = match event {
        CTRL_C_EVENT => INTERRUPT,
        CTRL_BREAK_EVENT => BREAK,
        CTRL_CLOSE_EVENT | CTRL_LOGOFF_EVENT | CTRL_SHUTDOWN_EVENT => TERMINATE,
        _ => return 0,
    };
    match RECEIVED.get() {
        Some(received) if LISTENED.load(Ordering::SeqCst) & 1 << signal != 0 => {
            received(signal);
            1
        }
        _ => 0,
    }
}

/// Does what the system does when the keys Ctrl and Break are pressed.
#[cfg(test)]
pub(super) fn press_break() {
    // SAFETY: the handler takes any number.
    unsafe { on_event(CTRL_BREAK_EVENT) };
}
