//! The limits on what a process may use.

use psoxide_core::decode::linux::limits::limits;
use psoxide_core::model::process::{Limits, Resource};

use crate::error::{Error, Result};
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::ffi::get_limits;

pub(crate) fn rlimit(reader: &Reader, resource: Resource) -> Result<Limits> {
    let unknown = || Error::unsupported(resource.as_str()).of(reader.pid());
    if !reader.root().is_local() {
        return reader
            .record(c"limits", |bytes| limits(bytes, resource))?
            .ok_or_else(unknown);
    }
    let number = number(resource).ok_or_else(unknown)?;
    let (soft, hard) = reader.by_number("prlimit", |pid| get_limits(pid, number))?;
    // All bits set is "no limit".
    let limit = |value| (value != u64::MAX).then_some(value);
    Ok(Limits::new(limit(soft), limit(hard)))
}

fn number(resource: Resource) -> Option<u32> {
    let number = match resource {
        Resource::As => libc::RLIMIT_AS,
        Resource::Core => libc::RLIMIT_CORE,
        Resource::Cpu => libc::RLIMIT_CPU,
        Resource::Data => libc::RLIMIT_DATA,
        Resource::Fsize => libc::RLIMIT_FSIZE,
        Resource::Locks => libc::RLIMIT_LOCKS,
        Resource::Memlock => libc::RLIMIT_MEMLOCK,
        Resource::Msgqueue => libc::RLIMIT_MSGQUEUE,
        Resource::Nice => libc::RLIMIT_NICE,
        Resource::Nofile => libc::RLIMIT_NOFILE,
        Resource::Nproc => libc::RLIMIT_NPROC,
        Resource::Rss => libc::RLIMIT_RSS,
        Resource::Rtprio => libc::RLIMIT_RTPRIO,
        Resource::Rttime => libc::RLIMIT_RTTIME,
        Resource::Sigpending => libc::RLIMIT_SIGPENDING,
        Resource::Stack => libc::RLIMIT_STACK,
        Resource::Npts | Resource::Sbsize | Resource::Swap => return None,
    };
    // The C libraries disagree on the type of these constants.
    #[allow(clippy::unnecessary_cast)]
    Some(number as u32)
}
