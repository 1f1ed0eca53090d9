//! The table of processes: what it tells is what a visit to each tells, errors stay with their row, the same process is
//! known again, and nothing is read that was not asked for.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use psoxide::catalog::{ATTRS, PLATFORM};
use psoxide::model::process::Status;
use psoxide::{ErrorKind, Process, ProcessTable, Root};

use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{Uid, set_thread_uid};

use crate::child::{Child, alone, run_alone, until};
use crate::roots::testdata;

#[test]
fn rows_tell_what_visits_tell() {
    let child = Child::sleeping();
    let known = ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
    let mut table = ProcessTable::builder()
        .attrs(known.map(|attr| attr.name))
        .pids([child.process.pid()])
        .build()
        .unwrap();
    // A file that others map, too, counts as shared or not as they come and go: what differs is compared again.
    let mut differing = Vec::new();
    for _ in 0..20 {
        table.refresh().unwrap();
        let row = table.row(child.process.pid()).unwrap();
        let visit = child.process.oneshot().unwrap();
        differing = table
            .attrs()
            .iter()
            .filter_map(|attr| match (row.value(attr), (attr.get?)(&visit)) {
                (Ok(told), Ok(expected)) if told == expected => None,
                (Err(told), Err(expected)) if told.kind() == expected.kind() => None,
                (told, expected) => Some(format!("{}: {told:?}, not {expected:?}", attr.name)),
            })
            .collect();
        if differing.is_empty() {
            break;
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
    let row = table.row(child.process.pid()).unwrap();
    assert_eq!(row.name().unwrap(), "sleep");
    assert_eq!(row.identity(), child.process.identity());
    assert_eq!(row.process(), child.process);
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
    // Nor what stands in a file that was read for something else.
    for bpf in [true, false] {
        let attrs = ["num_ctx_switches", "memory_info"];
        let table = ProcessTable::builder().attrs(attrs).bpf(bpf);
        let mut table = table.pids([std::process::id()]).build().unwrap();
        table.refresh().unwrap();
        let row = &table.rows()[0];
        assert!(row.num_ctx_switches().is_ok() && row.memory_info().is_ok());
        assert_eq!(row.memory_info_ex().unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(row.uids().unwrap_err().kind(), ErrorKind::InvalidInput);
    }
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

/// A reading writes over the rows of the last but one, in which other processes stood.
#[test]
fn nothing_is_left_of_who_stood_in_a_row_before() {
    let mut passing: Vec<Child> = (0..3)
        .map(|_| Child::of(Command::new("sleep").args(["600", "600"])))
        .collect();
    let zombie = Child::zombie();
    let staying = Child::sleeping();
    until(|| {
        passing
            .iter()
            .all(|child| child.process.cmdline().unwrap().len() == 3)
    });
    for bpf in [true, false] {
        let mut table = ProcessTable::builder()
            .attrs([
                "name",
                "status",
                "memory_info",
                "cmdline",
                "io_counters",
                "uids",
                "exe",
            ])
            .bpf(bpf)
            .build()
            .unwrap();
        let exe = psoxide::catalog::attr("exe").unwrap();
        for round in 0..5 {
            if round > 1 {
                // Whoever comes after it stands in another row now.
                passing.pop();
            }
            table.refresh().unwrap();
            for child in &passing {
                let row = table.row(child.process.pid()).unwrap();
                assert_eq!(row.cmdline().unwrap(), ["sleep", "600", "600"]);
                assert!(row.io_counters().is_ok() && row.value(exe).is_ok());
            }
            let row = table.row(zombie.process.pid()).unwrap();
            assert_eq!(row.status().unwrap(), Status::Zombie);
            assert_eq!(row.memory_info().unwrap().rss, 0);
            assert!(row.cmdline().unwrap_err().is_zombie_process());
            assert!(row.value(exe).unwrap_err().is_zombie_process());
            let row = table.row(staying.process.pid()).unwrap();
            assert_eq!(row.name().unwrap(), "sleep");
            assert_eq!(row.cmdline().unwrap(), ["sleep", "600"]);
            assert!(row.memory_info().unwrap().rss > 0);
            assert_eq!(
                row.value(exe).unwrap(),
                (exe.get.unwrap())(&staying.process.oneshot().unwrap()).unwrap()
            );
            // Two readings after it was there it has ended nowhere.
            let pids = |rows: &[psoxide::process::Row]| rows.iter().map(|row| row.pid()).collect::<Vec<_>>();
            assert!(pids(table.rows()).is_sorted() && pids(table.ended()).is_sorted());
            assert!(!pids(table.ended()).contains(&staying.process.pid()));
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
            // What moves while both are read is compared again.
            let before = pids.map(files);
            table.refresh().unwrap();
            let visits = pids.map(|pid| {
                let visit = Process::new(pid).unwrap().oneshot().unwrap();
                table
                    .attrs()
                    .iter()
                    .map(|attr| (attr.get.unwrap())(&visit).unwrap())
                    .collect::<Vec<_>>()
            });
            if pids.map(files) != before {
                return false;
            }
            for (pid, visit) in pids.into_iter().zip(visits) {
                let row = table.row(pid).unwrap();
                for (attr, expected) in table.attrs().iter().zip(visit) {
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

/// How often this thread reads while `work` is done; `None` if that cannot be told.
fn reads(work: impl FnOnce()) -> Option<u64> {
    let count = || -> Option<u64> {
        // One read each time, whatever the length.
        let mut bytes = [0; 4096];
        let mut file = File::open("/proc/thread-self/io").ok()?;
        let length = file.read(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
        text.lines()
            .find_map(|line| line.strip_prefix("syscr: "))?
            .parse()
            .ok()
    };
    // Looking at the counter reads, too.
    let (first, second) = (count()?, count()?);
    work();
    Some(count()? - second - (second - first))
}

#[test]
fn nothing_is_read_that_is_not_needed() {
    let child = Child::sleeping();
    let table = |attrs: &[&str]| {
        ProcessTable::builder()
            .attrs(attrs.iter().copied())
            .pids([child.process.pid()])
            .bpf(false)
    };
    for (attrs, expected) in [
        (
            &[
                "pid",
                "name",
                "status",
                "ppid",
                "cpu_times",
                "create_time",
                "page_faults",
            ][..],
            1,
        ),
        (&["memory_info"], 2),
        (&["num_ctx_switches", "uids"], 2),
        (&["num_ctx_switches", "uids", "memory_info_ex", "name"], 3),
        (&["io_counters", "cmdline"], 3),
    ] {
        let mut table = table(attrs).build().unwrap();
        table.refresh().unwrap();
        let mut refresh = || table.refresh().unwrap();
        let Some(told) = reads(&mut refresh) else {
            println!("/proc/thread-self/io cannot be read here: reads not counted");
            return;
        };
        assert_eq!(told, expected, "{attrs:?}");
        // The rows tell what was read, and read no more.
        let values = || {
            for attr in table.attrs() {
                table.rows()[0].value(attr).unwrap();
            }
        };
        assert_eq!(reads(values), Some(0), "{attrs:?}");
    }
    // Of what does not pass a filter, only what decides is read.
    let mut filtered = table(&["memory_info", "io_counters"])
        .name("no process is called so")
        .build()
        .unwrap();
    assert_eq!(reads(|| filtered.refresh().unwrap()), Some(1));
}

#[test]
fn what_threads_of_the_kernel_lack_is_not_read() {
    // Numbers are those of the kernel's own only in the first namespace.
    let thread = Process::new(2).ok().filter(|process| {
        process.ppid().is_ok_and(|ppid| ppid == 0) && process.name().is_ok_and(|name| name == "kthreadd")
    });
    let Some(thread) = thread else {
        return println!("no thread of the kernel is seen here");
    };
    let mut table = ProcessTable::builder()
        .attrs(["memory_info", "cmdline"])
        .pids([2])
        .bpf(false)
        .build()
        .unwrap();
    let told = reads(|| table.refresh().unwrap());
    let row = table.row(2).unwrap();
    assert_eq!(row.memory_info().unwrap(), thread.memory_info().unwrap());
    assert_eq!(row.cmdline().unwrap(), thread.cmdline().unwrap());
    // `stat`, and the file that was opened first.
    if let Some(told) = told {
        assert_eq!(told, 2);
    }
}

#[test]
fn descriptors_run_out() {
    const TEST: &str = "table::descriptors_run_out";
    if alone().is_none() {
        run_alone(TEST, "1");
        return;
    }
    let children: Vec<Child> = (0..30).map(|_| Child::sleeping()).collect();
    let limit = Some(64);
    let limit = Rlimit {
        current: limit,
        maximum: limit,
    };
    setrlimit(Resource::Nofile, limit).unwrap();
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let table = |keep| {
        ProcessTable::builder()
            .attrs(["name", "num_ctx_switches", "memory_info", "num_fds", "exe"])
            .pids(children.iter().map(|child| child.process.pid()))
            .keep_descriptors(keep)
            .bpf(false)
            .build()
            .unwrap()
    };
    let (mut keeping, mut plain) = (table(1000), table(0));
    let whole = |table: &ProcessTable| {
        assert_eq!(table.rows().len(), children.len());
        for row in table.rows() {
            assert_eq!(row.name().unwrap(), "sleep");
            assert!(row.num_ctx_switches().is_ok() && row.memory_info().is_ok());
            for attr in table.attrs() {
                row.value(attr).unwrap();
            }
        }
    };
    let before = open();
    for _ in 0..3 {
        keeping.refresh().unwrap();
        whole(&keeping);
        // Never more than half of so few.
        assert!(
            open() > before && open() <= before + 32,
            "{} after {before}",
            open()
        );
        plain.refresh().unwrap();
        whole(&plain);
    }
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    // Kept descriptors are closed for those that are needed, and nobody is left out.
    for _ in 0..3 {
        keeping.refresh().unwrap();
        whole(&keeping);
    }
    // What was closed for it is free; without any a table tells that, and stays as it was.
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    let rows = plain.rows().len();
    let error = plain.refresh().unwrap_err();
    assert_eq!(
        error.raw_os_error(),
        Some(rustix::io::Errno::MFILE.raw_os_error())
    );
    assert_eq!(plain.rows().len(), rows);
    assert!(plain.rows()[0].name().is_ok() && plain.ended().is_empty());
    drop(taken);
    plain.refresh().unwrap();
    whole(&plain);
}

#[test]
fn processes_that_come_and_go_in_a_hurry() {
    // Bounded: each of them ends by itself, and so does the last.
    let bomb = Child::running(
        "for each in 1 2 3 4 5 6 7 8; do (for each in $(seq 60); do true & done; wait) & done; wait",
    );
    // By one pass of the kernel where that is allowed, and by the files of each.
    let mut tables = [(0, true), (200, true), (0, false), (200, false)].map(|(keep, bpf)| {
        ProcessTable::builder()
            .attrs([
                "name",
                "uids",
                "num_ctx_switches",
                "memory_info",
                "cmdline",
                "io_counters",
                "cpu_percent",
                "num_fds",
            ])
            .keep_descriptors(keep)
            .bpf(bpf)
            .build()
            .unwrap()
    });
    let own = std::process::id();
    loop {
        for table in &mut tables {
            table.refresh().unwrap();
            assert!(
                table
                    .rows()
                    .is_sorted_by(|first, second| first.pid() < second.pid())
            );
            for ended in table.ended() {
                let now = table.row(ended.pid());
                assert!(now.is_none_or(|row| row.identity() != ended.identity()));
            }
            assert!(table.row(own).unwrap().name().is_ok());
        }
        let has_ended = || bomb.process.status().is_ok_and(|status| status == Status::Zombie);
        if has_ended() {
            break;
        }
    }
}

#[test]
fn privilege_is_lost_between_two_readings() {
    const TEST: &str = "table::privilege_is_lost_between_two_readings";
    if !rustix::process::geteuid().is_root() {
        println!("not root: the loss of privilege is not tested");
        return;
    }
    if alone().is_none() {
        run_alone(TEST, "1");
        return;
    }
    let child = Child::sleeping();
    let pid = child.process.pid();
    let attrs = ["name", "uids", "memory_info", "num_threads", "io_counters"];
    // `exe` is a question of its own for each process, asked beside the pass of the kernel over all.
    let mut tables = [(0, None), (0, Some("exe")), (100, Some("exe"))].map(|(keep, own)| {
        ProcessTable::builder()
            .attrs(attrs)
            .attrs(own)
            .keep_descriptors(keep)
            .build()
            .unwrap()
    });
    for table in &mut tables {
        // Twice: what the second reading keeps open must not serve another user.
        for _ in 0..2 {
            table.refresh().unwrap();
            assert!(table.row(pid).unwrap().io_counters().is_ok());
        }
    }
    // Of this thread alone: another ends the child.
    let dropped = std::thread::spawn(move || {
        set_thread_uid(Uid::from_raw(65534)).unwrap();
        for table in &mut tables {
            for _ in 0..2 {
                table.refresh().unwrap();
                let row = table.row(pid).unwrap();
                assert_eq!(row.name().unwrap(), "sleep");
                assert_eq!(row.uids().unwrap().real, 0);
                assert_eq!(row.num_threads().unwrap(), 1);
                assert!(row.memory_info().unwrap().vms > 0);
                assert!(row.io_counters().unwrap_err().is_access_denied());
            }
        }
    });
    dropped.join().unwrap();
}

/// Older kernels, copies of another machine's files, a zombie, names that hold anything: as a visit tells it.
#[test]
fn rows_of_other_roots() {
    for (case, count) in [
        ("process-6.18", 2),
        ("process-3.10", 1),
        ("process-2.6", 1),
        ("process-quirks", 1),
    ] {
        let root = Root::at(testdata(case));
        let known = ATTRS
            .iter()
            .filter(|attr| attr.on.contains(PLATFORM) && attr.get.is_some());
        for keep in [0, 100] {
            let mut table = ProcessTable::builder()
                .root(&root)
                .attrs(known.clone().map(|attr| attr.name))
                .keep_descriptors(keep)
                .build()
                .unwrap();
            assert_eq!(table.root(), &root);
            for _ in 0..2 {
                table.refresh().unwrap();
                assert_eq!(table.rows().len(), count, "{case}");
                assert!(table.ended().is_empty());
            }
            for row in table.rows() {
                let visit = Process::at(&root, row.pid()).unwrap().oneshot().unwrap();
                for attr in table.attrs() {
                    match (row.value(attr), (attr.get.unwrap())(&visit)) {
                        (Ok(told), Ok(expected)) => assert_eq!(told, expected, "{} of {case}", attr.name),
                        (Err(told), Err(expected)) => {
                            assert_eq!(told.to_string(), expected.to_string(), "{} of {case}", attr.name);
                        }
                        (told, expected) => panic!("{} of {case}: {told:?}, not {expected:?}", attr.name),
                    }
                }
            }
        }
    }
    assert_eq!(
        ProcessTable::builder()
            .root(&Root::at("/nonexistent/root"))
            .build()
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}
