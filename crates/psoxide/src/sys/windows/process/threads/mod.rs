//! The threads of a process, as the table of all processes tells them. Where they are all that is wanted, each is asked
//! itself, which spares the table.

mod ffi;

use std::os::windows::io::AsHandle;

use psoxide_core::decode::windows::kernel_user_times;
use psoxide_core::decode::windows::process_information::ProcessInformation;
use psoxide_core::model::process::Thread;
use windows_sys::Win32::System::Threading::PROCESS_QUERY_INFORMATION;

pub(super) use self::ffi::threads_of;
use super::control::handle;
use super::reader::Reader;
use crate::error::{Error, Result};
use crate::sys::windows::error::process_error;

pub(crate) fn threads(reader: &Reader) -> Result<Vec<Thread>> {
    match reader.is_single().then(|| asked(reader)) {
        Some(Ok(threads)) => Ok(threads),
        // Where there is no handle to be had, the table tells all the same, or that there is no such process.
        Some(Err(_)) | None => reader.entry().map(ProcessInformation::threads),
    }
}

/// The threads, each by a handle of its own.
fn asked(reader: &Reader) -> Result<Vec<Thread>> {
    const TIMES: &str = "NtQueryInformationThread: ThreadTimes";
    let pid = reader.pid();
    let process = handle(reader, PROCESS_QUERY_INFORMATION)?;
    let handles =
        threads_of(process.as_handle()).map_err(|error| process_error(error, pid, "NtGetNextThread"))?;
    let mut threads = Vec::with_capacity(handles.len());
    for thread in &handles {
        let number = ffi::number(thread).map_err(|error| process_error(error, pid, "GetThreadId"))?;
        let times = ffi::times(thread).map_err(|error| process_error(error, pid, TIMES))?;
        let told = kernel_user_times::thread(number, &times);
        threads.extend(told.map_err(|error| Error::decode(TIMES, error).of(pid))?);
    }
    Ok(threads)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::root::Root;

    #[test]
    fn threads_tell_of_themselves_what_the_table_does() {
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || stopped.recv());
        let pid = std::process::id();
        let single = Reader::glance(&Root::default(), pid).unwrap();
        // Those of other tests come and go.
        let numbers = |threads: Vec<Thread>| {
            let mut numbers: Vec<u32> = threads.iter().map(|thread| thread.id).collect();
            numbers.sort_unstable();
            numbers
        };
        let table = || numbers(threads(&Reader::open(&Root::default(), pid).unwrap()).unwrap());
        let same = (0..100).any(|_| {
            let before = table();
            let told = numbers(asked(&single).unwrap());
            before == table() && before == told && told.len() > 1
        });
        assert!(same, "{:?} {:?}", table(), numbers(asked(&single).unwrap()));
        drop(stop);
        assert!(thread.join().unwrap().is_err());
        let nobody = Reader::glance(&Root::default(), u32::MAX - 3).unwrap();
        assert!(threads(&nobody).unwrap_err().is_no_such_process());
    }
}
