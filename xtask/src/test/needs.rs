//! The programs that live tests compare the library's answers with, and the Debian packages that bring them.

use crate::debian;
use crate::workspace::installed;

/// Each program, its package, and what it is compared with.
const PROGRAMS: [(&str, &str, &str); 12] = [
    ("ps", "procps", "processes"),
    ("free", "procps", "memory and swap"),
    ("df", "coreutils", "space of file systems"),
    ("who", "coreutils", "users"),
    ("ss", "iproute2", "sockets"),
    ("ip", "iproute2", "network interfaces"),
    ("lscpu", "util-linux", "cores"),
    ("prlimit", "util-linux", "resource limits"),
    ("setpriv", "util-linux", "everything as a plain user"),
    ("getconf", "libc-bin", "page size and CPU counts"),
    ("git", "git", "words of commits"),
    ("tmux", "tmux", "the monitor on a terminal"),
];

/// Sees to it that all programs are there, and tells how many; the error names those that are not and what is then not
/// compared.
pub(super) fn programs() -> Result<usize, Box<dyn std::error::Error>> {
    let missing = |(program, _, _): &&(&str, &str, &str)| !installed(program);
    let mut packages: Vec<&str> = PROGRAMS
        .iter()
        .filter(missing)
        .map(|(_, package, _)| *package)
        .collect();
    packages.dedup();
    let refused = if packages.is_empty() {
        None
    } else {
        debian::require(&packages).err()
    };
    let lost: Vec<String> = PROGRAMS
        .iter()
        .filter(missing)
        .map(|(program, package, compared)| {
            format!("without {program} (Debian: {package}) not compared: {compared}")
        })
        .collect();
    if lost.is_empty() {
        return Ok(PROGRAMS.len());
    }
    let reason = refused.map_or(String::new(), |error| format!("{error}; "));
    Err(format!("{reason}{}", lost.join("; ")).into())
}
