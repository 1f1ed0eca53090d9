//! Windows: what `NtQuerySystemInformation` and its kin fill a buffer with, on 64-bit machines. Times are counted in
//! units of 100 ns, moments from the first of January 1601.
// The fixtures are of machines with little-endian numbers, as all of Windows' are: elsewhere tests of them are left out.
#![cfg_attr(all(test, target_endian = "big"), allow(dead_code, unused_imports))]

pub mod adapter_addresses;
pub mod command_line;
pub mod disk_performance;
pub mod environment_block;
pub mod if_row2;
pub mod kernel_user_times;
pub mod logical_processor_information;
pub mod memory_basic_information;
pub mod nt_path;
pub mod owner_pid;
pub mod page_file_information;
pub mod peb;
pub mod performance_information;
pub mod process_handle_information;
pub mod process_information;
pub mod processor_performance;
pub mod processor_power_information;
pub mod services;
pub mod sessions;
pub mod system_handle_information;
pub mod system_power_status;
pub mod time_of_day;
pub mod unicode_string;
pub mod working_set;

use crate::error::DecodeError;
use crate::text::Text;

/// A handle of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle {
    /// Its number in that process.
    pub value: u64,
    /// The number of its kind, which is another on each version of the kernel.
    pub kind: u32,
}

/// Seconds of a span of time.
pub fn seconds(units: u64) -> f64 {
    units as f64 / UNITS_PER_SECOND
}

/// Seconds since the Unix epoch of a moment; negative before it.
pub fn since_epoch(moment: u64) -> f64 {
    // 369 years with 89 leap days.
    const EPOCH: u64 = 116_444_736_000_000_000;
    (i128::from(moment) - i128::from(EPOCH)) as f64 / UNITS_PER_SECOND
}

const UNITS_PER_SECOND: f64 = 1e7;

/// A buffer whose structures point to places inside of it, with the address at which it lay when it was filled.
#[derive(Clone, Copy)]
struct Filled<'a> {
    bytes: &'a [u8],
    address: u64,
}

impl<'a> Filled<'a> {
    /// The bytes from a pointer on.
    fn at(self, structure: &'static str, pointer: u64) -> Result<&'a [u8], DecodeError> {
        pointer
            .checked_sub(self.address)
            .and_then(|start| usize::try_from(start).ok())
            .and_then(|start| self.bytes.get(start..))
            .ok_or(DecodeError::new(structure, 0, "a pointer into the buffer"))
    }

    /// UTF-16 up to its NUL; nothing at no pointer.
    fn text(self, structure: &'static str, pointer: u64) -> Result<Text, DecodeError> {
        if pointer == 0 {
            return Ok(Text::default());
        }
        let (units, _) = self.at(structure, pointer)?.as_chunks::<2>();
        let end = units
            .iter()
            .position(|unit| *unit == [0, 0])
            .ok_or(DecodeError::new(structure, 0, "a NUL at the end"))?;
        let units = units.iter().take(end);
        Ok(Text::from_utf16(units.map(|unit| u16::from_ne_bytes(*unit))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_count_from_1601() {
        assert_eq!(since_epoch(116_444_736_000_000_000), 0.0);
        assert_eq!(since_epoch(133_444_736_005_000_000), 1_700_000_000.5);
        assert!(since_epoch(0) < 0.0);
        assert_eq!(seconds(25_000_000), 2.5);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn pointers_hold_for_where_the_buffer_lay() {
        let bytes = [0, 0, b'a', 0, 0, 0xd8, 0, 0, b'b', 0];
        let filled = Filled {
            bytes: &bytes,
            address: 0x1000,
        };
        assert_eq!(filled.text("test", 0), Ok(Text::default()));
        assert_eq!(
            filled.text("test", 0x1002),
            Ok(Text::from(b"a\xed\xa0\x80".to_vec()))
        );
        for lying in [1, 0xfff, 0x1008, 0x100b, u64::MAX] {
            assert!(filled.text("test", lying).is_err(), "{lying:x}");
        }
    }
}
