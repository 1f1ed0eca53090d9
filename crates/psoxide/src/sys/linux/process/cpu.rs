//! What a process uses of the CPUs, as a whole and a thread each.

use std::ffi::CStr;

use psoxide_core::decode::linux::stat::Stat;
use psoxide_core::decode::linux::status::StatusLines;
use psoxide_core::model::Pid;
use psoxide_core::model::process::{ContextSwitches, PageFaults, ProcessTimes, Thread};
use rustix::fs::stat;
use rustix::io::Errno;
use rustix::param::clock_ticks_per_second;

use crate::error::{Error, Result};
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::ffi::sched_getaffinity;
use crate::sys::linux::process::list::numbered_entries;
use crate::sys::linux::process::names::{below, numbered};
use crate::sys::linux::process::reader::read;
use crate::sys::linux::process::sources::Sources;

/// No kernel is built for more CPUs.
const MOST_CPUS: usize = 1 << 20;

pub(crate) fn cpu_times(reader: &Reader) -> Result<ProcessTimes> {
    Ok(reader.stat()?.cpu_times(clock_ticks_per_second()))
}

pub(crate) fn cpu_num(reader: &Reader) -> Result<u32> {
    reader
        .stat()?
        .processor
        .ok_or_else(|| Error::unsupported("cpu_num").of(reader.pid()))
}

pub(crate) fn num_threads(reader: &Reader) -> Result<u32> {
    // A directory is linked from above, from itself, and from each directory in it: here one of each thread. The kernel
    // counts them without listing any, which makes this the cheapest for a single question.
    if reader.is_local_glance()
        && let Ok(stat) = reader.with_path(c"task", |path| stat(path))
        && let Some(threads) = directories(stat.st_nlink)
    {
        return Ok(threads);
    }
    Ok(reader.stat()?.threads)
}

/// How many directories one with so many links holds, if any; which type counts links depends on the machine.
fn directories(links: impl TryInto<u32>) -> Option<u32> {
    let links = links.try_into().ok()?;
    links.checked_sub(2).filter(|directories| *directories > 0)
}

pub(crate) fn page_faults(reader: &Reader) -> Result<PageFaults> {
    Ok(reader.stat()?.page_faults())
}

pub(crate) fn num_ctx_switches(reader: &Reader) -> Result<ContextSwitches> {
    reader
        .in_status(Sources::SWITCHES, StatusLines::context_switches)?
        .ok_or_else(|| Error::unsupported("num_ctx_switches").of(reader.pid()))
}

pub(crate) fn cpu_affinity(reader: &Reader) -> Result<Vec<u32>> {
    reader.root().require_local("cpu_affinity")?;
    let mut mask: [libc::c_ulong; 16] = [0; 16];
    reader.by_number("sched_getaffinity", |pid| {
        match sched_getaffinity(pid, &mut mask) {
            // The kernel knows more CPUs than the mask has bits.
            Err(Errno::INVAL) => long_affinity(pid),
            answer => answer.map(|bytes| numbers(&mask, bytes)),
        }
    })
}

fn long_affinity(pid: Pid) -> rustix::io::Result<Vec<u32>> {
    let mut mask: Vec<libc::c_ulong> = vec![0; 32];
    loop {
        match sched_getaffinity(pid, &mut mask) {
            Err(Errno::INVAL) if mask.len() * 8 < MOST_CPUS => mask.resize(mask.len() * 2, 0),
            answer => return answer.map(|bytes| numbers(&mask, bytes)),
        }
    }
}

/// The places of the bits that are set in so many bytes, ascending.
fn numbers(mask: &[libc::c_ulong], bytes: u32) -> Vec<u32> {
    // The kernel writes whole words.
    let words = mask
        .get(..bytes as usize / size_of::<libc::c_ulong>())
        .unwrap_or(mask);
    let count = words.iter().map(|word| word.count_ones() as usize).sum();
    let mut numbers = Vec::with_capacity(count);
    for (word, first) in words.iter().zip((0..).step_by(libc::c_ulong::BITS as usize)) {
        let mut rest = *word;
        while rest != 0 {
            numbers.push(first + rest.trailing_zeros());
            rest &= rest - 1;
        }
    }
    numbers
}

/// The threads, ascending by number. One that ends meanwhile is left out.
pub(crate) fn threads(reader: &Reader) -> Result<Vec<Thread>> {
    // The first thread has the number of the process and stays as long as any: of one alone no list is needed.
    if reader.stat.get().is_some_and(|stat| stat.threads == 1) {
        let name = below(c"task", &numbered(reader.pid(), "stat"));
        let stat = reader.record(&name, Stat::parse)?;
        return Ok(vec![stat.thread(reader.pid(), clock_ticks_per_second())]);
    }
    let directory = reader.directory(c"task")?;
    let failed = |errno, name: &CStr| match reader.handle() {
        Ok(handle) => reader.error(&handle, errno, name),
        Err(gone) => gone,
    };
    let numbers = numbered_entries(&directory).map_err(|errno| failed(errno, c"task"))?;
    let count = numbers.len();
    let mut threads = Vec::with_capacity(count);
    for number in numbers {
        let name = numbered(number, "stat");
        match read(&directory, &name, Stat::parse) {
            Ok(Ok(stat)) => threads.push(stat.thread(number, clock_ticks_per_second())),
            Ok(Err(error)) => return Err(reader.undecoded(&below(c"task", &name), error)),
            Err(Errno::NOENT | Errno::SRCH) => {}
            Err(errno) => return Err(failed(errno, &below(c"task", &name))),
        }
    }
    // Threads end, and so does the process with its last: then what was read is not all of them.
    if threads.is_empty() || threads.len() < count {
        reader.confirm(&*reader.handle()?)?;
    }
    Ok(threads)
}
