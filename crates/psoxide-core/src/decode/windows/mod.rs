//! Windows: what `NtQuerySystemInformation` and its kin fill a buffer with, on 64-bit machines. Times are counted in
//! units of 100 ns, moments from the first of January 1601.
// The fixtures are of machines with little-endian numbers, as all of Windows' are: elsewhere tests of them are left out.
#![cfg_attr(all(test, target_endian = "big"), allow(dead_code, unused_imports))]

pub mod adapter_addresses;
pub mod command_line;
pub mod environment_block;
pub mod if_row2;
pub mod logical_processor_information;
pub mod memory_basic_information;
pub mod nt_path;
pub mod owner_pid;
pub mod peb;
pub mod performance_information;
pub mod process_handle_information;
pub mod process_information;
pub mod processor_performance;
pub mod system_handle_information;
pub mod time_of_day;
pub mod unicode_string;
pub mod working_set;

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
}
