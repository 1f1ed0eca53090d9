//! A program that is out of descriptors. Each test runs in a process of its own, whose limit it may lower.

use std::fmt::Debug;
use std::fs::File;
use std::process::Command;

use psoxide::{ErrorKind, Result, Root};
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
