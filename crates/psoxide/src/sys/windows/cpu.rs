//! The processors.

use psoxide_core::decode::windows::logical_processor_information::core_count;
use psoxide_core::decode::windows::performance_information::{self, cpu_stats as decode_stats};
use psoxide_core::decode::windows::processor_performance::{self, ProcessorPerformance};
use psoxide_core::model::cpu::{CpuStats, CpuTable};
use windows_sys::Wdk::System::SystemInformation::{
    SystemPerformanceInformation, SystemProcessorPerformanceInformation,
};

use super::error::system_error;
use super::ffi;
use crate::error::{Error, Result};
use crate::root::Root;
pub(crate) use crate::sys::unsupported::cpu::{cpu_freq, getloadavg};

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
    let answer = ffi::query_system(SystemPerformanceInformation, performance_information::SIZE)
        .map_err(|error| system_error(error, PERFORMANCE))?;
    decode_stats(answer.bytes(), &each_processor()?).map_err(|error| Error::decode(PERFORMANCE, error))
}

pub(crate) fn cpu_count(root: &Root) -> Result<Option<u32>> {
    root.require_local("cpu_count")?;
    let (count, _) = ffi::processors();
    Ok((count > 0).then_some(count))
}

pub(crate) fn cpu_count_cores(root: &Root) -> Result<Option<u32>> {
    const WHAT: &str = "GetLogicalProcessorInformationEx";
    root.require_local("cpu_count_cores")?;
    let answer = ffi::processor_cores().map_err(|error| system_error(error, WHAT))?;
    let cores = core_count(answer.bytes()).map_err(|error| Error::decode(WHAT, error))?;
    Ok((cores > 0).then_some(cores))
}

/// What each CPU tells. The kernel answers for the processor group of the calling thread; with more than one (more than
/// 64 CPUs) that would be a part taken for the whole.
fn each_processor() -> Result<Vec<ProcessorPerformance>> {
    let (count, groups) = ffi::processors();
    if groups > 1 {
        return Err(Error::unsupported("CPUs in several processor groups"));
    }
    let room = processor_performance::SIZE * count.max(1) as usize;
    let answer = ffi::query_system(SystemProcessorPerformanceInformation, room)
        .map_err(|error| system_error(error, PROCESSORS))?;
    ProcessorPerformance::all(answer.bytes()).map_err(|error| Error::decode(PROCESSORS, error))
}
