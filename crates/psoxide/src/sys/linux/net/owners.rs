//! Which process holds which socket: the links in the `fd` directories of the processes, the only place where the
//! kernel tells it.

use std::mem::MaybeUninit;

use psoxide_core::decode::bytes::decimal;
use psoxide_core::decode::linux::bpf::Holder;
use psoxide_core::model::Pid;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, RawDir, openat, readlinkat_raw};
use rustix::io::Errno;
use rustix::process::{Uid, geteuid};

use crate::error::Result;
use crate::root::Root;
use crate::sys::linux::bpf::FileIterator;
use crate::sys::linux::error::system_error;
use crate::sys::linux::process;

/// Room for the entries of some hundred descriptors.
const ENTRIES: usize = 32 << 10;
/// The same of one process by itself: not from the heap, where room of some size may be taken from the system and given back
/// each time.
const OF_ONE: usize = 4 << 10;
/// `socket:[` and a number of at most twenty digits; a link that is longer is of another kind.
const LINK: usize = 40;

/// To load a program costs as much as to read the links of so many processes, …
const MANY: usize = 300;
/// … or of so many sockets.
const MANY_SOCKETS: usize = 2000;

/// A socket's number, and one descriptor of one process that refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) inode: u64,
    pub(super) pid: Pid,
    pub(super) fd: i32,
}

/// How the owners of all sockets are found out, for who asks again and again: kept by a table, closed with it.
#[derive(Debug)]
pub(crate) enum Owners {
    /// The links of all processes were read, if anything; a program in the kernel is worth its while at the second asking, or
    /// if there are many processes or sockets.
    Links { asked: bool },
    /// By a program in the kernel, loaded for this user.
    Kernel { files: FileIterator, user: Uid },
    /// The program may not be used, or cannot.
    Refused,
}

impl Owners {
    /// `bpf` tells whether a program in the kernel may be used.
    pub(crate) fn new(bpf: bool) -> Owners {
        match bpf {
            true => Owners::Links { asked: false },
            false => Owners::Refused,
        }
    }

    /// The owners of all sockets, as [`of_all`] tells them; there are so many sockets.
    pub(super) fn ask(&mut self, root: &Root, sockets: usize) -> Result<Vec<Owner>> {
        let many = || sockets >= MANY_SOCKETS || process::pids(root).is_ok_and(|pids| pids.len() >= MANY);
        if let Owners::Links { asked } = self
            && (*asked || many())
        {
            *self = match FileIterator::open(root) {
                Ok(files) => Owners::Kernel {
                    files,
                    user: geteuid(),
                },
                Err(_) => Owners::Refused,
            };
        }
        match self {
            // Who has become another user shall see no more than that user may.
            Owners::Kernel { files, user } if *user == geteuid() => match files.sockets() {
                Ok(holders) => {
                    let mut owners: Vec<Owner> = holders.into_iter().map(Owner::from).collect();
                    owners.sort_by_key(|owner| owner.inode);
                    return Ok(owners);
                }
                Err(_) => *self = Owners::Refused,
            },
            Owners::Kernel { .. } => *self = Owners::Refused,
            Owners::Links { asked } => *asked = true,
            Owners::Refused => {}
        }
        of_all(root)
    }
}

impl From<Holder> for Owner {
    fn from(holder: Holder) -> Owner {
        Owner {
            inode: holder.inode,
            pid: holder.pid,
            fd: holder.fd,
        }
    }
}

/// The owners of all sockets, ascending by socket, then by process. Processes that this user may not look into, or
/// that end meanwhile, are left out.
pub(super) fn of_all(root: &Root) -> Result<Vec<Owner>> {
    let failed = |errno| system_error(errno, root.proc().display().to_string());
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::open(root.proc(), flags, Mode::empty()).map_err(failed)?;
    let mut owners = Vec::new();
    let mut buffer = Vec::with_capacity(ENTRIES);
    for pid in process::pids(root)? {
        match descriptors(&directory, format!("{pid}/fd").as_str()) {
            Ok(descriptors) => {
                // Links that this user may not follow are of a process that it may not look into.
                let found = collect(&descriptors, pid, buffer.spare_capacity_mut());
                owners.extend(found.unwrap_or_default());
            }
            // Going on without descriptors or memory would leave out everything that follows.
            Err(errno @ (Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => return Err(failed(errno)),
            Err(_) => {}
        }
    }
    owners.sort_by_key(|owner| owner.inode);
    Ok(owners)
}

/// The sockets of the process whose directory `fd` this is, ascending.
pub(super) fn of_process(descriptors: &OwnedFd, pid: Pid) -> rustix::io::Result<Vec<Owner>> {
    let mut owners = collect(descriptors, pid, &mut [MaybeUninit::uninit(); OF_ONE])?;
    owners.sort_by_key(|owner| owner.inode);
    Ok(owners)
}

/// Those of the owners that hold the socket of this number; `owners` ascends by number.
pub(super) fn holding(owners: &[Owner], inode: u64) -> &[Owner] {
    // Sockets that belong to no descriptor all have the number 0.
    if inode == 0 {
        return &[];
    }
    let start = owners.partition_point(|owner| owner.inode < inode);
    let rest = owners.get(start..).unwrap_or_default();
    let count = rest.iter().take_while(|owner| owner.inode == inode).count();
    rest.get(..count).unwrap_or_default()
}

fn descriptors(directory: impl AsFd, path: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(directory, path, flags, Mode::empty())
}

fn collect(
    descriptors: &OwnedFd,
    pid: Pid,
    buffer: &mut [MaybeUninit<u8>],
) -> rustix::io::Result<Vec<Owner>> {
    let mut owners = Vec::new();
    let mut entries = RawDir::new(descriptors, buffer);
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(Errno::INTR) => continue,
            // The process has ended: what it held, it holds no more.
            Err(_) => break,
        };
        let name = entry.file_name();
        let Some(fd) = decimal(name.to_bytes()).and_then(|fd| i32::try_from(fd).ok()) else {
            continue;
        };
        let mut link = [MaybeUninit::uninit(); LINK];
        match readlinkat_raw(descriptors, name, &mut link) {
            Ok((target, _)) => owners.extend(socket_inode(target).map(|inode| Owner { inode, pid, fd })),
            // The names may be listed by users who may not see what they stand for.
            Err(errno @ (Errno::ACCESS | Errno::PERM)) => return Err(errno),
            // A descriptor may be closed at any moment, and what is no link is no socket.
            Err(_) => {}
        }
    }
    Ok(owners)
}

/// The number in `socket:[4711]`.
fn socket_inode(target: &[u8]) -> Option<u64> {
    decimal(target.strip_prefix(b"socket:[")?.strip_suffix(b"]")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_sockets() {
        assert_eq!(socket_inode(b"socket:[4711]"), Some(4711));
        for other in [
            &b"pipe:[4711]"[..],
            b"/tmp/socket:[4711]",
            b"socket:[]",
            b"socket:[1",
        ] {
            assert_eq!(socket_inode(other), None);
        }
    }

    #[test]
    fn owners_of_one_socket() {
        let owner = |inode, pid| Owner { inode, pid, fd: 3 };
        let owners = [owner(5, 1), owner(7, 1), owner(7, 2), owner(9, 1)];
        assert_eq!(holding(&owners, 7), [owner(7, 1), owner(7, 2)]);
        assert!(holding(&owners, 6).is_empty());
        assert!(holding(&owners, 10).is_empty());
        assert!(holding(&[owner(0, 1)], 0).is_empty());
    }
}
