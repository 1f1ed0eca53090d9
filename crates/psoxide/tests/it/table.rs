//! The table of processes: what it tells is what a visit to each tells, errors stay with their row, the same process is
//! known again, and nothing is read that was not asked for.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use psoxide::catalog::{ATTRS, PLATFORM};
use psoxide::model::process::Status;
use psoxide::{ErrorKind, Process, ProcessTable};

use crate::child::{Child, until};

#[test]
fn rows_tell_what_visits_tell() {
    let child = Child::sleeping();
    let known = ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
    let table = {
        let mut table = ProcessTable::builder()
            .attrs(known.map(|attr| attr.name))
            .pids([child.process.pid()])
            .build()
            .unwrap();
        table.refresh().unwrap();
        table
    };
    let row = table.row(child.process.pid()).unwrap();
    let visit = Process::new(child.process.pid()).unwrap().oneshot().unwrap();
    for attr in table.attrs() {
        let Some(get) = attr.get else { continue };
        match (row.value(attr), get(&visit)) {
            (Ok(told), Ok(expected)) => assert_eq!(told, expected, "{}", attr.name),
            (Err(told), Err(expected)) => assert_eq!(told.kind(), expected.kind(), "{}", attr.name),
            (told, expected) => panic!("{}: {told:?}, not {expected:?}", attr.name),
        }
    }
    assert_eq!(row.name().unwrap(), "sleep");
    assert_eq!(row.identity(), visit.identity().unwrap());
    assert_eq!(row.process(), Process::new(child.process.pid()).unwrap());
}

#[test]
fn all_processes_have_a_row() {
    let _child = Child::sleeping();
    let before: BTreeSet<u32> = psoxide::pids().unwrap().into_iter().collect();
    let table = ProcessTable::read(["name", "uids", "memory_info"]).unwrap();
    let after: BTreeSet<u32> = psoxide::pids().unwrap().into_iter().collect();
    let rows: Vec<u32> = table.rows().iter().map(|row| row.pid()).collect();
    assert!(rows.is_sorted());
    let rows: BTreeSet<u32> = rows.into_iter().collect();
    let lasting: BTreeSet<u32> = before.intersection(&after).copied().collect();
    assert!(rows.is_superset(&lasting), "{:?}", lasting.difference(&rows));
    let own = table.row(std::process::id()).unwrap();
    assert_eq!(own.uids().unwrap(), Process::current().unwrap().uids().unwrap());
}

#[test]
fn what_was_not_named_is_not_told() {
    let table = ProcessTable::builder().attrs(["name"]).pids([std::process::id()]);
    let mut table = table.build().unwrap();
    table.refresh().unwrap();
    let row = &table.rows()[0];
    assert!(row.name().is_ok());
    assert_eq!(row.memory_info().unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(row.uids().unwrap_err().kind(), ErrorKind::InvalidInput);
    let attr = psoxide::catalog::attr("exe").unwrap();
    assert_eq!(row.value(attr).unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn attributes_that_do_not_exist() {
    for (wrong, nearest) in [
        ("memory_inf", "memory_info"),
        ("threds", "threads"),
        ("percent", "cpu_percent"),
    ] {
        let error = ProcessTable::new([wrong]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(
            error.what().contains(wrong) && error.what().contains(nearest),
            "{error}"
        );
    }
    let error = ProcessTable::new(["name", "qqqqqqqq"]).unwrap_err();
    assert!(error.what().contains("qqqqqqqq"), "{error}");
    // Nearly all of a table is well, but one word is not: nothing is read.
    assert!(ProcessTable::read(["pid", ""]).is_err());
}

#[test]
fn the_same_process_is_known_again() {
    let child = Child::sleeping();
    let attrs = ["cpu_percent", "io_counters", "cpu_times"];
    let mut table = ProcessTable::new(attrs).unwrap();
    assert!(table.rows().is_empty() && table.interval().is_none());
    table.refresh().unwrap();
    let own = std::process::id();
    assert_eq!(table.row(own).unwrap().cpu_percent(), None);
    assert_eq!(table.row(own).unwrap().io_rates(), None);
    assert!(table.interval().is_none() && table.ended().is_empty());
    let used = table.row(own).unwrap().cpu_times().unwrap();
    until(|| {
        std::hint::black_box((0..1_000_000_u64).fold(0, |sum, number| sum ^ (number * number)));
        let now = Process::current().unwrap().cpu_times().unwrap();
        now.user + now.system > used.user + used.system + 0.02
    });
    let late = Child::sleeping();
    let (ended, late_pid) = (child.process.pid(), late.process.pid());
    let identity = table.row(ended).unwrap().identity();
    drop(child);
    table.refresh().unwrap();
    let row = table.row(own).unwrap();
    assert!(row.cpu_percent().unwrap() > 0.0);
    assert!(row.io_rates().unwrap().read_count > 0.0);
    assert!(table.interval().unwrap().as_secs_f64() > 0.0);
    // One that came in between has no interval yet; one that went tells what it had told.
    assert_eq!(table.row(late_pid).unwrap().cpu_percent(), None);
    assert!(table.row(ended).is_none());
    let gone = table.ended().iter().find(|row| row.pid() == ended).unwrap();
    assert_eq!(gone.identity(), identity);
    assert!(gone.cpu_times().is_ok() && gone.io_counters().is_ok());
    table.refresh().unwrap();
    assert!(table.ended().iter().all(|row| row.pid() != ended));
    assert!(table.row(late_pid).unwrap().cpu_percent().is_some());
}

#[test]
fn filters() {
    let child = Child::sleeping();
    let mut table = ProcessTable::builder()
        .attrs(["memory_info"])
        .name("sleep")
        .build()
        .unwrap();
    table.refresh().unwrap();
    let row = table.row(child.process.pid()).unwrap();
    assert!(row.memory_info().unwrap().vms > 0);
    for row in table.rows() {
        // It may have become another program meanwhile.
        if let Ok(process) = Process::new(row.pid())
            && process == row.process()
        {
            assert!(process.name().is_ok());
        }
    }
    assert!(table.row(std::process::id()).is_none());
    let user = Process::current().unwrap().username().unwrap();
    let mut table = ProcessTable::builder()
        .user(user)
        .pids([child.process.pid(), u32::MAX, 0])
        .build()
        .unwrap();
    table.refresh().unwrap();
    assert_eq!(
        table.rows().iter().map(|row| row.pid()).collect::<Vec<_>>(),
        [child.process.pid()]
    );
    let mut table = ProcessTable::builder()
        .user("nobody has such a name")
        .build()
        .unwrap();
    table.refresh().unwrap();
    assert!(table.rows().is_empty());
}

#[test]
fn zombies_are_rows() {
    let child = Child::zombie();
    for keep in [0, 100] {
        let mut table = ProcessTable::builder()
            .attrs(["status", "memory_info", "cmdline", "io_counters", "exe"])
            .pids([child.process.pid()])
            .keep_descriptors(keep)
            .build()
            .unwrap();
        for _ in 0..2 {
            table.refresh().unwrap();
            let row = &table.rows()[0];
            assert_eq!(row.status().unwrap(), Status::Zombie);
            assert_eq!(row.memory_info().unwrap().rss, 0);
            assert!(row.cmdline().unwrap_err().is_zombie_process());
            let exe = psoxide::catalog::attr("exe").unwrap();
            assert!(row.value(exe).unwrap_err().is_zombie_process());
        }
    }
}

/// With kept descriptors a file may be spared: what it would have told must be told all the same.
#[test]
fn kept_descriptors_change_no_answer() {
    let attrs = [
        "name",
        "status",
        "uids",
        "gids",
        "num_ctx_switches",
        "memory_info",
        "cpu_times",
        "ppid",
    ];
    let resting = Child::sleeping();
    // Leaves the CPU for each line, and changes its user with the last, if it may.
    let change = "while read line; do echo $line; done; exec setpriv --reuid 65534 sleep 600";
    let mut moving = Child::of(
        Command::new("sh")
            .args(["-c", change])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped()),
    );
    let mut input = moving.started.stdin.take().unwrap();
    let mut output = BufReader::new(moving.started.stdout.take().unwrap());
    let pids = [resting.process.pid(), moving.process.pid()];
    let mut table = ProcessTable::builder()
        .attrs(attrs)
        .pids(pids)
        .keep_descriptors(100)
        .bpf(false)
        .build()
        .unwrap();
    let mut compare = |what: &str| {
        until(|| {
            // What moves between the two readings is compared again.
            let before = pids.map(files);
            table.refresh().unwrap();
            if pids.map(files) != before {
                return false;
            }
            for pid in pids {
                let row = table.row(pid).unwrap();
                let visit = Process::new(pid).unwrap().oneshot().unwrap();
                for attr in table.attrs() {
                    let expected = (attr.get.unwrap())(&visit).unwrap();
                    assert_eq!(row.value(attr).unwrap(), expected, "{} {what}", attr.name);
                }
            }
            true
        });
    };
    compare("at first");
    let mut switches = moving.process.num_ctx_switches().unwrap().voluntary;
    for round in 0..5 {
        writeln!(input, "{round}").unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let left = || moving.process.num_ctx_switches().unwrap().voluntary;
        until(|| left() > switches);
        switches = left();
        compare("after a round");
    }
    drop(input);
    // Who may not change the user has ended instead.
    until(|| moving.process.status().unwrap() == Status::Zombie || moving.process.name().unwrap() == "sleep");
    compare("at last");
}

fn files(pid: u32) -> [String; 3] {
    ["stat", "status", "statm"].map(|file| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap())
}

#[test]
fn a_kept_descriptor_never_tells_of_a_successor() {
    let child = Child::zombie();
    let (identity, pid) = (child.process.identity(), child.process.pid());
    let mut table = ProcessTable::builder()
        .attrs(["memory_info", "uids"])
        .keep_descriptors(1000)
        .build()
        .unwrap();
    table.refresh().unwrap();
    assert_eq!(table.row(pid).unwrap().identity(), identity);
    drop(child);
    table.refresh().unwrap();
    // Another may have the number by now.
    assert!(table.row(pid).is_none_or(|row| row.identity() != identity));
    assert!(table.ended().iter().any(|row| row.identity() == identity));
}
