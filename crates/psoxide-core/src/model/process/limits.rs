//! The resources that can be limited, and their limits.

use core::fmt;

use crate::record;
use crate::schema::{Platforms, Type, Typed, Value};
use crate::text::Text;

const LINUX: Platforms = Platforms::LINUX;
const FREEBSD: Platforms = Platforms::FREEBSD;

/// A resource whose use by a process can be limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs)] // setrlimit(2)'s own names
pub enum Resource {
    As,
    Core,
    Cpu,
    Data,
    Fsize,
    Locks,
    Memlock,
    Msgqueue,
    Nice,
    Nofile,
    Nproc,
    Npts,
    Rss,
    Rtprio,
    Rttime,
    Sbsize,
    Sigpending,
    Stack,
    Swap,
}

impl Resource {
    /// Every resource, in alphabetical order, with the systems that know it.
    pub const EACH: [(Resource, Platforms); 19] = [
        (Resource::As, RLIMIT),
        (Resource::Core, RLIMIT),
        (Resource::Cpu, RLIMIT),
        (Resource::Data, RLIMIT),
        (Resource::Fsize, RLIMIT),
        (Resource::Locks, LINUX),
        (Resource::Memlock, RLIMIT),
        (Resource::Msgqueue, LINUX),
        (Resource::Nice, LINUX),
        (Resource::Nofile, RLIMIT),
        (Resource::Nproc, RLIMIT),
        (Resource::Npts, FREEBSD),
        (Resource::Rss, RLIMIT),
        (Resource::Rtprio, LINUX),
        (Resource::Rttime, LINUX),
        (Resource::Sbsize, FREEBSD),
        (Resource::Sigpending, LINUX),
        (Resource::Stack, RLIMIT),
        (Resource::Swap, FREEBSD),
    ];

    /// The C name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Resource::As => "RLIMIT_AS",
            Resource::Core => "RLIMIT_CORE",
            Resource::Cpu => "RLIMIT_CPU",
            Resource::Data => "RLIMIT_DATA",
            Resource::Fsize => "RLIMIT_FSIZE",
            Resource::Locks => "RLIMIT_LOCKS",
            Resource::Memlock => "RLIMIT_MEMLOCK",
            Resource::Msgqueue => "RLIMIT_MSGQUEUE",
            Resource::Nice => "RLIMIT_NICE",
            Resource::Nofile => "RLIMIT_NOFILE",
            Resource::Nproc => "RLIMIT_NPROC",
            Resource::Npts => "RLIMIT_NPTS",
            Resource::Rss => "RLIMIT_RSS",
            Resource::Rtprio => "RLIMIT_RTPRIO",
            Resource::Rttime => "RLIMIT_RTTIME",
            Resource::Sbsize => "RLIMIT_SBSIZE",
            Resource::Sigpending => "RLIMIT_SIGPENDING",
            Resource::Stack => "RLIMIT_STACK",
            Resource::Swap => "RLIMIT_SWAP",
        }
    }
}

/// The systems with `rlimit`.
pub const RLIMIT: Platforms = LINUX.or(FREEBSD);

record! {
    /// The limits on one resource; an absent one is infinite.
    pub struct Limits as "rlimit" {
        /// What the kernel enforces.
        pub soft: Option<u64> = None, Gauge, RLIMIT;
        /// How far the process may raise it.
        pub hard: Option<u64> = None, Gauge, RLIMIT;
    }
}

impl Limits {
    /// Soft and hard limit; `None` is infinite.
    pub fn new(soft: Option<u64>, hard: Option<u64>) -> Self {
        Limits { soft, hard }
    }
}

impl Typed for Resource {
    const TYPE: Type = Type::Text;
    fn value(&self) -> Value {
        Value::Text(Text::from(self.as_str()))
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
