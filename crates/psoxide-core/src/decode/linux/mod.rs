//! Linux: `/proc`, `/sys`, netlink and utmp.
