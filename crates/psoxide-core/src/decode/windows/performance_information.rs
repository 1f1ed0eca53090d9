//! `SYSTEM_PERFORMANCE_INFORMATION`: what the whole machine counted since boot.

use crate::decode::bytes::Layout;
use crate::decode::windows::processor_performance::ProcessorPerformance;
use crate::error::DecodeError;
use crate::model::cpu::CpuStats;

/// Size of the part that every Windows since XP fills; later ones add to its end.
pub const SIZE: usize = 312;

/// Context switches and system calls, with the interrupts of each CPU; all wrap at 32 bits.
pub fn cpu_stats(bytes: &[u8], processors: &[ProcessorPerformance]) -> Result<CpuStats, DecodeError> {
    let machine = Layout::new("SYSTEM_PERFORMANCE_INFORMATION", bytes, SIZE)?;
    let interrupts = processors.iter().map(|cpu| u64::from(cpu.interrupts)).sum();
    Ok(CpuStats {
        ctx_switches: Some(machine.u32(296)?.into()),
        interrupts: Some(interrupts),
        soft_interrupts: None,
        syscalls: Some(machine.u32(308)?.into()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const MACHINE: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/performance_information.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn counters_have_their_places() {
        let stats = cpu_stats(MACHINE, &[]).unwrap();
        assert_eq!(
            (stats.ctx_switches, stats.syscalls),
            (Some(123_456), Some(7_890_123))
        );
        assert_eq!((stats.interrupts, stats.soft_interrupts), (Some(0), None));
    }

    #[test]
    fn less_than_the_structure_is_refused() {
        assert!(cpu_stats(&MACHINE[..SIZE - 1], &[]).is_err());
    }
}
