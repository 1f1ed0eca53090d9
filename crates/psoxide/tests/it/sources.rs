//! Where Linux tells the same in two ways, both tell the same.

use psoxide::{Oneshot, Result, Root};

/// The running system, seen as another one: only its files are asked.
fn by_files() -> Root {
    Root::default().with_proc("/proc")
}

/// Asks twice by the files and once the short way in between; `None` if the process ended meanwhile, or is another's.
fn compare<T: PartialEq + std::fmt::Debug>(
    pid: u32,
    what: &str,
    ask: impl Fn(&Oneshot) -> Result<T>,
) -> Option<()> {
    let ask = |root: &Root| Oneshot::glance(root, pid).and_then(|visit| ask(&visit));
    // What changes at this moment agrees a little later.
    let mut seen = None;
    for _ in 0..100 {
        let (before, short, after) = (ask(&by_files()), ask(&Root::default()), ask(&by_files()));
        match (before, short, after) {
            (Ok(before), Ok(short), Ok(after)) if short == before || short == after => return Some(()),
            (Ok(before), Ok(short), Ok(after)) => seen = Some((before, short, after)),
            (Err(_), ..) | (.., Err(_)) => return None,
            (Ok(_), Err(error), Ok(_)) => panic!("{what} of {pid}: {error}"),
        }
    }
    panic!("{what} of {pid}: {seen:?}")
}

#[test]
fn system_calls_tell_what_the_files_tell() {
    let mut compared = 0;
    for pid in psoxide::pids().unwrap() {
        let each = [
            compare(pid, "name", Oneshot::name),
            compare(pid, "ppid", Oneshot::ppid),
            compare(pid, "uids", Oneshot::uids),
            compare(pid, "gids", Oneshot::gids),
            compare(pid, "nice", Oneshot::nice),
            compare(pid, "num_threads", Oneshot::num_threads),
            // To count them by the file a program opens one more of its own.
            (pid != std::process::id())
                .then(|| compare(pid, "num_fds", Oneshot::num_fds))
                .flatten(),
            compare(pid, "username", Oneshot::username),
            compare(pid, "create_time", Oneshot::create_time),
        ];
        compared += each.iter().flatten().count();
    }
    assert!(compared > 0);
}

#[test]
fn a_visit_tells_the_ids_of_the_files() {
    let visit = |root: &Root| Oneshot::visit(root, std::process::id());
    let (short, files) = (visit(&Root::default()).unwrap(), visit(&by_files()).unwrap());
    assert_eq!(short.uids().unwrap(), files.uids().unwrap());
    assert_eq!(short.gids().unwrap(), files.gids().unwrap());
    // Once `status` has been read it tells the ids too.
    short.num_ctx_switches().unwrap();
    assert_eq!(short.uids().unwrap(), files.uids().unwrap());
}

#[test]
fn the_clocks_tell_the_boot_time_of_the_file() {
    // Another program may set the clock.
    let agree = || {
        let before = by_files().boot_time().unwrap();
        let clocks = psoxide::boot_time().unwrap();
        [before, by_files().boot_time().unwrap()].contains(&clocks)
    };
    assert!((0..100).any(|_| agree()));
}

#[test]
fn swap_space_is_that_of_the_file() {
    let agree = || {
        let (files, call) = (by_files().swap_memory().unwrap(), psoxide::swap_memory().unwrap());
        files.total == call.total && files.free == call.free
    };
    assert!((0..100).any(|_| agree()));
}
