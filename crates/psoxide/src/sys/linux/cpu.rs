//! CPU times, events, clocks, counts and load: `/proc/stat`, `/proc/cpuinfo`, `/proc/loadavg` and
//! `/sys/devices/system/cpu`. Percentages are made of two readings by the samplers of the face.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use psoxide_core::decode::bytes::decimal;
use psoxide_core::decode::linux::cpulist::CpuList;
use psoxide_core::decode::linux::{cpuinfo, loadavg, proc_stat, sysfs};
use psoxide_core::model::cpu::{CpuFreq, CpuStats, CpuTable, LoadAverage};

use rustix::fs::stat;

use crate::error::Result;
use crate::root::Root;
use crate::sys::linux::file::{decode_path, decode_record, decode_value, if_told, names_if_there, read_path};
pub(crate) use crate::sys::unsupported::cpu::ready_threads;

pub(crate) fn cpu_times(root: &Root) -> Result<CpuTable> {
    let ticks_per_second = rustix::param::clock_ticks_per_second();
    decode_record(&root.proc().join("stat"), |bytes| {
        proc_stat::cpu_table(bytes, ticks_per_second)
    })
}

pub(crate) fn cpu_stats(root: &Root) -> Result<CpuStats> {
    decode_record(&root.proc().join("stat"), proc_stat::cpu_stats)
}

pub(crate) fn getloadavg(root: &Root) -> Result<LoadAverage> {
    decode_record(&root.proc().join("loadavg"), loadavg::load_average)
}

/// What `sysconf(_SC_NPROCESSORS_ONLN)` of glibc reads; that of musl would answer the caller's affinity instead.
pub(crate) fn cpu_count(root: &Root) -> Result<Option<u32>> {
    let online = if_told(decode_value(
        &root.sys().join("devices/system/cpu/online"),
        CpuList::parse,
    ))?;
    if let Some(count) = online.and_then(|online| positive(online.count())) {
        return Ok(Some(count));
    }
    let info = if_told(read_path(&root.proc().join("cpuinfo")))?;
    if let Some(count) = info.and_then(|info| positive(cpuinfo::cpu_count(&info))) {
        return Ok(Some(count));
    }
    let count = decode_path(&root.proc().join("stat"), proc_stat::cpu_count)?;
    Ok(u32::try_from(count).ok().and_then(positive))
}

pub(crate) fn cpu_count_cores(root: &Root) -> Result<Option<u32>> {
    let cpus = numbered(&cpus(root), "cpu")?;
    // Linux 5.3 renamed the file; each core's list has its own content. An offline CPU has neither.
    for name in ["topology/core_cpus_list", "topology/thread_siblings_list"] {
        let mut cores: Vec<Vec<u8>> = Vec::new();
        for (_, directory) in &cpus {
            let list = decode_value(&directory.join(name), |bytes| Ok(bytes.to_vec()));
            cores.extend(if_told(list)?);
        }
        cores.sort_unstable();
        cores.dedup();
        if !cores.is_empty() {
            return Ok(u32::try_from(cores.len()).ok());
        }
    }
    Ok(cpuinfo::core_count(&read_path(&root.proc().join("cpuinfo"))?))
}

pub(crate) fn cpu_freq(root: &Root) -> Result<Vec<(u32, CpuFreq)>> {
    let scaled = scaled_cpus(root)?;
    if scaled.is_empty() {
        // Most virtual machines and containers: the clock is told, its limits are not.
        let info = read_path(&root.proc().join("cpuinfo"))?;
        let clocks = cpuinfo::megahertz(&info).into_iter();
        return Ok(clocks
            .map(|(cpu, clock)| (cpu, CpuFreq::new(Some(clock), None, None)))
            .collect());
    }

    // cpuinfo has what the hardware did of late, for all CPUs in one file; scaling_cur_freq of many drivers only what
    // was asked for. They are paired by number, unless they cannot be of the same CPUs (lxcfs hides and renumbers some).
    let info = if_told(read_path(&root.proc().join("cpuinfo")))?;
    let mut running = info.map_or_else(Vec::new, |info| cpuinfo::megahertz(&info));
    if running.len() != scaled.iter().filter(|cpu| cpu.online).count() {
        running.clear();
    }
    scaled
        .iter()
        .map(|cpu| {
            let told = running.iter().find(|(number, _)| *number == cpu.number);
            Ok((cpu.number, clock(cpu, told.map(|(_, clock)| *clock))?))
        })
        .collect()
}

/// The clock of a CPU, and what it runs at if that is known already.
fn clock(cpu: &Scaled, running: Option<f64>) -> Result<CpuFreq> {
    let file = |name| -> Result<Option<f64>> {
        let megahertz = if_told(decode_value(&cpu.directory.join(name), sysfs::megahertz))?;
        // cpufreq writes 0 where the driver does not know.
        Ok(megahertz.filter(|megahertz| *megahertz > 0.0))
    };
    let mut current = running.filter(|_| cpu.online);
    for name in ["scaling_cur_freq", "cpuinfo_cur_freq"] {
        if current.is_none() && cpu.online {
            current = file(name)?;
        }
    }
    Ok(CpuFreq::new(
        current,
        file("scaling_min_freq")?,
        file("scaling_max_freq")?,
    ))
}

/// A CPU whose clock cpufreq controls.
struct Scaled {
    number: u32,
    /// The policy that it belongs to, alone or with others.
    directory: PathBuf,
    online: bool,
}

/// The CPUs that cpufreq knows, ascending.
fn scaled_cpus(root: &Root) -> Result<Vec<Scaled>> {
    let cpus = cpus(root);
    let policies = cpus.join("cpufreq");
    // Each directory in it is one more link of it; there are none on most virtual machines.
    if root.is_local() && has_policies() && stat(&policies).is_ok_and(|found| found.st_nlink == 2) {
        return Ok(Vec::new());
    }
    let mut scaled = Vec::new();
    for (first, directory) in numbered(&policies, "policy")? {
        // All files of a policy whose CPUs are all offline answer EBUSY.
        let list = |name| if_told(decode_value(&directory.join(name), CpuList::parse_words));
        let affected = list("affected_cpus")?;
        let related = list("related_cpus")?;
        let mut members: Vec<u32> = related
            .as_ref()
            .or(affected.as_ref())
            .into_iter()
            .flat_map(CpuList::iter)
            .collect();
        if members.is_empty() {
            members.push(first);
        }
        for number in members {
            let online = match &affected {
                Some(affected) => affected.contains(number),
                None => !is_offline(&cpus, number)?,
            };
            scaled.push(Scaled {
                number,
                directory: directory.clone(),
                online,
            });
        }
    }
    if scaled.is_empty() && !(root.is_local() && has_policies()) {
        // Before Linux 4.3 there are no policies: each CPU has its own directory, or a link to one that it shares.
        for (number, directory) in numbered(&cpus, "cpu")? {
            let directory = directory.join("cpufreq");
            if directory.is_dir() {
                scaled.push(Scaled {
                    number,
                    directory,
                    online: !is_offline(&cpus, number)?,
                });
            }
        }
    }
    scaled.sort_unstable_by_key(|cpu| cpu.number);
    scaled.dedup_by_key(|cpu| cpu.number);
    Ok(scaled)
}

/// Whether the running kernel has a directory for each policy of cpufreq (Linux 4.3): if there is none, then no CPU has one.
fn has_policies() -> bool {
    let kernel = rustix::system::uname();
    let mut numbers = kernel
        .release()
        .to_bytes()
        .split(|byte| !byte.is_ascii_digit())
        .map(decimal);
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor) >= (4, 3),
        _ => false,
    }
}

/// Whether `/sys` says so; CPU 0 often has no such file, as it cannot go.
fn is_offline(cpus: &Path, number: u32) -> Result<bool> {
    let online = decode_value(&cpus.join(format!("cpu{number}/online")), sysfs::integer);
    Ok(if_told(online)? == Some(0))
}

/// The entries of a directory whose names are `prefix` and a number, ascending.
fn numbered(directory: &Path, prefix: &str) -> Result<Vec<(u32, PathBuf)>> {
    let number = |name: &[u8]| decimal(name.strip_prefix(prefix.as_bytes())?);
    let mut entries: Vec<(u32, PathBuf)> = names_if_there(directory)?
        .into_iter()
        .filter_map(|name| {
            let number = u32::try_from(number(name.as_bytes())?).ok()?;
            Some((number, directory.join(name)))
        })
        .collect();
    entries.sort_unstable();
    Ok(entries)
}

fn cpus(root: &Root) -> PathBuf {
    root.sys().join("devices/system/cpu")
}

fn positive(count: u32) -> Option<u32> {
    (count > 0).then_some(count)
}
