//! `SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION`: what each CPU of a processor group spent its time on since boot.

use crate::decode::bytes::Layout;
use crate::decode::windows::seconds;
use crate::error::DecodeError;
use crate::model::cpu::{CpuTable, CpuTimes};

const STRUCTURE: &str = "SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION";
/// Size of the entry of one CPU.
pub const SIZE: usize = 48;

/// What one CPU spent its time on, and how often it was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessorPerformance {
    idle: u64,
    /// Idle time is part of it.
    kernel: u64,
    user: u64,
    dpc: u64,
    interrupt: u64,
    /// Interrupts; 32 bits that wrap.
    pub interrupts: u32,
}

impl ProcessorPerformance {
    /// An entry for each CPU, in the order of their numbers.
    pub fn all(bytes: &[u8]) -> Result<Vec<ProcessorPerformance>, DecodeError> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(SIZE) {
            return Err(DecodeError::new(STRUCTURE, bytes.len(), "whole entries"));
        }
        bytes.chunks_exact(SIZE).map(ProcessorPerformance::one).collect()
    }

    fn one(bytes: &[u8]) -> Result<ProcessorPerformance, DecodeError> {
        let entry = Layout::new(STRUCTURE, bytes, SIZE)?;
        Ok(ProcessorPerformance {
            idle: entry.u64(0)?,
            kernel: entry.u64(8)?,
            user: entry.u64(16)?,
            dpc: entry.u64(24)?,
            interrupt: entry.u64(32)?,
            interrupts: entry.u32(40)?,
        })
    }

    fn times(&self) -> CpuTimes {
        CpuTimes {
            user: seconds(self.user),
            nice: None,
            system: seconds(self.kernel.saturating_sub(self.idle)),
            idle: seconds(self.idle),
            iowait: None,
            irq: None,
            softirq: None,
            steal: None,
            guest: None,
            guest_nice: None,
            interrupt: Some(seconds(self.interrupt)),
            dpc: Some(seconds(self.dpc)),
        }
    }

    fn and(&self, other: &ProcessorPerformance) -> ProcessorPerformance {
        ProcessorPerformance {
            idle: self.idle.saturating_add(other.idle),
            kernel: self.kernel.saturating_add(other.kernel),
            user: self.user.saturating_add(other.user),
            dpc: self.dpc.saturating_add(other.dpc),
            interrupt: self.interrupt.saturating_add(other.interrupt),
            interrupts: self.interrupts.wrapping_add(other.interrupts),
        }
    }
}

/// The time of each CPU, and of all together; `None` if there is none.
pub fn cpu_times(processors: &[ProcessorPerformance]) -> Option<CpuTable> {
    let total = processors.iter().copied().reduce(|sum, cpu| sum.and(&cpu))?;
    let each = (0..).zip(processors.iter().map(ProcessorPerformance::times));
    Some(CpuTable::new(total.times(), each.collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const CPUS: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/processor_performance.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn idle_time_is_no_system_time() {
        let cpus = ProcessorPerformance::all(CPUS).unwrap();
        let table = cpu_times(&cpus).unwrap();
        assert_eq!(table.per_cpu.len(), 2);
        let (number, second) = &table.per_cpu[1];
        assert_eq!(
            (*number, second.user, second.system, second.idle),
            (1, 3.0, 1.0, 20.0)
        );
        assert_eq!((second.interrupt, second.dpc), (Some(0.5), Some(0.25)));
        assert_eq!(
            (table.total.user, table.total.system, table.total.idle),
            (4.0, 3.0, 30.0)
        );
        assert_eq!(cpus.iter().map(|cpu| cpu.interrupts).sum::<u32>(), 3000);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn cpus_of_several_groups_are_counted_on() {
        // As of two groups, of 64 CPUs and of 16.
        let mut cpus = ProcessorPerformance::all(&CPUS.repeat(32)).unwrap();
        cpus.extend(ProcessorPerformance::all(&CPUS.repeat(8)).unwrap());
        let table = cpu_times(&cpus).unwrap();
        assert_eq!(table.per_cpu.last().map(|(number, _)| *number), Some(79));
        assert_eq!((table.total.user, table.total.idle), (4.0 * 40.0, 30.0 * 40.0));
    }

    #[test]
    fn half_an_entry_is_refused() {
        assert!(ProcessorPerformance::all(&CPUS[..SIZE + 1]).is_err());
        assert!(ProcessorPerformance::all(b"").is_err());
        assert_eq!(cpu_times(&[]), None);
    }
}
