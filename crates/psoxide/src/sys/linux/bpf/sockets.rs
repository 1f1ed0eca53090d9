//! Who holds which socket, by one pass of a program in the kernel over all open files.

use std::os::fd::OwnedFd;

use psoxide_core::decode::linux::bpf::{Holder, sockets_program};
use psoxide_core::decode::linux::btf::Btf;

use super::ffi;
use super::load::{Types, link, read_iterator, require_initial_namespaces, undecoded};
use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::linux::error::system_error;

/// The program, loaded; ready to be run over all open files, again and again.
#[derive(Debug)]
pub(crate) struct FileIterator {
    link: OwnedFd,
    records: Vec<u8>,
}

impl FileIterator {
    /// Loads the program. The error says why it may not, or cannot, be used here.
    pub(crate) fn open(root: &Root) -> Result<FileIterator> {
        root.require_local("bpf")?;
        require_initial_namespaces(root)?;
        // Who may not load programs mostly may not make this either: that is told before the types are looked at.
        drop(ffi::create_cpu_array().map_err(|errno| system_error(errno, "bpf: a map"))?);
        let types = Types::of(root)?;
        let types = Btf::parse(types.bytes()).map_err(undecoded)?;
        let function = types
            .function("bpf_iter_task_file")
            .ok_or(Error::unsupported("bpf_iter_task_file"))?;
        let program = sockets_program(&types).map_err(undecoded)?;
        Ok(FileIterator {
            link: link(&program, b"psoxide_sockets\0", function)?,
            records: Vec::new(),
        })
    }

    /// Visits all open files, and tells which descriptors are of sockets.
    pub(crate) fn sockets(&mut self) -> Result<Vec<Holder>> {
        const WHAT: &str = "bpf: file iterator";
        self.records.clear();
        read_iterator(&self.link, &mut self.records).map_err(|errno| system_error(errno, WHAT))?;
        Holder::all(&self.records).map_err(|error| Error::decode(WHAT, error))
    }
}
