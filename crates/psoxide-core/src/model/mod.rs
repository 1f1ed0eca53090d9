//! The records: what each question is answered with, a file an area. How they are decoded stands in
//! [`crate::decode`]; who asks the kernel is the `psoxide` crate.

pub mod cpu;
pub mod disk;
pub mod host;
pub mod memory;
pub mod net;
pub mod process;
pub mod sensors;
pub mod services;

/// A process number.
pub type Pid = u32;

/// `used / total` as a percentage rounded to one decimal, 0.0 where there is no total.
pub fn usage_percent(used: u64, total: u64) -> f64 {
    if total == 0 {
        return 0.0;
    }
    (used as f64 / total as f64 * 1000.0).round() / 10.0
}
