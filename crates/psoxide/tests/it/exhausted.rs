//! A program that is out of descriptors. Each test runs in a process of its own, whose limit it may lower.

use std::fmt::Debug;
use std::fs::File;
use std::process::Command;

use psoxide::catalog::{ATTRS, PLATFORM, PROBES};
use psoxide::{ErrorKind, Process, Result, Root, Signal};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::roots::testdata;

/// Says to a test that the process is its own.
const ALONE: &str = "PSOXIDE_TEST_ALONE";

/// Whether the process is this test's own; if not, runs it in one, and its failure is this one's.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{why}"
    );
    false
}

/// Takes all descriptors that a low limit allows.
fn take_all() -> Vec<File> {
    let limit = Some(64);
    let limit = Rlimit {
        current: limit,
        maximum: limit,
    };
    setrlimit(Resource::Nofile, limit).unwrap();
    let mut taken = Vec::new();
    loop {
        match File::open("/dev/null") {
            Ok(file) => taken.push(file),
            Err(error) => {
                assert_eq!(
                    error.raw_os_error(),
                    Some(rustix::io::Errno::MFILE.raw_os_error())
                );
                return taken;
            }
        }
    }
}

/// A question and its answer, as text.
type Question = (&'static str, fn(&Root) -> Result<String>);

fn text<T: Debug>(answer: Result<T>) -> Result<String> {
    answer.map(|answer| format!("{answer:?}"))
}

const QUESTIONS: &[Question] = &[
    ("system-3.10", |root| text(root.cpu_times())),
    ("system-3.10", |root| text(root.cpu_stats())),
    ("system-3.10", |root| text(root.cpu_count())),
    ("system-3.10", |root| text(root.cpu_count_cores())),
    ("system-3.10", |root| text(root.cpu_freq_per_cpu())),
    ("system-3.10", |root| text(root.getloadavg())),
    ("system-3.10", |root| text(root.virtual_memory())),
    ("system-3.10", |root| text(root.swap_memory())),
    ("system-3.10", |root| text(root.boot_time())),
    ("system-3.10", |root| text(root.sensors_temperatures())),
    ("system-3.10", |root| text(root.sensors_fans())),
    ("system-6.18", |root| text(root.cpu_freq_per_cpu())),
    ("system-laptop", |root| text(root.cpu_freq_per_cpu())),
    ("system-laptop", |root| text(root.cpu_count_cores())),
    ("system-laptop", |root| text(root.sensors_temperatures())),
    ("system-laptop", |root| text(root.sensors_fans())),
    ("system-laptop", |root| text(root.sensors_battery())),
    ("system-thermal", |root| text(root.cpu_freq_per_cpu())),
    ("system-thermal", |root| text(root.sensors_temperatures())),
    ("system-desktop", |root| text(root.sensors_temperatures())),
];

#[test]
fn without_a_descriptor_every_question_is_an_error_and_with_one_it_is_answered() {
    if !is_alone("exhausted::without_a_descriptor_every_question_is_an_error_and_with_one_it_is_answered") {
        return;
    }
    let roots: Vec<Root> = QUESTIONS
        .iter()
        .map(|(case, _)| Root::at(testdata(case)))
        .collect();
    let questions = || QUESTIONS.iter().zip(&roots).enumerate();
    let answers: Vec<String> = questions()
        .map(|(_, ((_, ask), root))| ask(root).unwrap())
        .collect();

    let mut taken = take_all();
    for (number, ((case, ask), root)) in questions() {
        let error = ask(root).expect_err(&format!("question {number} of {case}"));
        assert_eq!(error.kind(), ErrorKind::Os, "{error}");
        assert_eq!(
            error.raw_os_error(),
            Some(rustix::io::Errno::MFILE.raw_os_error())
        );
        assert!(error.what().contains(case), "{error}");
    }

    // No question holds one file while it opens another, and none keeps one.
    taken.pop();
    for (number, ((case, ask), root)) in questions() {
        assert_eq!(ask(root).unwrap(), answers[number], "{case}");
    }
}

/// Whether an answer was given, or refused because there is no descriptor.
fn has_answer<T: Debug>(what: &str, answer: Result<T>) -> bool {
    match answer {
        Ok(_) => true,
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) => {
            assert_eq!(error.kind(), ErrorKind::Os, "{what}: {error}");
            assert!(
                error.what().starts_with('/') || error.what().contains("netlink"),
                "{error}"
            );
            false
        }
        // Whatever else is wrong here has nothing to do with descriptors.
        Err(error) => {
            assert!(
                !error.is_no_such_process() && !error.is_zombie_process(),
                "{what}: {error}"
            );
            true
        }
    }
}

#[test]
fn without_a_descriptor_a_process_is_not_taken_for_gone() {
    if !is_alone("exhausted::without_a_descriptor_a_process_is_not_taken_for_gone") {
        return;
    }
    let process = Process::current().unwrap();
    let pid = process.pid();
    let visit = process.oneshot().unwrap();
    let attrs = || ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
    let mut taken = take_all();

    let mut refused = 0;
    for (attr, get) in attrs().filter_map(|attr| Some((attr, attr.get?))) {
        refused += u32::from(!has_answer(attr.name, get(&visit)));
    }
    for probe in PROBES.iter().filter(|probe| probe.on.contains(PLATFORM)) {
        refused += u32::from(!has_answer(probe.name, (probe.get)(&Root::default())));
    }
    assert!(refused > 30, "{refused}");
    assert!(!has_answer("new", Process::new(pid)));
    assert!(!has_answer("oneshot", process.oneshot().map(drop)));
    assert!(!has_answer("is_running", process.is_running()));
    assert!(!has_answer("pid_exists", psoxide::pid_exists(pid)));
    assert!(!has_answer("parent", process.parent()));
    assert!(!has_answer("children", process.children(true)));
    assert!(!has_answer("signal", process.send_signal(Signal::from_number(0))));
    assert!(!has_answer("processes", psoxide::processes().map(drop)));

    // A few are enough for one visit, and a few more for a listing.
    taken.truncate(taken.len() - 4);
    let visit = process.oneshot().unwrap();
    for (attr, get) in attrs().filter_map(|attr| Some((attr, attr.get?))) {
        assert!(has_answer(attr.name, get(&visit)), "{}", attr.name);
    }
    drop(visit);
    for probe in PROBES.iter().filter(|probe| probe.on.contains(PLATFORM)) {
        assert!(
            has_answer(probe.name, (probe.get)(&Root::default())),
            "{}",
            probe.name
        );
    }
    taken.truncate(taken.len() - 12);
    for visit in psoxide::processes().unwrap() {
        for error in [visit.name().err(), visit.uids().err(), visit.threads().err()] {
            // One that ends meanwhile is gone indeed.
            assert!(error.is_none_or(|error| error.raw_os_error() != Some(rustix::io::Errno::MFILE.raw_os_error())));
        }
    }
}
