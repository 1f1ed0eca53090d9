//! `KERNEL_USER_TIMES`: the CPU time of a thread.

use crate::decode::bytes::Layout;
use crate::decode::windows::seconds;
use crate::error::DecodeError;
use crate::model::process::Thread;

/// Size of the structure.
pub const SIZE: usize = 32;

/// The thread of this number; `None` if it has ended.
pub fn thread(id: u32, bytes: &[u8]) -> Result<Option<Thread>, DecodeError> {
    let times = Layout::new("KERNEL_USER_TIMES", bytes, SIZE)?;
    let thread = Thread {
        id,
        user_time: seconds(times.u64(24)?),
        system_time: seconds(times.u64(16)?),
    };
    Ok((times.u64(8)? == 0).then_some(thread))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const TIMES: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/kernel_user_times.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn a_thread_has_its_times_until_it_has_ended() {
        let told = thread(1234, TIMES).unwrap().unwrap();
        assert_eq!((told.id, told.user_time, told.system_time), (1234, 1.0, 2.5));
        assert_eq!(thread(1238, &TIMES[SIZE..]), Ok(None));
    }

    #[test]
    fn less_than_the_structure_is_refused() {
        assert!(thread(1, &TIMES[..SIZE - 1]).is_err());
    }
}
