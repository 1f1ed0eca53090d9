//! The processors.

mod ffi;

use psoxide_core::decode::windows::logical_processor_information::core_count;
use psoxide_core::decode::windows::performance_information::{self, cpu_stats as decode_stats};
use psoxide_core::decode::windows::process_information::ProcessInformation;
use psoxide_core::decode::windows::processor_performance::{self, ProcessorPerformance};
use psoxide_core::decode::windows::processor_power_information;
use psoxide_core::model::cpu::{CpuFreq, CpuStats, CpuTable};
use windows_sys::Wdk::System::SystemInformation::{
    SystemPerformanceInformation, SystemProcessInformation, SystemProcessorPerformanceInformation,
};

use super::error::system_error;
use super::ffi::query_system;
use crate::error::{Error, Result};
use crate::root::Root;
pub(crate) use crate::sys::unsupported::cpu::getloadavg;

const PERFORMANCE: &str = "NtQuerySystemInformation: SystemPerformanceInformation";
const PROCESSORS: &str = "NtQuerySystemInformation: SystemProcessorPerformanceInformation";

pub(crate) fn cpu_times(root: &Root) -> Result<CpuTable> {
    root.require_local("cpu_times")?;
    let processors = each_processor()?;
    // A reading has an entry at least.
    processor_performance::cpu_times(&processors).ok_or_else(|| Error::unsupported("cpu_times"))
}

pub(crate) fn cpu_stats(root: &Root) -> Result<CpuStats> {
    root.require_local("cpu_stats")?;
    let answer = query_system(SystemPerformanceInformation, performance_information::SIZE)
        .map_err(|error| system_error(error, PERFORMANCE))?;
    decode_stats(answer.bytes(), &each_processor()?).map_err(|error| Error::decode(PERFORMANCE, error))
}

pub(crate) fn cpu_freq(root: &Root) -> Result<Vec<(u32, CpuFreq)>> {
    root.require_local("cpu_freq")?;
    let groups = ffi::groups();
    let clocks = match groups[..] {
        [(_, count)] => clocks(count)?,
        // The kernel tells of the group that the thread runs in, so a thread is put into each.
        _ => {
            let mut clocks = Vec::new();
            for (group, count) in groups {
                let asked = std::thread::scope(|scope| {
                    let thread = std::thread::Builder::new().spawn_scoped(scope, || {
                        ffi::move_to_group(group, count)
                            .map_err(|error| system_error(error, "SetThreadGroupAffinity"))?;
                        self::clocks(count)
                    });
                    let thread =
                        thread.map_err(|error| system_error(error, "a thread for a processor group"))?;
                    thread
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                });
                clocks.extend(asked?);
            }
            clocks
        }
    };
    Ok((0..).zip(clocks).collect())
}

pub(crate) fn ready_threads(root: &Root) -> Result<u32> {
    const WHAT: &str = "NtQuerySystemInformation: SystemProcessInformation";
    root.require_local("ready_threads")?;
    let answer =
        query_system(SystemProcessInformation, 256 << 10).map_err(|error| system_error(error, WHAT))?;
    let processes = ProcessInformation::all(answer.bytes(), answer.address())
        .map_err(|error| Error::decode(WHAT, error))?;
    Ok(processes.iter().map(ProcessInformation::ready_threads).sum())
}

fn clocks(count: u32) -> Result<Vec<CpuFreq>> {
    const WHAT: &str = "CallNtPowerInformation: ProcessorInformation";
    let answer = ffi::clocks(count).map_err(|error| system_error(error, WHAT))?;
    processor_power_information::clocks(answer.bytes()).map_err(|error| Error::decode(WHAT, error))
}

pub(crate) fn cpu_count(root: &Root) -> Result<Option<u32>> {
    root.require_local("cpu_count")?;
    let count = ffi::processors();
    Ok((count > 0).then_some(count))
}

pub(crate) fn cpu_count_cores(root: &Root) -> Result<Option<u32>> {
    const WHAT: &str = "GetLogicalProcessorInformationEx";
    root.require_local("cpu_count_cores")?;
    let answer = ffi::processor_cores().map_err(|error| system_error(error, WHAT))?;
    let cores = core_count(answer.bytes()).map_err(|error| Error::decode(WHAT, error))?;
    Ok((cores > 0).then_some(cores))
}

/// What each CPU tells, those of the first processor group first. A group has at most 64 CPUs; where there are several, the
/// kernel is asked of each, as the plain call answers for the one that the thread runs in.
fn each_processor() -> Result<Vec<ProcessorPerformance>> {
    const CLASS: i32 = SystemProcessorPerformanceInformation;
    let groups = ffi::groups();
    let mut processors = Vec::new();
    for (group, count) in &groups {
        let room = processor_performance::SIZE * (*count).max(1) as usize;
        let answer = match groups.len() {
            1 => query_system(CLASS, room),
            _ => ffi::query_group(CLASS, *group, room),
        };
        let answer = answer.map_err(|error| system_error(error, PROCESSORS))?;
        let told = ProcessorPerformance::all(answer.bytes());
        processors.extend(told.map_err(|error| Error::decode(PROCESSORS, error))?);
    }
    Ok(processors)
}
