//! Linux: `/proc`, `/sys`, netlink and utmp.

pub mod cpuinfo;
pub mod cpulist;
pub mod diskstats;
pub mod filesystems;
pub mod loadavg;
pub mod meminfo;
pub mod mounts;
pub mod partitions;
pub mod proc_stat;
pub mod stat;
pub mod sysfs;
pub mod vmstat;
pub mod zoneinfo;
