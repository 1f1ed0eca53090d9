//! Which of the kernel's sources each attribute is told from. What stands in none of them is asked by its own getter.

use std::ffi::CStr;

/// A set of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sources(u16);

impl Sources {
    pub(crate) const NONE: Sources = Sources(0);
    /// `stat`.
    pub(super) const STAT: Sources = Sources(1);
    /// Of `status`: user and group ids.
    pub(super) const IDS: Sources = Sources(2);
    /// Of `status`: context switches.
    pub(super) const SWITCHES: Sources = Sources(4);
    /// Of `status`: peaks and parts of memory.
    pub(super) const PEAKS: Sources = Sources(8);
    /// All of `status`.
    pub(super) const STATUS: Sources = Sources(2 | 4 | 8);
    /// `statm`.
    pub(super) const STATM: Sources = Sources(16);
    /// `io`.
    pub(super) const IO: Sources = Sources(32);
    /// `cmdline`.
    pub(super) const ARGUMENTS: Sources = Sources(64);
    /// `cmdline`, where the name in `stat` may be cut short.
    pub(super) const FULL_NAME: Sources = Sources(128);
    /// The list of users.
    pub(super) const USERS: Sources = Sources(256);
    /// The devices that are terminals.
    pub(super) const TERMINALS: Sources = Sources(512);
    /// The system's `stat`: when it was booted.
    pub(super) const BOOT: Sources = Sources(1024);
    /// The system's `meminfo`.
    pub(super) const MEMORY: Sources = Sources(2048);

    /// The sources of either set.
    pub(crate) const fn or(self, other: Sources) -> Sources {
        Sources(self.0 | other.0)
    }

    /// The sources of this set that are not in the other.
    pub(super) const fn without(self, other: Sources) -> Sources {
        Sources(self.0 & !other.0)
    }

    /// Whether a source is in both.
    pub(super) const fn meets(self, other: Sources) -> bool {
        self.0 & other.0 != 0
    }
}

/// The files of a process that a listing reads, in the order in which they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    Stat,
    Status,
    Statm,
    Io,
    Arguments,
    /// No file but a pidfd, which tells the ids for less than `status` does.
    Ids,
    /// Read beside those that are wanted, where it may spare one.
    Schedstat,
}

impl File {
    pub(super) const EACH: [File; 6] = [
        File::Stat,
        File::Status,
        File::Statm,
        File::Io,
        File::Arguments,
        File::Ids,
    ];
    /// Which of them is opened first, to be read last: the cheapest.
    pub(super) const FIRST_OPENED: [File; 5] =
        [File::Ids, File::Statm, File::Status, File::Io, File::Arguments];

    pub(super) const fn name(self) -> &'static CStr {
        match self {
            File::Stat => c"stat",
            File::Status => c"status",
            File::Statm => c"statm",
            File::Io => c"io",
            File::Arguments => c"cmdline",
            // For messages: it has no file.
            File::Ids => c"",
            File::Schedstat => c"schedstat",
        }
    }

    /// What it tells.
    pub(super) const fn sources(self) -> Sources {
        match self {
            File::Stat => Sources::STAT,
            File::Status => Sources::STATUS,
            File::Statm => Sources::STATM,
            File::Io => Sources::IO,
            File::Arguments => Sources::ARGUMENTS,
            File::Ids => Sources::IDS,
            File::Schedstat => Sources::NONE,
        }
    }

    /// Whether it is read for these sources, where pidfds may be asked or not.
    pub(super) fn is_for(self, sources: Sources, pidfds: bool) -> bool {
        let ids_alone = pidfds && !sources.meets(Sources::STATUS.without(Sources::IDS));
        match self {
            File::Ids => ids_alone && sources.meets(Sources::IDS),
            File::Status => !ids_alone && sources.meets(Sources::STATUS),
            _ => sources.meets(self.sources()),
        }
    }
}

/// The sources that tell an attribute; `None` if it is asked by a call or file of its own.
pub(crate) fn sources(attribute: &str) -> Option<Sources> {
    Some(match attribute {
        "pid" => Sources::NONE,
        "cpu_num" | "cpu_percent" | "cpu_times" | "nice" | "num_threads" | "page_faults" | "ppid"
        | "status" => Sources::STAT,
        "create_time" => Sources::STAT.or(Sources::BOOT),
        "name" => Sources::STAT.or(Sources::FULL_NAME),
        "terminal" => Sources::STAT.or(Sources::TERMINALS),
        "gids" | "uids" => Sources::IDS,
        "username" => Sources::IDS.or(Sources::USERS),
        "num_ctx_switches" => Sources::SWITCHES,
        "memory_info" => Sources::STATM,
        "memory_info_ex" => Sources::STATM.or(Sources::PEAKS),
        "memory_percent" => Sources::STATM.or(Sources::MEMORY),
        "io_counters" => Sources::IO,
        "cmdline" => Sources::ARGUMENTS.or(Sources::STAT),
        _ => return None,
    })
}
