//! The system call `bpf`, as far as it takes to have a program run over an iterator: no safe crate offers it without a
//! compiler for BPF or a C library beside it.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::{fstat, fstatfs};
use rustix::io::Errno;

use crate::sys::posix::ffi::last_errno;

// Commands, types and attributes: the kernel's include/uapi/linux/bpf.h, which never changes them.
const BPF_MAP_CREATE: libc::c_int = 0;
const BPF_PROG_LOAD: libc::c_int = 5;
const BPF_PROG_TEST_RUN: libc::c_int = 10;
const BPF_LINK_CREATE: libc::c_int = 28;
const BPF_ITER_CREATE: libc::c_int = 33;
const BPF_MAP_TYPE_ARRAY: u32 = 2;
const BPF_MAP_TYPE_PERCPU_ARRAY: u32 = 6;
const BPF_F_MMAPABLE: u32 = 1 << 10;
const BPF_PROG_TYPE_TRACING: u32 = 26;
const BPF_PROG_TYPE_SYSCALL: u32 = 31;
const BPF_F_SLEEPABLE: u32 = 1 << 4;
const BPF_TRACE_ITER: u32 = 28;
/// The kind of file system that `/sys` is: the kernel's include/uapi/linux/magic.h.
const SYSFS: u64 = 0x6265_6572;

/// The part of `union bpf_attr` that makes a map.
#[repr(C)]
#[derive(Default, Clone, Copy)]
struct CreateMap {
    map_type: u32,
    key_size: u32,
    value_size: u32,
    entries: u32,
    flags: u32,
}

/// The part of `union bpf_attr` that loads a program, as of Linux 5.8; the kernel takes what it is shorter than its own
/// for zeros.
#[repr(C)]
#[derive(Default, Clone, Copy)]
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

/// The part of `union bpf_attr` that runs a program, as of Linux 5.14.
#[repr(C)]
#[derive(Default, Clone, Copy)]
struct TestRun {
    program: u32,
    answer: u32,
    input_size: u32,
    output_size: u32,
    input: u64,
    output: u64,
    repeat: u32,
    duration: u32,
    context_size: u32,
    context_output_size: u32,
    context: u64,
    context_output: u64,
    flags: u32,
    cpu: u32,
    batch_size: u32,
    padding: u32,
}

/// The part of `union bpf_attr` that attaches a program.
#[repr(C)]
#[derive(Default, Clone, Copy)]
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
#[derive(Default, Clone, Copy)]
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
        flags: 0,
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { open(BPF_MAP_CREATE, &attributes) }
}

/// Makes a map of so many values of this size, a multiple of 8, side by side in memory that can be shared.
pub(super) fn create_array(value_size: usize, entries: u32) -> rustix::io::Result<OwnedFd> {
    let attributes = CreateMap {
        map_type: BPF_MAP_TYPE_ARRAY,
        key_size: 4,
        value_size: length(value_size)?,
        entries,
        flags: BPF_F_MMAPABLE,
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { open(BPF_MAP_CREATE, &attributes) }
}

/// Memory of the kernel that this program may read.
#[derive(Debug)]
struct Mapping {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the memory belongs to the process, whichever thread reads it, and nobody writes it while it is lent out.
unsafe impl Send for Mapping {}
// SAFETY: as above; there is no way to write through it.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// The first `length` bytes of a file, of which there must be as many.
    fn of(file: BorrowedFd<'_>, length: usize, flags: libc::c_int) -> rustix::io::Result<Mapping> {
        let protection = libc::PROT_READ;
        // SAFETY: a mapping at an address that the kernel chooses takes no memory from anybody.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                protection,
                flags,
                file.as_raw_fd(),
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(last_errno());
        }
        match NonNull::new(start.cast()) {
            Some(start) => Ok(Mapping { start, length }),
            None => Err(Errno::NOMEM),
        }
    }

    /// # Safety
    ///
    /// Nobody writes to the memory as long as `self` is borrowed.
    unsafe fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping is of this length and there as long as `self`; that nobody writes is the caller's to know.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it is the mapping that was made, which nothing borrows any more. It cannot fail.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
    }
}

/// The kernel's own copy of its types.
#[derive(Debug)]
pub(super) struct KernelTypes(Mapping);

impl KernelTypes {
    /// Of the file of `/sys` that shows them. An error where the kernel does not lend them, or the file is another.
    pub(super) fn of(file: BorrowedFd<'_>) -> rustix::io::Result<KernelTypes> {
        // What lies on a disk could be cut short while it is looked at.
        if fstatfs(file)?.f_type as u64 != SYSFS {
            return Err(Errno::NODEV);
        }
        let length = usize::try_from(fstat(file)?.st_size).map_err(|_| Errno::OVERFLOW)?;
        Mapping::of(file, length, libc::MAP_PRIVATE).map(KernelTypes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: a kernel never writes to its types, of which the file has the length as long as the kernel runs.
        unsafe { self.0.bytes() }
    }
}

/// The memory of a map of [`create_array`], of which this program may only read.
#[derive(Debug)]
pub(super) struct SharedBytes(Mapping);

impl SharedBytes {
    /// `length` is that of all values of the map together.
    pub(super) fn of(map: BorrowedFd<'_>, length: usize) -> rustix::io::Result<SharedBytes> {
        Mapping::of(map, length, libc::MAP_SHARED).map(SharedBytes)
    }

    /// What the program has written.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: its bytes were zeros at first. Only a program that [`run`] runs writes them, for which this object must be
        // lent out alone.
        unsafe { self.0.bytes() }
    }

    /// Runs a program that writes to this memory; its answer.
    pub(super) fn run(&mut self, program: BorrowedFd<'_>) -> rustix::io::Result<u32> {
        let mut attributes = TestRun {
            program: number(program),
            ..TestRun::default()
        };
        // SAFETY: the attributes are those of this command and hold no address; what the program writes to is not lent out
        // meanwhile, as this is the only reference.
        unsafe { call(BPF_PROG_TEST_RUN, &mut attributes) }?;
        Ok(attributes.answer)
    }
}

/// What a program is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// For the iterator that is the function of this number among the kernel's types.
    Iterator(u32),
    /// To be run when it is asked for.
    Run,
}

/// Has the kernel check a program. With a `log` that is not empty the kernel writes there what it thinks of it.
pub(super) fn load_program(
    instructions: &[u8],
    name: &[u8; 16],
    license: &CStr,
    purpose: Purpose,
    log: &mut [u8],
) -> rustix::io::Result<OwnedFd> {
    let (program_type, expected_attach_type, attach_type_number, flags) = match purpose {
        Purpose::Iterator(function) => (BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, function, 0),
        Purpose::Run => (BPF_PROG_TYPE_SYSCALL, 0, 0, BPF_F_SLEEPABLE),
    };
    let attributes = LoadProgram {
        program_type,
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
        flags,
        expected_attach_type,
        attach_type_number,
        ..LoadProgram::default()
    };
    instructions.as_ptr().expose_provenance();
    license.as_ptr().expose_provenance();
    // SAFETY: the attributes are those of this command; the instructions, the licence and the log live until it is done,
    // and have the lengths that are given (the licence ends in NUL).
    unsafe { open(BPF_PROG_LOAD, &attributes) }
}

/// Attaches a program to the iterator it was loaded for.
pub(super) fn link_iterator(program: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    let attributes = CreateLink {
        program: number(program),
        attach_type: BPF_TRACE_ITER,
        ..CreateLink::default()
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { open(BPF_LINK_CREATE, &attributes) }
}

/// Starts an iterator: a file that reads as what the program writes.
pub(super) fn start_iterator(link: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    let attributes = CreateIterator {
        link: number(link),
        flags: 0,
    };
    // SAFETY: the attributes are those of this command, and hold no address.
    unsafe { open(BPF_ITER_CREATE, &attributes) }
}

/// # Safety
///
/// As [`call`]; and the command is one that answers a descriptor.
unsafe fn open<T: Copy>(command: libc::c_int, attributes: &T) -> rustix::io::Result<OwnedFd> {
    let mut attributes = *attributes;
    // SAFETY: for the attributes the caller answers.
    let answer = unsafe { call(command, &mut attributes) }?;
    // SAFETY: each of these commands answers a new descriptor, which is nobody else's. It closes on exec.
    Ok(unsafe { OwnedFd::from_raw_fd(answer) })
}

/// # Safety
///
/// `attributes` are of the type that `command` takes, and the addresses in them of memory that it may use.
unsafe fn call<T>(command: libc::c_int, attributes: &mut T) -> rustix::io::Result<libc::c_int> {
    let attributes: *mut T = attributes;
    // SAFETY: the kernel reads and writes at most `size_of::<T>()` bytes of the attributes; for the rest the caller answers.
    let answer = unsafe { libc::syscall(libc::SYS_bpf, command, attributes, size_of::<T>()) };
    match answer < 0 {
        true => Err(last_errno()),
        // Descriptors are of this type on every platform, whatever the system call's answer is.
        false => Ok(answer as libc::c_int),
    }
}

fn number(descriptor: BorrowedFd<'_>) -> u32 {
    descriptor.as_raw_fd().cast_unsigned()
}

fn length(length: usize) -> rustix::io::Result<u32> {
    u32::try_from(length).map_err(|_| Errno::OVERFLOW)
}
