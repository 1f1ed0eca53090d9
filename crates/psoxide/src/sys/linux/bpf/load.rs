//! How a program of ours comes into the kernel, and is run over an iterator: whether it may, the types that it is made from,
//! and what the kernel says of it.

use std::fs::read_link;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use psoxide_core::DecodeError;
use psoxide_core::decode::linux::bpf::offsets_program;
use psoxide_core::decode::linux::btf::Btf;
use psoxide_core::decode::linux::cpulist::CpuList;
use rustix::buffer::spare_capacity;
use rustix::io::Errno;

use super::ffi::{self, KernelTypes, Purpose};
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_value, if_told, open, read_all};
/// What the kernel gives at once: its buffer has eight pages.
const AT_ONCE: usize = 32 << 10;
/// Bytes of what the kernel has to say about a program that it refuses: the end tells the reason.
const LOG: usize = 1 << 20;
const LOG_SHOWN: usize = 2000;
/// The kernel's types, below `/sys`.
const TYPES: &str = "kernel/btf/vmlinux";
/// The namespaces of the first process, by their numbers, which never change: the kernel's include/linux/proc_ns.h.
const INITIAL_NAMESPACES: [(&str, u32); 3] =
    [("pid", 0xefff_fffc), ("user", 0xefff_fffd), ("time", 0xefff_fffa)];
/// More CPUs than this are not listed.
const MOST_CPUS: usize = 1 << 12;

/// The types of the running kernel.
pub(super) enum Types {
    /// Newer kernels lend them: nothing is copied.
    Lent(KernelTypes),
    Read(Vec<u8>),
}

impl Types {
    pub(super) fn of(root: &Root) -> Result<Types> {
        let path = root.sys().join(TYPES);
        let failed = |errno| system_error(errno, path.display().to_string());
        let file = open(&path).map_err(failed)?;
        match KernelTypes::of(file.as_fd()) {
            Ok(types) => Ok(Types::Lent(types)),
            Err(_) => read_all(file).map(Types::Read).map_err(failed),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Types::Lent(types) => types.bytes(),
            Types::Read(bytes) => bytes,
        }
    }
}

pub(super) fn undecoded(error: DecodeError) -> Error {
    Error::decode("bpf: the kernel's types", error)
}

/// In other namespaces numbers, users and times are others than those that the kernel itself counts by, and the program
/// would tell of processes that `/proc` does not show.
pub(super) fn require_initial_namespaces(root: &Root) -> Result<()> {
    for (name, number) in INITIAL_NAMESPACES {
        let path = root.proc().join("self/ns").join(name);
        match read_link(&path) {
            Ok(target) if target.as_os_str() == format!("{name}:[{number}]").as_str() => {}
            Ok(_) => {
                let what = format!("bpf: not in the initial {name} namespace");
                return Err(Error::new(ErrorKind::Unsupported, what));
            }
            // Linux 5.6 has the first namespaces of time.
            Err(error) if name == "time" && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
                return Err(system_error(errno, path.display().to_string()));
            }
        }
    }
    Ok(())
}

/// How far the memory that each CPU has of its own lies from where the kernel's pointers to it lead; none where it cannot
/// be found out, which is only needed on newer kernels.
pub(super) fn cpu_offsets(root: &Root, types: &Btf<'_>, function: u32, map: OwnedFd) -> Result<Vec<u64>> {
    let possible = root.sys().join("devices/system/cpu/possible");
    let Some(possible) = if_told(decode_value(&possible, CpuList::parse))? else {
        return Ok(Vec::new());
    };
    let cpus = possible
        .iter()
        .take(MOST_CPUS)
        .max()
        .map_or(0, |highest| highest.saturating_add(1));
    let program = offsets_program(types, map.as_raw_fd(), cpus.cast_signed())
        .map_err(|error| Error::decode("bpf", error))?;
    let link = link(&program, b"psoxide_offsets\0", function)?;
    let mut bytes = Vec::new();
    read_iterator(&link, &mut bytes).map_err(|errno| system_error(errno, "bpf: task iterator"))?;
    let (words, _) = bytes.as_chunks();
    let mut words = words.iter().map(|word| u64::from_ne_bytes(*word));
    let Some(base) = words.next() else {
        return Ok(Vec::new());
    };
    Ok(words
        .take(cpus as usize)
        .map(|address| address.wrapping_sub(base))
        .collect())
}

/// Loads a program and attaches it to the iterator that is the function of this number; that holds it.
pub(super) fn link(program: &[u8], name: &[u8; 16], function: u32) -> Result<OwnedFd> {
    let program = load(program, name, Purpose::Iterator(function))?;
    ffi::link_iterator(program.as_fd()).map_err(|errno| system_error(errno, "bpf: attaching a program"))
}

/// Loads a program.
pub(super) fn load(program: &[u8], name: &[u8; 16], purpose: Purpose) -> Result<OwnedFd> {
    let load = |log: &mut [u8]| ffi::load_program(program, name, c"Dual MIT/GPL", purpose, log);
    let failed = |errno| system_error(errno, "bpf: loading a program");
    match load(&mut []) {
        Ok(program) => Ok(program),
        Err(errno @ (Errno::PERM | Errno::NOSYS)) => Err(failed(errno)),
        Err(_) => {
            let mut log = vec![0; LOG];
            // ENOSPC says that the log is longer, which its end then lacks; the reason may be there all the same.
            load(&mut log).map_err(|errno| system_error(errno, refusal(&log)))
        }
    }
}

/// The end of what the kernel said of a program.
fn refusal(log: &[u8]) -> String {
    let said = log.split(|byte| *byte == 0).next().unwrap_or_default();
    let end = &said[said.len().saturating_sub(LOG_SHOWN)..];
    format!(
        "bpf: the kernel refuses the program: {}",
        String::from_utf8_lossy(end).trim_end()
    )
}

/// Runs the program over all tasks, and adds what it wrote.
pub(super) fn read_iterator(link: &OwnedFd, bytes: &mut Vec<u8>) -> rustix::io::Result<()> {
    let iterator = ffi::start_iterator(link.as_fd())?;
    loop {
        if bytes.capacity() - bytes.len() < AT_ONCE {
            bytes.reserve(bytes.len().max(4 * AT_ONCE));
        }
        match rustix::io::read(&iterator, spare_capacity(bytes)) {
            Ok(0) => return Ok(()),
            // It has visited a million of which none was written; it goes on where it was.
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
            Err(errno) => return Err(errno),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sys::linux::file::read_path;

    #[test]
    fn types_that_are_lent_are_those_that_are_read() {
        let path = Path::new("/sys").join(TYPES);
        let lent = match open(&path) {
            Ok(file) => KernelTypes::of(file.as_fd()),
            Err(errno) => return println!("no kernel with its types here: {errno}"),
        };
        match lent {
            Ok(lent) => assert!(lent.bytes() == read_path(&path).unwrap()),
            Err(errno) => println!("not lent here: {errno}"),
        }
        // Somebody may write to another file.
        let other = open(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))).unwrap();
        assert_eq!(KernelTypes::of(other.as_fd()).unwrap_err(), Errno::NODEV);
    }

    #[test]
    fn the_kernels_reason_is_told() {
        let types = match Types::of(&Root::default()) {
            Ok(types) => types,
            Err(error) => return println!("no kernel with its types here: {error}"),
        };
        let types = Btf::parse(types.bytes()).unwrap();
        let Some(function) = types.function("bpf_iter_task") else {
            return println!("no task iterator here");
        };
        // It jumps behind its own end.
        let program = [0x05, 0, 7, 0, 0, 0, 0, 0];
        let error = link(&program, b"psoxide_wrong\0\0\0", function).unwrap_err();
        // Emulators have no such call.
        if error.is_access_denied() || error.is_unsupported() {
            return println!("not allowed here: {error}");
        }
        assert!(error.what().contains("jump out of range"), "{error}");
    }

    #[test]
    fn only_the_end_of_a_long_reason_is_told() {
        let mut log = vec![b'a'; 5000];
        log.extend_from_slice(b"R1 is wrong\n\0junk");
        let told = refusal(&log);
        assert!(told.ends_with("aaaR1 is wrong") && told.len() < 2100, "{told}");
        assert_eq!(refusal(&[0; 10]), "bpf: the kernel refuses the program: ");
    }
}
