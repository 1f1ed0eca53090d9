//! Parents, children, iteration.

use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

use psoxide::{CpuPercent, ErrorKind, Process, processes};

use crate::child::{Child, LONG, until};
use crate::roots::Tree;
use crate::tools;

/// `stat` of a process that sleeps, and has used this many ticks of CPU time.
fn stat(tree: &Tree, pid: u32, ppid: u32, start: u64, ticks: u64) {
    let line = format!(
        "{pid} (process) S {ppid} {pid} {pid} 0 -1 4194304 9 0 0 0 {ticks} 0 0 0 20 0 1 0 {start} 4096 1 \
         18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    );
    tree.write(&format!("proc/{pid}/stat"), line);
}

fn pids(processes: &[Process]) -> Vec<u32> {
    processes.iter().map(Process::pid).collect()
}

#[test]
fn parents_up_to_the_first_process() {
    let child = Child::sleeping();
    let own = Process::current().unwrap();
    assert_eq!(child.process.parent().unwrap().unwrap(), own);
    let parents = child.process.parents().unwrap();
    assert_eq!(parents[0], own);
    assert_eq!(parents[1..], own.parents().unwrap()[..]);
    for (process, parent) in parents.iter().zip(&parents[1..]) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
        assert!(status.contains(&format!("\nPPid:\t{}\n", parent.pid())));
        assert!(parent.identity().start <= process.identity().start);
    }
    // The last has none, or one that is not of this namespace.
    assert_eq!(parents.last().unwrap().ppid().unwrap(), 0);
    assert!(parents.last().unwrap().parent().unwrap().is_none());
}

#[test]
fn children_and_their_children() {
    let family = Child::running("sleep 600 & sh -c 'sleep 600 & wait' & wait");
    let process = &family.process;
    until(|| process.children(true).unwrap().len() == 3);
    let children = process.children(false).unwrap();
    assert_eq!(children.len(), 2);
    let all = process.children(true).unwrap();
    assert_eq!(all[..2], children);
    assert!(children.contains(&all[2].parent().unwrap().unwrap()));
    if let Some(text) = tools::output("ps", &["-o", "pid=", "--ppid", &process.pid().to_string()]) {
        let told: Vec<u32> = text.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
        assert_eq!(pids(&children), told);
    }
    assert!(
        Process::current()
            .unwrap()
            .children(false)
            .unwrap()
            .contains(process)
    );

    // Without what is in between, the rest belongs to another.
    let (between, last) = (all[2].parent().unwrap().unwrap(), &all[2]);
    between.kill().unwrap();
    until(|| last.ppid().unwrap() != between.pid());
    assert!(!process.children(true).unwrap().contains(last));
    for process in all {
        if let Err(error) = process.kill() {
            assert!(error.is_no_such_process(), "{error}");
        }
    }
}

#[test]
fn a_process_that_has_ended_has_no_relatives() {
    let child = Child::running("exit 0");
    child.process.wait(Some(LONG)).unwrap();
    let process = &child.process;
    for error in [
        process.parent().map(|_| ()),
        process.parents().map(|_| ()),
        process.children(true).map(|_| ()),
    ]
    .map(Result::unwrap_err)
    {
        assert!(
            error.is_no_such_process() && error.pid() == Some(process.pid()),
            "{error}"
        );
    }
}

#[test]
fn younger_parents_and_circles_are_seen_through() {
    let tree = Tree::new();
    // 10 → 11 → 12 → 10 cannot be, but a tree that changes while it is read may look so.
    for (pid, ppid, start) in [
        (10, 12, 50),
        (11, 10, 50),
        (12, 11, 50),
        (13, 13, 50),
        (14, 10, 40),
        (15, 99, 60),
    ] {
        stat(&tree, pid, ppid, start, 0);
    }
    // Relatives that are broken do not hide the others.
    tree.write("proc/16/stat", "16 (cut");
    tree.path("proc/17/fd/0");
    let at = |pid| Process::at(&tree.root(), pid).unwrap();
    assert_eq!(pids(&at(10).children(true).unwrap()), [11, 12]);
    assert_eq!(pids(&at(10).children(false).unwrap()), [11]);
    assert_eq!(pids(&at(10).parents().unwrap()), [12, 11]);
    // 13 is its own parent, that of 14 is younger, that of 15 has ended.
    assert!(at(13).children(true).unwrap().is_empty());
    for pid in [13, 14, 15] {
        assert!(at(pid).parent().unwrap().is_none(), "{pid}");
        assert!(at(pid).parents().unwrap().is_empty());
    }
}

#[test]
fn a_long_line_of_processes() {
    let tree = Tree::new();
    for pid in 1..=300 {
        stat(&tree, pid, pid - 1, u64::from(pid), 0);
    }
    let first = Process::at(&tree.root(), 1).unwrap();
    let all = first.children(true).unwrap();
    assert_eq!(pids(&all), (2..=300).collect::<Vec<_>>());
    let parents = all.last().unwrap().parents().unwrap();
    assert_eq!(pids(&parents), (1..300).rev().collect::<Vec<_>>());
}

#[test]
fn handles_are_equal_by_identity() {
    fn is_shared<T: Send + Sync + Clone>(_: &T) {}
    let tree = Tree::new();
    stat(&tree, 7, 1, 100, 0);
    let (one, same) = (
        Process::at(&tree.root(), 7).unwrap(),
        Process::at(&tree.root(), 7).unwrap(),
    );
    is_shared(&one);
    assert_eq!(one, same);
    #[allow(clippy::mutable_key_type)] // what changes in a handle is no part of its identity
    let set = HashSet::from([one.clone(), same]);
    assert_eq!(set.len(), 1);
    stat(&tree, 7, 1, 101, 0);
    let later = Process::at(&tree.root(), 7).unwrap();
    assert_ne!(one, later);
    assert!(!set.contains(&later));
    assert_ne!(Process::current().unwrap(), one);
}

#[test]
fn a_number_that_is_another_processs_by_now() {
    let tree = Tree::new();
    stat(&tree, 7, 1, 100, 0);
    let process = Process::at(&tree.root(), 7).unwrap();
    assert_eq!(
        process.to_string(),
        "Process(pid=7, name=\"process\", status=sleeping)"
    );
    stat(&tree, 7, 1, 101, 0);
    for error in [
        process.name().map(|_| ()),
        process.ppid().map(|_| ()),
        process.children(false).map(|_| ()),
        process.oneshot().map(|_| ()),
    ]
    .map(Result::unwrap_err)
    {
        assert_eq!(
            (error.kind(), error.pid()),
            (ErrorKind::NoSuchProcess, Some(7)),
            "{error}"
        );
    }
    assert!(!process.is_running().unwrap());
    assert_eq!(process.to_string(), "Process(pid=7, status=terminated)");
    // What has ended does not come back.
    stat(&tree, 7, 1, 100, 0);
    assert!(!process.is_running().unwrap());
    assert!(process.name().unwrap_err().is_no_such_process());
    assert!(Process::at(&tree.root(), 7).unwrap().is_running().unwrap());
}

#[test]
fn reuse_is_told_from_the_first_call() {
    let tree = Tree::new();
    stat(&tree, 7, 1, 100, 0);
    let process = Process::at(&tree.root(), 7).unwrap();
    stat(&tree, 7, 1, 101, 0);
    let error = process.memory_info().unwrap_err();
    assert!(
        error.to_string().contains("its number belongs to another"),
        "{error}"
    );
}

#[test]
fn percent_of_a_cpu() {
    let tree = Tree::new();
    stat(&tree, 7, 1, 100, 1000);
    let mut sampler = CpuPercent::new(Process::at(&tree.root(), 7).unwrap());
    assert_eq!(sampler.sample().unwrap(), None);
    assert_eq!(sampler.sample().unwrap(), Some(0.0));
    stat(&tree, 7, 1, 100, 5_000_000);
    // Some 50,000 seconds within what is less than 50 seconds, on several CPUs.
    assert!(sampler.sample().unwrap().unwrap() > 100_000.0);
    // Time that is taken back is none.
    stat(&tree, 7, 1, 100, 4_999_999);
    assert_eq!(sampler.sample().unwrap(), Some(0.0));

    stat(&tree, 8, 1, 100, 0);
    let other = Process::at(&tree.root(), 8).unwrap().oneshot().unwrap();
    let error = sampler.sample_in(&other).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    std::fs::remove_dir_all(tree.path("proc/7")).unwrap();
    assert!(sampler.sample().unwrap_err().is_no_such_process());
}

#[test]
fn a_busy_process_uses_its_cpu_and_an_idle_one_does_not() {
    let busy = Child::of(Command::new("sh").args(["-c", "while :; do :; done"]));
    let idle = Child::sleeping();
    let mut sampler = CpuPercent::new(busy.process.clone());
    sampler.sample().unwrap();
    // A share of one CPU, however small on a machine that has much else to do.
    until(|| sampler.sample().unwrap().is_some_and(|percent| percent > 0.0));
    assert!(busy.process.cpu_percent(Duration::from_millis(50)).unwrap() <= 150.0);
    // It may still be starting.
    until(|| idle.process.cpu_percent(Duration::from_millis(50)).unwrap() <= 50.0);
}

#[test]
fn a_listing_shows_children_as_they_come_and_go() {
    let child = Child::sleeping();
    let listed = || {
        processes()
            .unwrap()
            .iter()
            .any(|visit| visit.pid() == child.process.pid())
    };
    assert!(listed());
    child.process.kill().unwrap();
    child.process.wait(Some(LONG)).unwrap();
    assert!(!listed());
}
