//! Boot time and users: against `/proc/stat`, `uptime`, and `who` on the same records.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{SystemTime, UNIX_EPOCH};

use psoxide::{ErrorKind, Root};

use crate::roots::{Tree, is_broken_by, is_denied, is_plain_user};
use crate::tools::{number, output};

/// Two sessions and an ended one, as glibc of most machines writes them: in this machine's byte order, with 32-bit times.
fn records() -> Vec<u8> {
    let record = |kind: i16, pid: i32, terminal: &str, user: &str, host: &str| {
        let mut bytes = vec![0; 384];
        let mut put =
            |offset: usize, field: &[u8]| bytes[offset..offset + field.len()].copy_from_slice(field);
        put(0, &kind.to_ne_bytes());
        put(4, &pid.to_ne_bytes());
        put(8, terminal.as_bytes());
        put(44, user.as_bytes());
        put(76, host.as_bytes());
        put(340, &1_700_000_123_i32.to_ne_bytes());
        bytes
    };
    [
        record(7, 4711, "pts/3", "marie", "2001:db8::7"),
        record(8, 4712, "pts/4", "", ""),
        record(7, 700, "tty2", "root", ""),
    ]
    .concat()
}

#[test]
fn boot_time_is_that_of_stat_and_uptime() {
    let booted = psoxide::boot_time().unwrap();
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let told = stat.lines().find_map(|line| line.strip_prefix("btime ")).unwrap();
    // The kernel computes it from the wall clock each time: it may move by a second.
    assert!((booted - number(told)).abs() <= 1.0);

    // A container with a clock of its own has another /proc/uptime than the machine that was booted.
    if stat_offsets_are_zero() {
        let uptime = fs::read_to_string("/proc/uptime").unwrap();
        let up = number(uptime.split(' ').next().unwrap());
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs_f64();
        assert!((now - up - booted).abs() < 5.0, "{now} {up} {booted}");
    }
}

fn stat_offsets_are_zero() -> bool {
    fs::read_to_string("/proc/self/timens_offsets").map_or(true, |offsets| {
        offsets
            .split_ascii_whitespace()
            .all(|word| word.parse::<i64>().map_or(true, |offset| offset == 0))
    })
}

#[test]
fn users_are_those_of_who() {
    let Some(table) = output("who", &[]) else {
        return;
    };
    let told: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split_ascii_whitespace().next())
        .collect();
    let users = psoxide::users().unwrap();
    let names: Vec<String> = users.iter().map(|user| user.name.to_string()).collect();
    // Newer versions of who ask systemd-logind where there are no login records.
    if !fs::exists("/run/utmp").unwrap() && !fs::exists("/var/run/utmp").unwrap() {
        assert_eq!(names, [""; 0]);
        return;
    }
    assert_eq!(names, told);
}

#[test]
fn users_of_a_root_are_those_of_who_on_its_records() {
    let tree = Tree::new();
    tree.write("run/utmp", records());
    let users = tree.root().users().unwrap();
    let names: Vec<String> = users.iter().map(|user| user.name.to_string()).collect();
    assert_eq!(names, ["marie", "root"]);
    assert_eq!(users[0].host, Some("2001:db8::7".into()));
    assert_eq!((&users[1].host, users[1].pid), (&None, Some(700)));
    assert_eq!(users[1].started, 1_700_000_123.0);
    if cfg!(target_arch = "x86_64")
        && let Some(table) = output("who", &[tree.path("run/utmp").to_str().unwrap()])
    {
        for (user, line) in users.iter().zip(table.lines()) {
            let terminal = user.terminal.as_ref().unwrap().to_string();
            let told: Vec<&str> = line.split_ascii_whitespace().collect();
            assert_eq!(told[..2], [user.name.to_string(), terminal]);
        }
    }
}

#[test]
fn login_records_are_looked_for_in_var_run_but_not_through_a_link() {
    let tree = Tree::new();
    tree.write("var/run/utmp", records());
    assert_eq!(tree.root().users().unwrap().len(), 2);

    // In a foreign root this leads out of it.
    let (outside, inside) = (Tree::new(), Tree::new());
    outside.write("run/utmp", records());
    symlink(outside.path("run"), inside.path("var/run")).unwrap();
    assert_eq!(inside.root().users().unwrap(), []);
}

#[test]
fn without_records_nobody_is_logged_in_and_without_a_root_nothing_is_known() {
    assert_eq!(Tree::new().root().users().unwrap(), []);
    let error = Root::at("/nowhere").users().unwrap_err();
    assert_eq!((error.kind(), error.what()), (ErrorKind::NotFound, "/nowhere"));
    let tree = Tree::new();
    tree.write("run/utmp", "");
    assert_eq!(tree.root().users().unwrap(), []);
}

#[test]
fn records_that_are_none_or_cut_off_are_an_error() {
    let tree = Tree::new();
    for bytes in [&records()[..1000], b"cpu  1 2 3 4\n"] {
        tree.write("run/utmp", bytes);
        let error = tree.root().users().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.what(), tree.path("run/utmp").to_str().unwrap());
    }
    tree.write("proc/stat", "cpu  1 2 3 4\nbtime x\n");
    assert_eq!(
        tree.root().boot_time().unwrap_err().kind(),
        ErrorKind::InvalidData
    );
}

#[test]
fn broken_files_are_errors_that_name_them() {
    is_broken_by("proc/stat", |root| root.boot_time().map(drop), true);
}

#[test]
fn what_a_plain_user_may_not_read_is_denied() {
    if is_plain_user("host::what_a_plain_user_may_not_read_is_denied") {
        is_denied("proc/stat", |root| root.boot_time().map(drop));
        is_denied("run/utmp", |root| root.users().map(drop));
    }
}
