//! Which of the kernel's sources each attribute is told from. What stands in none of them is asked by its own getter.

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
