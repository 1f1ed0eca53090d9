//! Where the fields of a task's record stand: what the program writes and the decoder reads. All are in the byte order
//! of the machine, sizes are those of the names beside.

/// Bytes of a record; a multiple of 8.
pub(super) const SIZE: usize = 384;

// Numbers of 32 bits.
pub(super) const PID: usize = 0;
pub(super) const PPID: usize = 4;
pub(super) const STATE: usize = 8;
pub(super) const EXIT_STATE: usize = 12;
pub(super) const FLAGS: usize = 16;
pub(super) const STATIC_PRIORITY: usize = 20;
pub(super) const CPU: usize = 24;
pub(super) const THREADS: usize = 28;
/// Real, effective, saved.
pub(super) const UIDS: usize = 32;
/// Real, effective, saved.
pub(super) const GIDS: usize = 44;
pub(super) const TTY_MAJOR: usize = 56;
pub(super) const TTY_MINOR_START: usize = 60;
pub(super) const TTY_INDEX: usize = 64;
/// What the record lacks or has: the bits below.
pub(super) const NOTES: usize = 68;
/// The counter of the lock on the sums over the threads, before they were read.
pub(super) const SEQUENCE_BEFORE: usize = 72;
/// The same afterwards.
pub(super) const SEQUENCE_AFTER: usize = 76;

/// 16 bytes, up to a NUL.
pub(super) const NAME: usize = 80;

// Numbers of 64 bits. The first six are of the process and all its threads.
pub(super) const USER_TIME: usize = 96;
pub(super) const SYSTEM_TIME: usize = 104;
pub(super) const RUN_TIME: usize = 112;
pub(super) const MINOR_FAULTS: usize = 120;
pub(super) const MAJOR_FAULTS: usize = 128;
/// rchar, wchar, syscr, syscw, read_bytes, write_bytes; of all threads, too.
pub(super) const IO: usize = 136;
pub(super) const SHOWN_USER_TIME: usize = 184;
pub(super) const SHOWN_SYSTEM_TIME: usize = 192;
pub(super) const CHILDREN_USER_TIME: usize = 200;
pub(super) const CHILDREN_SYSTEM_TIME: usize = 208;
pub(super) const VOLUNTARY_SWITCHES: usize = 216;
pub(super) const INVOLUNTARY_SWITCHES: usize = 224;
pub(super) const START: usize = 232;
pub(super) const BLOCK_DELAY: usize = 240;
/// 32 bits: how the kernel accounts for time; 0 by the clock's ticks.
pub(super) const ACCOUNTING: usize = 248;

// The rest is of memory, or of a thread of the kernel's name.
pub(super) const MEMORY: usize = 256;
pub(super) const TOTAL: usize = MEMORY;
pub(super) const DATA: usize = 264;
pub(super) const MEMORY_STACK: usize = 272;
pub(super) const CODE_START: usize = 280;
pub(super) const CODE_END: usize = 288;
pub(super) const PEAK_TOTAL: usize = 296;
pub(super) const PEAK_RESIDENT: usize = 304;
pub(super) const HUGE: usize = 312;
/// Four counters: of pages of files, anonymous ones, in swap, shared.
pub(super) const COUNTERS: usize = 320;
/// What the CPUs have counted and not yet added to those.
pub(super) const COUNTERS_OF_CPUS: usize = 352;

/// 64 bytes, up to a NUL; empty if the name of the task is the whole.
pub(super) const FULL_NAME: usize = MEMORY;
/// 32 bytes, up to a NUL: what a worker does or did.
pub(super) const WORK: usize = 320;
/// Not 0 while a worker works.
pub(super) const CURRENT_WORK: usize = 352;
/// Not 0 as long as a worker belongs to a pool.
pub(super) const POOL: usize = 360;

/// It has a terminal.
pub(super) const HAS_TERMINAL: u32 = 1;
/// It has memory of its own.
pub(super) const HAS_MEMORY: u32 = 2;
/// It has more threads than are summed, or a list of them that could not be followed.
pub(super) const LACKS_THREADS: u32 = 4;
/// The counters of the CPUs could not be read.
pub(super) const LACKS_COUNTERS_OF_CPUS: u32 = 8;
/// The counters of pages could not be read at all.
pub(super) const LACKS_COUNTERS: u32 = 16;
/// The counters of I/O were not asked for.
pub(super) const LACKS_IO: u32 = 32;

/// What is not written of every process, and must be zeros then, where a record is written over another: a size each, and
/// a place.
pub(super) const CLEARED: [(usize, usize); 7] = [
    (4, NOTES),
    (8, FULL_NAME),
    (8, WORK),
    (8, COUNTERS_OF_CPUS),
    (8, COUNTERS_OF_CPUS + 8),
    (8, COUNTERS_OF_CPUS + 16),
    (8, COUNTERS_OF_CPUS + 24),
];
