//! Linux: `/proc`, `/sys`, netlink and utmp.

pub mod cpuinfo;
pub mod cpulist;
pub mod diskstats;
pub mod ethtool;
pub mod filesystems;
pub mod loadavg;
pub mod meminfo;
pub mod mounts;
pub mod net_dev;
pub mod net_tcp;
pub mod net_unix;
pub mod netlink;
pub mod partitions;
pub mod proc_stat;
pub mod rtnetlink;
pub mod sock_diag;
pub mod stat;
pub mod sysfs;
pub mod vmstat;
pub mod zoneinfo;
