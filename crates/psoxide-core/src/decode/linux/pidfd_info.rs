//! `struct pidfd_info`, the answer of the ioctl `PIDFD_GET_INFO` on a pidfd (Linux 6.13): parent and ids of a process.
//!
//! Layout: the kernel's include/uapi/linux/pidfd.h.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::process::{Gids, Uids};

/// The size of the structure's first version, which later kernels still fill.
pub const SIZE: usize = 64;
/// `PIDFD_INFO_PID` and `PIDFD_INFO_CREDS`: what is asked, in the first word of the question.
pub const WANTED: u64 = 1 | 2;

/// Who a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PidfdInfo {
    /// The number of its parent.
    pub ppid: u32,
    /// Its user ids: real, effective, saved.
    pub uids: [u32; 3],
    /// Its group ids: real, effective, saved.
    pub gids: [u32; 3],
}

impl PidfdInfo {
    /// Decodes the structure. It is refused if the kernel left out what was asked.
    pub fn parse(bytes: &[u8]) -> Result<PidfdInfo, DecodeError> {
        let info = Layout::new("pidfd_info", bytes, SIZE)?;
        if info.u64(0)? & WANTED != WANTED {
            return Err(DecodeError::new("pidfd_info", 0, "numbers and credentials"));
        }
        Ok(PidfdInfo {
            ppid: info.u32(24)?,
            uids: [info.u32(28)?, info.u32(36)?, info.u32(44)?],
            gids: [info.u32(32)?, info.u32(40)?, info.u32(48)?],
        })
    }

    /// User ids.
    pub fn uids(&self) -> Uids {
        let [real, effective, saved] = self.uids;
        Uids::new(real, effective, Some(saved))
    }

    /// Group ids.
    pub fn gids(&self) -> Gids {
        let [real, effective, saved] = self.gids;
        Gids::new(real, effective, Some(saved))
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::*;

    #[cfg(target_endian = "little")]
    #[test]
    fn a_process_that_changed_its_ids() {
        let bytes = include_bytes!("../../../../../testdata/linux/pidfd-6.18/changed-ids.pidfd_info");
        let info = PidfdInfo::parse(bytes).unwrap();
        assert_eq!(info.ppid, 4241);
        assert_eq!(info.uids(), Uids::new(1000, 1001, Some(1002)));
        assert_eq!(info.gids(), Gids::new(2000, 2001, Some(2002)));
    }

    #[test]
    fn what_was_not_told_is_not_zero() {
        let mut bytes = [0; SIZE];
        for told in [0, 1, 2, 4] {
            bytes[..8].copy_from_slice(&u64::to_ne_bytes(told));
            assert!(PidfdInfo::parse(&bytes).is_err());
        }
        assert!(PidfdInfo::parse(&bytes[..63]).is_err());
    }
}
