//! The system call `bpf`, as far as it takes to have a program run over an iterator: no safe crate offers it without a
//! compiler for BPF or a C library beside it.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use rustix::io::Errno;

use crate::sys::posix::ffi::last_errno;

// Commands, types and attributes: the kernel's include/uapi/linux/bpf.h, which never changes them.
const BPF_MAP_CREATE: libc::c_int = 0;
const BPF_PROG_LOAD: libc::c_int = 5;
const BPF_LINK_CREATE: libc::c_int = 28;
const BPF_ITER_CREATE: libc::c_int = 33;
const BPF_MAP_TYPE_PERCPU_ARRAY: u32 = 6;
const BPF_PROG_TYPE_TRACING: u32 = 26;
const BPF_TRACE_ITER: u32 = 28;

/// The part of `union bpf_attr` that makes a map.
#[repr(C)]
#[derive(Default)]
struct CreateMap {
    map_type: u32,
    key_size: u32,
    value_size: u32,
    entries: u32,
}

/// The part of `union bpf_attr` that loads a program, as of Linux 5.8; the kernel takes what it is shorter than its own
/// for zeros.
#[repr(C)]
#[derive(Default)]
struct LoadProgram {
    program_type: u32,
    instruction_count: u32,
    instructions: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log: u64,
    kernel_version: u32,
    flags: u32,
    name: [u8; 16],
    interface: u32,
    expected_attach_type: u32,
    types: u32,
    function_size: u32,
    functions: u64,
    function_count: u32,
    line_size: u32,
    lines: u64,
    line_count: u32,
    attach_type_number: u32,
    attach_program: u32,
    padding: u32,
}

/// The part of `union bpf_attr` that attaches a program.
#[repr(C)]
#[derive(Default)]
struct CreateLink {
    program: u32,
    target: u32,
    attach_type: u32,
    flags: u32,
    iterator: u64,
    iterator_size: u32,
    padding: u32,
}

/// The part of `union bpf_attr` that starts an iterator.
#[repr(C)]
#[derive(Default)]
struct CreateIterator {
    link: u32,
    flags: u32,
}

/// Makes a map of one number, of which each CPU has its own.
pub(super) fn create_cpu_array() -> rustix::io::Result<OwnedFd> {
    let attributes = CreateMap {
        map_type: BPF_MAP_TYPE_PERCPU_ARRAY,
        key_size: 4,
        value_size: 8,
        entries: 1,
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { call(BPF_MAP_CREATE, &attributes) }
}

/// Has the kernel check a program for the iterator that is the function of this number among the kernel's types. With a
/// `log` that is not empty the kernel writes there what it thinks of the program.
pub(super) fn load_iterator_program(
    instructions: &[u8],
    name: &[u8; 16],
    license: &CStr,
    function: u32,
    log: &mut [u8],
) -> rustix::io::Result<OwnedFd> {
    let attributes = LoadProgram {
        program_type: BPF_PROG_TYPE_TRACING,
        instruction_count: length(instructions.len() / 8)?,
        instructions: instructions.as_ptr().addr() as u64,
        license: license.as_ptr().addr() as u64,
        log_level: u32::from(!log.is_empty()),
        log_size: length(log.len())?,
        // The kernel refuses a size without a buffer and a buffer without a size.
        log: match log.is_empty() {
            true => 0,
            false => log.as_mut_ptr().expose_provenance() as u64,
        },
        name: *name,
        expected_attach_type: BPF_TRACE_ITER,
        attach_type_number: function,
        ..LoadProgram::default()
    };
    instructions.as_ptr().expose_provenance();
    license.as_ptr().expose_provenance();
    // SAFETY: the attributes are those of this command; the instructions, the licence and the log live until it is done,
    // and have the lengths that are given (the licence ends in NUL).
    unsafe { call(BPF_PROG_LOAD, &attributes) }
}

/// Attaches a program to the iterator it was loaded for.
pub(super) fn link_iterator(program: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    let attributes = CreateLink {
        program: number(program),
        attach_type: BPF_TRACE_ITER,
        ..CreateLink::default()
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { call(BPF_LINK_CREATE, &attributes) }
}

/// Starts an iterator: a file that reads as what the program writes.
pub(super) fn start_iterator(link: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    let attributes = CreateIterator {
        link: number(link),
        flags: 0,
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { call(BPF_ITER_CREATE, &attributes) }
}

/// # Safety
///
/// `attributes` are of the type that `command` takes, and the addresses in them of memory that it may use.
unsafe fn call<T>(command: libc::c_int, attributes: &T) -> rustix::io::Result<OwnedFd> {
    let attributes: *const T = attributes;
    // SAFETY: the kernel reads `size_of::<T>()` bytes from the attributes; for the rest the caller answers.
    let answer = unsafe { libc::syscall(libc::SYS_bpf, command, attributes, size_of::<T>()) };
    if answer < 0 {
        return Err(last_errno());
    }
    // Descriptors are of this type on every platform, whatever the system call's answer is.
    let descriptor = answer as libc::c_int;
    // SAFETY: each of these commands answers a new descriptor, which is nobody else's. It closes on exec.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

fn number(descriptor: BorrowedFd<'_>) -> u32 {
    descriptor.as_raw_fd().cast_unsigned()
}

fn length(length: usize) -> rustix::io::Result<u32> {
    u32::try_from(length).map_err(|_| Errno::OVERFLOW)
}
