//! The CPUs that a process may run on. Windows has them in groups of at most 64, and a mask is always one group's; their
//! numbers here go on from group to group.

use std::os::windows::io::OwnedHandle;

use psoxide_core::model::Pid;
use psoxide_core::model::process::Identity;
use windows_sys::Win32::System::Threading::PROCESS_SET_INFORMATION;

use super::control::{asking, open};
use super::ffi;
use super::reader::Reader;
use crate::error::{Error, Result};
use crate::root::Root;
use crate::sys::windows::error::process_error;

/// The CPUs of a processor group.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// The number of its first.
    first: u32,
    count: u32,
}

pub(crate) fn cpu_affinity(reader: &Reader) -> Result<Vec<u32>> {
    let process = asking(reader)?;
    let groups = groups(process, reader.pid())?;
    match groups[..] {
        [group] => {
            let (own, _) = ffi::affinity(process)
                .map_err(|error| process_error(error, reader.pid(), "GetProcessAffinityMask"))?;
            Ok(Group::of(group).cpus(own))
        }
        // With threads in several there is no one mask: it may run on all CPUs of them.
        _ => Ok(groups.iter().flat_map(|group| Group::of(*group).all()).collect()),
    }
}

/// Lets it run on these CPUs only; on all of its group, if none is given.
pub(crate) fn set_cpu_affinity(root: &Root, identity: Identity, cpus: &[u32]) -> Result<()> {
    let pid = identity.pid;
    let process = open(root, identity, PROCESS_SET_INFORMATION, "set_cpu_affinity")?;
    let groups = groups(&process, pid)?;
    let [group] = groups[..] else {
        return Err(Error::unsupported("an affinity beyond one processor group").of(pid));
    };
    let (_, all) =
        ffi::affinity(&process).map_err(|error| process_error(error, pid, "GetProcessAffinityMask"))?;
    let mask = match cpus {
        [] => all,
        _ => Group::of(group).mask(cpus, all).map_err(|error| error.of(pid))?,
    };
    ffi::set_affinity(&process, mask).map_err(|error| process_error(error, pid, "SetProcessAffinityMask"))
}

/// The processor groups that it has threads in.
fn groups(process: &OwnedHandle, pid: Pid) -> Result<Vec<u16>> {
    match ffi::processor_groups() {
        // Most machines have one.
        1 => Ok(vec![0]),
        _ => ffi::groups(process).map_err(|error| process_error(error, pid, "GetProcessGroupAffinity")),
    }
}

impl Group {
    /// The group of this number.
    fn of(number: u16) -> Group {
        Group {
            first: (0..number).map(ffi::processors).sum(),
            count: ffi::processors(number),
        }
    }

    /// The numbers of the CPUs of a mask.
    fn cpus(self, mask: usize) -> Vec<u32> {
        let bits = (0..usize::BITS).filter(|bit| mask >> bit & 1 == 1);
        bits.map(|bit| self.first + bit).collect()
    }

    fn all(self) -> impl Iterator<Item = u32> {
        self.first..self.first + self.count
    }

    /// The mask of these CPUs, of those that there are.
    fn mask(self, cpus: &[u32], all: usize) -> Result<usize> {
        let mut mask = 0;
        for cpu in cpus {
            let bit = cpu
                .checked_sub(self.first)
                .and_then(|place| 1usize.checked_shl(place))
                .filter(|bit| all & bit != 0);
            mask |= bit.ok_or_else(|| Error::invalid(format!("invalid CPU {cpu}")))?;
        }
        Ok(mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_from_group_to_group() {
        let second = Group { first: 64, count: 32 };
        assert_eq!(second.cpus(0b1001), [64, 67]);
        assert_eq!(second.all().collect::<Vec<_>>(), (64..96).collect::<Vec<_>>());
        assert_eq!(second.mask(&[67, 64, 67], 0xffff_ffff).unwrap(), 0b1001);
        for none in [0, 63, 96, 64 + 64, u32::MAX] {
            assert!(second.mask(&[64, none], 0xffff_ffff).is_err(), "{none}");
        }
        let whole = Group { first: 0, count: 64 };
        assert_eq!(whole.cpus(usize::MAX).len(), 64);
        assert_eq!(whole.mask(&[63], usize::MAX).unwrap(), 1 << 63);
    }
}
