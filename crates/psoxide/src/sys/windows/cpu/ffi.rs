//! The calls about processors.
#![allow(unsafe_code)]

use std::io;

use psoxide_core::decode::windows::processor_power_information as power;
use windows_sys::Wdk::System::SystemInformation::SYSTEM_INFORMATION_CLASS;
use windows_sys::Win32::Foundation::ERROR_INSUFFICIENT_BUFFER;
use windows_sys::Win32::System::Power::{
    CallNtPowerInformation, PROCESSOR_POWER_INFORMATION, ProcessorInformation,
};
use windows_sys::Win32::System::SystemInformation::{
    GROUP_AFFINITY, GetLogicalProcessorInformationEx, RelationProcessorCore,
};
use windows_sys::Win32::System::Threading::{
    ALL_PROCESSOR_GROUPS, GetActiveProcessorCount, GetActiveProcessorGroupCount, GetCurrentThread,
    SetThreadGroupAffinity,
};

use crate::sys::windows::ffi::{Answer, Filled, filled, last_error, nt_error, size};

const _: () = assert!(size_of::<PROCESSOR_POWER_INFORMATION>() == power::SIZE);

// windows-sys lacks it; it is there since Windows 7, as processor groups are.
#[link(name = "ntdll", kind = "raw-dylib")]
unsafe extern "system" {
    fn NtQuerySystemInformationEx(
        class: SYSTEM_INFORMATION_CLASS,
        input: *const u16,
        input_length: u32,
        output: *mut u64,
        output_length: u32,
        length: *mut u32,
    ) -> i32;
}

/// How many logical CPUs are active in all processor groups.
pub(super) fn processors() -> u32 {
    // SAFETY: the function takes a number and returns one.
    unsafe { GetActiveProcessorCount(ALL_PROCESSOR_GROUPS) }
}

/// The processor groups, each with how many logical CPUs are active in it.
pub(super) fn groups() -> Vec<(u16, u32)> {
    // SAFETY: the function takes nothing and returns a number.
    let groups = unsafe { GetActiveProcessorGroupCount() };
    let count = |group| {
        // SAFETY: the function takes a number and returns one.
        unsafe { GetActiveProcessorCount(group) }
    };
    (0..groups).map(|group| (group, count(group))).collect()
}

/// What the kernel tells of the CPUs of a processor group.
pub(super) fn query_group(class: SYSTEM_INFORMATION_CLASS, group: u16, first: usize) -> io::Result<Answer> {
    Answer::ask(first, |words| {
        let mut length = 0;
        let (pointer, room) = (words.as_mut_ptr(), size(words));
        let input = size(&[group]);
        // SAFETY: the input is a number of the size that is passed; the buffer is writable memory of its size, aligned to
        // 8 bytes; all pointers are valid during the call.
        let status = unsafe {
            NtQuerySystemInformationEx(class, &raw const group, input, pointer, room, &raw mut length)
        };
        filled(status, length)
    })
}

/// What the machine's cores are made of.
pub(super) fn processor_cores() -> io::Result<Answer> {
    Answer::ask(4096, |words| {
        let mut length = size(words);
        let pointer = words.as_mut_ptr().cast();
        // SAFETY: the buffer is writable memory of the length that is passed, aligned to 8 bytes.
        let done =
            unsafe { GetLogicalProcessorInformationEx(RelationProcessorCore, pointer, &raw mut length) };
        if done != 0 {
            return Ok(Filled::With(length as usize));
        }
        match last_error() {
            (ERROR_INSUFFICIENT_BUFFER, _) => Ok(Filled::TooSmall(length as usize)),
            (_, error) => Err(error),
        }
    })
}

/// From now on this thread runs in a processor group of so many CPUs.
pub(super) fn move_to_group(group: u16, count: u32) -> io::Result<()> {
    let affinity = GROUP_AFFINITY {
        Mask: 1usize.checked_shl(count).unwrap_or(0).wrapping_sub(1),
        Group: group,
        Reserved: [0; 3],
    };
    // SAFETY: the function takes nothing and returns what stands for this thread.
    let thread = unsafe { GetCurrentThread() };
    // SAFETY: the handle stands for this thread; what was before is not wanted, for which the pointer may be null.
    let done = unsafe { SetThreadGroupAffinity(thread, &raw const affinity, std::ptr::null_mut()) };
    if done == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// The `PROCESSOR_POWER_INFORMATION` of so many CPUs of this thread's processor group.
pub(super) fn clocks(count: u32) -> io::Result<Answer> {
    let mut words = vec![0u64; power::SIZE / 8 * count as usize];
    let (pointer, room) = (words.as_mut_ptr().cast(), size(&words));
    // SAFETY: there is no input, for which the pointer may be null; the buffer is writable memory of the size that is
    // passed, aligned to 8 bytes.
    let status = unsafe { CallNtPowerInformation(ProcessorInformation, std::ptr::null(), 0, pointer, room) };
    if status < 0 {
        Err(nt_error(status))
    } else {
        Ok(Answer::whole(words))
    }
}
