//! Linux: `/proc`, `/sys`, netlink and utmp.

pub mod stat;
