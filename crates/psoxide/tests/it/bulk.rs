//! What the kernel tells in one pass over all processes is what it tells in `/proc` of each: compared for a thousand
//! processes of all kinds, as far as they do not change between the two; and nothing is left of it afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use psoxide::catalog::Attr;
use psoxide::model::process::Identity;
use psoxide::process::{Row, Source};
use psoxide::schema::Value;
use psoxide::{ErrorKind, ProcessTable};

use crate::child::{self, Child, until};

/// All that one pass tells of a process.
const ATTRS: [&str; 19] = [
    "cpu_num",
    "cpu_times",
    "create_time",
    "gids",
    "io_counters",
    "memory_info",
    "memory_info_ex",
    "memory_percent",
    "name",
    "nice",
    "num_ctx_switches",
    "num_threads",
    "page_faults",
    "pid",
    "ppid",
    "status",
    "terminal",
    "uids",
    "username",
];

fn table(bpf: bool) -> ProcessTable {
    table_of(&ATTRS, bpf)
}

fn table_of(attrs: &[&str], bpf: bool) -> ProcessTable {
    let builder = ProcessTable::builder().attrs(attrs.iter().copied()).bpf(bpf);
    builder.build().unwrap()
}

/// A table that reads in one pass; `None`, and why, where that cannot be done.
fn bulk() -> Option<ProcessTable> {
    let mut table = table(true);
    for _ in 0..2 {
        table.refresh().unwrap();
    }
    if let Some(error) = table.bulk_error() {
        assert_eq!(table.source(), Source::EachProcess);
        println!("not compared: one pass over all processes with /proc: {error}");
        return None;
    }
    assert_eq!(table.source(), Source::Bulk);
    Some(table)
}

/// Processes that end with the test.
struct Crowd(Vec<std::process::Child>);

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
        }
        for child in &mut self.0 {
            let _ = child.wait();
        }
    }
}

/// A thousand: most sleep, a hundred have ended and were not waited for, some act for another user.
fn crowd() -> Crowd {
    let start = |command: &mut Command| {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).spawn().unwrap()
    };
    let mut crowd = Crowd(Vec::new());
    for number in 0..1000 {
        crowd.0.push(match number % 20 {
            0 | 1 => start(&mut Command::new("true")),
            2 => start(Command::new("setpriv").args([
                "--ruid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                "sleep",
                "600",
            ])),
            3 => start(Command::new("nice").args(["sleep", "600"])),
            _ => start(Command::new("sleep").arg("600")),
        });
    }
    crowd
}

/// Runs in a program of its own: many threads, some of which have ended, and a name that is none.
#[test]
fn many_threads() {
    if child::alone().is_none() {
        return;
    }
    let work = || {
        fs::read("/proc/self/stat").unwrap();
        (0..300_000_u64).fold(0, |sum, number| std::hint::black_box(sum ^ (number * number)))
    };
    for _ in 0..3 {
        std::thread::spawn(work).join().unwrap();
    }
    let threads: u64 = std::env::var("THREADS").unwrap().parse().unwrap();
    for number in 0..threads {
        std::thread::spawn(move || {
            if number % 8 == 0 {
                work();
            }
            loop {
                std::thread::park();
            }
        });
    }
    // The name of the first thread is the process's.
    fs::write(
        format!("/proc/self/task/{}/comm", std::process::id()),
        b"a) R (b\xff\n1",
    )
    .unwrap();
    println!("started");
    loop {
        std::thread::park();
    }
}

fn with_threads(count: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    child::only(&mut command, "bulk::many_threads", "");
    command
        .env("THREADS", count.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = Child::of(&mut command);
    // Its own two threads and those.
    until(|| {
        let visit = child.process.oneshot().unwrap();
        u64::from(visit.num_threads().unwrap()) == count + 2 && visit.name().unwrap().starts_with(b"a) R")
    });
    child
}

/// The numbers of a value that only grow while a process runs, and how much the second of three may lie outside of the
/// others.
fn growing(attribute: &str, value: &Value) -> (Vec<f64>, f64) {
    let numbers = match value {
        Value::Record(_, fields) => fields.iter().filter_map(number).collect(),
        _ => Vec::new(),
    };
    match attribute {
        "io_counters" | "num_ctx_switches" | "page_faults" => (numbers, 0.0),
        // The time that a process ran is divided by estimate, and each part is cut to ticks.
        "cpu_times" => (numbers, 0.25),
        _ => (Vec::new(), 0.0),
    }
}

/// Whether a value is one of two others, or each of its numbers lies between theirs.
fn is_between(seen: &Value, before: &Value, after: &Value) -> bool {
    if let (Value::Record(_, seen), Value::Record(_, before), Value::Record(_, after)) = (seen, before, after)
    {
        let mut fields = seen.iter().zip(before.iter().zip(after));
        return fields.all(|(seen, (before, after))| is_between(seen, before, after));
    }
    match (number(seen), number(before), number(after)) {
        (Some(seen), Some(before), Some(after)) => before.min(after) <= seen && seen <= before.max(after),
        _ => seen == before || seen == after,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Record(_, fields) => format!("{fields:?}"),
        _ => format!("{value:?}"),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::U64(number) => Some(*number as f64),
        Value::F64(number) => Some(*number),
        _ => None,
    }
}

#[test]
fn one_pass_tells_what_proc_tells() {
    let Some(mut bulk) = bulk() else { return };
    let _crowd = crowd();
    let _threads = [1, 5, 60, 400].map(with_threads);
    let mut files = [table(false), table(false)];
    let attrs: Vec<&Attr> = bulk.attrs().to_vec();
    // What differed in every round up to now, of processes that were there in all of them.
    let mut different: Option<BTreeMap<(u32, &str), String>> = None;
    let mut compared = BTreeSet::new();
    for _ in 0..40 {
        files[0].refresh().unwrap();
        bulk.refresh().unwrap();
        files[1].refresh().unwrap();
        assert_eq!(bulk.source(), Source::Bulk, "{:?}", bulk.bulk_error());
        let mut now = BTreeMap::new();
        for row in files[0].rows() {
            let (pid, identity) = (row.pid(), row.identity());
            let same = |row: &&Row| row.identity() == identity;
            let Some(after) = files[1].row(pid).filter(same) else {
                continue;
            };
            let seen = bulk.row(pid).filter(same);
            let seen =
                seen.unwrap_or_else(|| panic!("process {pid} was there before and after, not meanwhile"));
            for attr in &attrs {
                let told = [row, seen, after].map(|row| row.value(attr));
                let [Ok(before), Ok(seen), Ok(after)] = &told else {
                    let kinds = told
                        .each_ref()
                        .map(|told| told.as_ref().err().map(|error| error.kind()));
                    assert!(
                        kinds.contains(&Some(ErrorKind::AccessDenied)),
                        "{} of {pid}: {told:?}",
                        attr.name
                    );
                    continue;
                };
                compared.insert((pid, attr.name));
                let grown = [before, seen, after].map(|value| growing(attr.name, value));
                let [(least, slack), (numbers, _), (most, _)] = &grown;
                if !numbers.is_empty() {
                    for (number, (least, most)) in numbers.iter().zip(least.iter().zip(most)) {
                        assert!(
                            least - slack <= *number && *number <= most + slack,
                            "{} of {pid}: {grown:?} is not in between",
                            attr.name
                        );
                    }
                } else if !is_between(seen, before, after) {
                    now.insert((pid, attr.name), [before, seen, after].map(text).join(", "));
                }
            }
        }
        different = Some(match different {
            None => now,
            Some(mut different) => {
                different.retain(|key, _| now.contains_key(key));
                different
            }
        });
        if different.as_ref().is_some_and(BTreeMap::is_empty) {
            break;
        }
    }
    let processes: BTreeSet<u32> = compared.iter().map(|(pid, _)| *pid).collect();
    assert!(
        processes.len() > 1000,
        "only {} processes were compared",
        processes.len()
    );
    let different = different.unwrap();
    assert!(different.is_empty(), "never the same: {different:#?}");
    println!(
        "compared {} answers of {} processes",
        compared.len(),
        processes.len()
    );
}

/// How many processes wait below each shell of [`a_crowd_is_told_to_the_last`].
const BELOW_A_SHELL: usize = 1024;

/// As many processes as a machine may often have at most, and more. Only where `PSOXIDE_CROWD` asks for so many: on a machine of
/// its own, as `cargo xtask vm` starts it.
#[test]
fn a_crowd_is_told_to_the_last() {
    let Ok(count) = std::env::var("PSOXIDE_CROWD") else {
        println!("not compared: a crowd of thousands, which PSOXIDE_CROWD=32768 asks for");
        return;
    };
    let count: usize = count.parse().unwrap();
    if bulk().is_none() {
        return;
    }
    // Who waits is the shell itself, forked, for the end of a file that only this test could write to.
    let script = format!(
        "exec 3<&0; i=0; while [ $i -lt {BELOW_A_SHELL} ]; do read -r line <&3 & i=$((i + 1)); done; echo started; wait"
    );
    let mut shells: Vec<Child> = (0..count.div_ceil(BELOW_A_SHELL))
        .map(|_| {
            let mut command = Command::new("sh");
            let command = command.args(["-c", &script]).stderr(Stdio::null());
            Child::of(command.stdin(Stdio::piped()).stdout(Stdio::piped()))
        })
        .collect();
    for shell in &mut shells {
        let mut line = String::new();
        let stdout = shell.started.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        assert_eq!(line, "started\n");
    }
    let parents: BTreeSet<u32> = shells.iter().map(|shell| shell.process.pid()).collect();
    let below = |table: &ProcessTable| -> BTreeMap<Identity, Vec<String>> {
        let rows = table.rows().iter();
        rows.filter(|row| row.ppid().is_ok_and(|parent| parents.contains(&parent)))
            .map(|row| {
                let attrs = table.attrs().iter();
                let told = attrs.map(|attr| text(&row.value(attr).unwrap()));
                (row.identity(), told.collect())
            })
            .collect()
    };
    // Of one file each: an emulated machine takes its time.
    let attrs = [
        "cpu_times",
        "create_time",
        "name",
        "nice",
        "num_threads",
        "page_faults",
        "ppid",
        "status",
    ];
    let [mut bulk, before, after] = [true, false, false].map(|bpf| table_of(&attrs, bpf));
    let mut files = [before, after];
    for _ in 0..20 {
        files[0].refresh().unwrap();
        bulk.refresh().unwrap();
        files[1].refresh().unwrap();
        assert_eq!(bulk.source(), Source::Bulk, "{:?}", bulk.bulk_error());
        let [before, after] = files.each_ref().map(below);
        assert_eq!(before.len(), parents.len() * BELOW_A_SHELL);
        // At first some of them have not come to rest.
        if before == after {
            let told = below(&bulk);
            assert_eq!(told.len(), before.len());
            let differs = |identity: &&Identity| told.get(identity) != before.get(identity);
            let different = before.keys().find(differs);
            let pair = different.map(|identity| (before.get(identity), told.get(identity)));
            assert_eq!(different, None, "{pair:?}");
            return;
        }
    }
    panic!("the crowd never came to rest");
}

/// Attributes that the pass does not tell are asked of each process by itself, between that pass and another.
#[test]
fn what_the_pass_does_not_tell_is_asked_beside_it() {
    if bulk().is_none() {
        return;
    }
    let _crowd = crowd();
    let beside = [
        "cmdline",
        "cpu_affinity",
        "cwd",
        "exe",
        "ionice",
        "name",
        "nice",
        "num_fds",
        "num_threads",
        "ppid",
        "threads",
        "uids",
    ];
    let mut tables = [false, true, false].map(|bpf| {
        let builder = ProcessTable::builder().attrs(beside).bpf(bpf);
        builder.build().unwrap()
    });
    for _ in 0..2 {
        for table in &mut tables {
            table.refresh().unwrap();
        }
    }
    let [before, told, after] = tables;
    assert_eq!(told.source(), Source::Bulk);
    assert_eq!(before.source(), Source::EachProcess);
    let mut compared = 0;
    for row in before.rows() {
        let same = |other: &&Row| other.identity() == row.identity();
        // The crowd does nothing; of others what is the same before and after may have been another in between.
        let Some(last) = after.row(row.pid()).filter(same) else {
            continue;
        };
        if row.ppid().ok() != Some(std::process::id()) {
            continue;
        }
        let seen = told
            .row(row.pid())
            .filter(same)
            .expect("it was there all the time");
        for attr in told.attrs() {
            let text = |row: &Row| match row.value(attr) {
                Ok(value) => format!("{value:?}"),
                Err(error) => format!("{:?}", error.kind()),
            };
            let (one, other) = (text(row), text(last));
            // What stays as it is.
            if one == other {
                compared += 1;
                assert_eq!(text(seen), one, "{} of {}", attr.name, row.pid());
            }
        }
    }
    assert!(compared > 11 * 900, "only {compared} answers could be compared");
}

#[test]
fn it_can_be_forbidden() {
    let mut table = table(false);
    for _ in 0..2 {
        table.refresh().unwrap();
        assert_eq!(table.source(), Source::EachProcess);
        assert_eq!(table.bulk_error().unwrap().kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn another_root_is_read_by_its_files() {
    let root = psoxide::Root::at("/");
    let builder = ProcessTable::builder().root(&root).attrs(["name"]).bpf(true);
    let mut table = builder.build().unwrap();
    for _ in 0..2 {
        table.refresh().unwrap();
    }
    assert_eq!(table.source(), Source::EachProcess);
    assert_eq!(table.bulk_error().unwrap().kind(), ErrorKind::ForeignRoot);
    assert!(table.rows().iter().any(|row| row.pid() == std::process::id()));
}

/// Runs in a program of its own: whoever may no longer do what loading took still reads its table.
#[test]
fn leave_that_is_lost_between_two_readings() {
    if child::alone().is_none() {
        return child::run_alone("bulk::leave_that_is_lost_between_two_readings", "");
    }
    let Some(mut table) = bulk() else { return };
    let none = rustix::thread::CapabilitySets {
        effective: rustix::thread::CapabilitySet::empty(),
        permitted: rustix::thread::CapabilitySet::empty(),
        inheritable: rustix::thread::CapabilitySet::empty(),
    };
    rustix::thread::set_capabilities(None, none).unwrap();
    // The kernel asks for leave when a program is loaded, not when it is run, as with an open file.
    for _ in 0..2 {
        table.refresh().unwrap();
        let own = table.row(std::process::id()).unwrap();
        assert_eq!(
            own.name().unwrap(),
            psoxide::Process::current().unwrap().name().unwrap()
        );
        assert!(own.memory_info().unwrap().rss > 0);
    }
    // A new one may not.
    let mut refused = self::table(true);
    for _ in 0..2 {
        refused.refresh().unwrap();
    }
    assert_eq!(refused.source(), Source::EachProcess);
    let error = refused.bulk_error().unwrap();
    assert!(error.is_access_denied(), "{error}");
    assert!(refused.row(std::process::id()).is_some());
}
