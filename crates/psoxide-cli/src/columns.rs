//! The layouts that the subcommands have for people: the columns of their tables. What programs are given stands in
//! [`crate::keys`].

use crate::output::table::Column;

/// `psoxide ps`.
pub(crate) const PS: [Column; 10] = [
    Column::left("USER", 10),
    Column::right("PID", 5),
    Column::right("%MEM", 5),
    Column::right("VSZ", 7),
    Column::right("RSS", 7),
    Column::right("NICE", 5),
    Column::right("STATUS", 6),
    Column::right("START", 6),
    Column::right("TIME", 6),
    Column::last("CMDLINE").behind(2),
];

/// `psoxide procsmem`.
pub(crate) const PROCSMEM: [Column; 7] = [
    Column::left("PID", 7),
    Column::left("User", 7),
    Column::right("USS", 7),
    Column::right("PSS", 7),
    Column::right("Swap", 7),
    Column::right("RSS", 7),
    Column::last("Cmdline"),
];

/// `psoxide free`.
pub(crate) const FREE: [Column; 7] = [
    Column::left("", 7),
    Column::right("total", 10),
    Column::right("used", 10),
    Column::right("free", 10),
    Column::right("shared", 10),
    Column::right("buffers", 10),
    Column::right("cache", 10),
];

/// `psoxide meminfo`.
pub(crate) const MEMINFO: [Column; 3] = [Column::left("", 10), Column::last(":"), Column::right("", 7)];

/// `psoxide pmap`.
pub(crate) const PMAP: [Column; 4] = [
    Column::left("Address", 20),
    Column::right("RSS", 10),
    Column::left("Mode", 7).behind(2),
    Column::last("Mapping"),
];

/// `psoxide top`.
pub(crate) const TOP: [Column; 9] = [
    Column::left("PID", 6),
    Column::left("USER", 8),
    Column::right("NI", 4),
    Column::right("VIRT", 6),
    Column::right("RES", 6),
    Column::right("CPU%", 5),
    Column::right("MEM%", 5),
    Column::right("TIME+", 9),
    Column::last("NAME").behind(2),
];

/// `psoxide iotop`.
pub(crate) const IOTOP: [Column; 5] = [
    Column::left("PID", 5),
    Column::left("USER", 7),
    Column::right("DISK READ", 11),
    Column::right("DISK WRITE", 11),
    Column::last("COMMAND").behind(2),
];

/// `psoxide nettop`: an interface.
pub(crate) const NETTOP: [Column; 3] = [
    Column::left("", 15),
    Column::right("TOTAL", 15),
    Column::right("PER-SEC", 15),
];

/// `psoxide who`.
pub(crate) const WHO: [Column; 5] = [
    Column::left("", 12),
    Column::left("", 10),
    Column::left("", 16),
    Column::left("", 14),
    Column::last(""),
];

/// `psoxide disk-usage`.
pub(crate) const DISK_USAGE: [Column; 7] = [
    Column::left("Device", 17),
    Column::right("Total", 8),
    Column::right("Used", 8),
    Column::right("Free", 8),
    Column::right("Use %", 6),
    Column::right("Type", 9),
    Column::last("Mount").behind(2),
];

/// `psoxide netstat`.
pub(crate) const NETSTAT: [Column; 6] = [
    Column::left("Proto", 5),
    Column::left("Local address", 30),
    Column::left("Remote address", 30),
    Column::left("Status", 13),
    Column::left("PID", 6),
    Column::last("Program name"),
];

/// `psoxide holders`.
pub(crate) const HOLDERS: [Column; 7] = [
    Column::left("PID", 7),
    Column::left("USER", 9),
    Column::left("NAME", 15),
    Column::left("HOW", 9),
    Column::right("FD", 4),
    Column::left("MODE", 4),
    Column::last("PATH"),
];

/// The first table of `psoxide bench api`.
pub(crate) const SYSTEM_APIS: [Column; 3] = [
    Column::left("SYSTEM APIS", 25),
    Column::right("NUM CALLS", 10),
    Column::right("SECONDS", 10).behind(3),
];

/// The second table of `psoxide bench api`.
pub(crate) const PROCESS_APIS: [Column; 3] = [
    Column::left("PROCESS APIS", 25),
    Column::right("NUM CALLS", 10),
    Column::right("SECONDS", 10).behind(3),
];

/// A label and a reading in `psoxide sensors`, `temperatures` and `fans`.
pub(crate) const READING: [Column; 2] = [Column::left("", 20), Column::last("")];

/// The child processes in `psoxide procinfo`.
pub(crate) const CHILDREN: [Column; 2] = [Column::left("PID", 6), Column::last("NAME")];

/// The sockets in `psoxide procinfo`.
pub(crate) const CONNECTIONS: [Column; 4] = [
    Column::left("PROTO", 5),
    Column::left("LOCAL ADDR", 25),
    Column::left("REMOTE ADDR", 25),
    Column::last("STATUS"),
];

/// The threads in `psoxide procinfo`.
pub(crate) const THREADS: [Column; 3] = [
    Column::left("TID", 5),
    Column::right("USER", 12),
    Column::right("SYSTEM", 12),
];

/// The resource limits in `psoxide procinfo`.
pub(crate) const LIMITS: [Column; 3] = [
    Column::left("RLIMIT", 12),
    Column::right("SOFT", 15),
    Column::right("HARD", 15),
];

/// The environment in `psoxide procinfo`.
pub(crate) const ENVIRON: [Column; 2] = [Column::left("NAME", 25), Column::last("VALUE")];

/// The mappings in `psoxide procinfo`.
pub(crate) const MAPS: [Column; 2] = [Column::left("RSS", 8), Column::last("PATH")];
