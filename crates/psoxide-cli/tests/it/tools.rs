//! What is no listing of processes: `killall`, `holders`, `bench`, `winservices`.

use std::fs::{self, File};
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use expect_test::expect_file;
use serde_json::Value;

use crate::command::{at, fail, json, psoxide, succeed, text};

/// A folder of this test's own, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let place = std::env::temp_dir().join(format!("psoxide-{name}-{}", std::process::id()));
        fs::create_dir(&place).unwrap();
        Folder(place.canonicalize().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A `sleep` of this name, which no other process has, started and asleep.
fn sleeper(program: &Path) -> Child {
    fs::copy("/bin/sleep", program).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut child = loop {
        match Command::new(program).arg("600").spawn() {
            Ok(child) => break child,
            // Another test's child may hold the file that was just written open for writing.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
            Err(error) => panic!("{}: {error}", program.display()),
        }
        assert!(Instant::now() < deadline, "{} stays busy", program.display());
        thread::sleep(Duration::from_millis(5));
    };
    let name = program.file_name().unwrap().to_str().unwrap();
    let asleep = format!("({name}) S");
    while !fs::read_to_string(format!("/proc/{}/stat", child.id()))
        .unwrap()
        .contains(&asleep)
    {
        assert!(Instant::now() < deadline, "{name} does not sleep");
        assert_eq!(child.try_wait().unwrap(), None);
        thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn killall_ends_who_has_the_name_and_nobody_else() {
    let folder = Folder::new("kill");
    let name = format!("psx{}a", std::process::id() % 1_000_000);
    let other = format!("{name}b");
    let mut first = sleeper(&folder.path(&name));
    let mut second = sleeper(&folder.path(&other));
    assert_eq!(
        succeed(psoxide().args(["killall", "--dry-run", &name])),
        format!("{} {name}\n", first.id())
    );
    assert_eq!(
        succeed(psoxide().args(["killall", "--signal", "term", &name])),
        ""
    );
    assert_eq!(first.wait().unwrap().signal(), Some(15));
    assert_eq!(second.try_wait().unwrap(), None);
    assert_eq!(succeed(psoxide().args(["killall", &other])), "");
    assert_eq!(second.wait().unwrap().signal(), Some(9));
    let (status, message) = fail(psoxide().args(["killall", &name]));
    assert_eq!((status, message), (1, format!("{name}: no process found\n")));
    let (status, message) = fail(psoxide().args(["killall", "--signal", "SIGNONE", &name]));
    assert!(status == 2 && message.contains("SIGNONE"), "{message}");
}

#[test]
fn killall_spares_the_first_process_and_its_own_ancestors() {
    // This test started it. Nothing is signalled in a dry run, whoever is spared.
    for (pid, reason) in [(std::process::id(), "started by"), (1, "the first process")] {
        let answer = json(psoxide().args(["procinfo", &pid.to_string(), "--json", "-o", "name"]));
        let name = answer["name"].as_str().unwrap();
        let output = psoxide().args(["killall", "-n", name]).output().unwrap();
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(
            complaint
                .lines()
                .any(|line| line.contains(&format!("spared {pid}, ")) && line.contains(reason)),
            "{name}: {complaint}"
        );
        let shown = text(&output.stdout);
        let line = format!("{pid} {name}");
        assert!(!shown.lines().any(|shown| shown == line), "{shown}");
        let forced = psoxide()
            .args(["killall", "-n", "--force", name])
            .output()
            .unwrap();
        assert!(text(&forced.stdout).lines().any(|shown| shown == line));
    }
}

#[test]
fn killall_signals_nobody_of_another_root() {
    let (status, message) = fail(at("small-host").args(["killall", "python3"]));
    assert!(
        status == 1 && message.contains("running system only"),
        "{message}"
    );
}

#[test]
fn holders_names_who_holds_a_file_and_how() {
    let folder = Folder::new("hold");
    let program = folder.path("psxholder");
    let mut child = sleeper(&program);
    let file = folder.path("open \x1b[2J");
    let held = File::create(&file).unwrap();
    let socket = UnixListener::bind(folder.path("socket")).unwrap();
    let holds = |path: &Path| -> Vec<(u64, String)> {
        let output = psoxide().arg("holders").arg(path).arg("--json").output().unwrap();
        let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["pid"].as_u64().unwrap(),
                row["how"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
    };
    let (own, other) = (u64::from(std::process::id()), u64::from(child.id()));
    assert_eq!(holds(&program), [(other, String::from("program"))]);
    assert_eq!(holds(&file), [(own, String::from("open"))]);
    assert_eq!(holds(&folder.path("socket")), [(own, String::from("socket"))]);
    // Below the folder are all of them.
    assert_eq!(holds(&folder.0).len(), 3);
    let output = psoxide().arg("holders").arg(&file).output().unwrap();
    let table = text(&output.stdout);
    assert!(
        table.contains(r"open \x1b[2J") && !table.contains('\x1b'),
        "{table}"
    );
    drop((held, socket));
    child.kill().unwrap();
    child.wait().unwrap();
    let output = psoxide().arg("holders").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (status, message) = fail(psoxide().args(["holders", "/no/such/file"]));
    assert!(status == 1 && message.contains("/no/such/file"), "{message}");
}

#[test]
fn holders_of_a_root_of_fixtures() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    let output = at("small-host")
        .args(["holders", "/home/anna", "/usr/bin/python3.11"])
        .output()
        .unwrap();
    expect_file![format!("{folder}/holders.txt")].assert_eq(&text(&output.stdout));
}

#[test]
fn benches_tell_what_they_measured() {
    let oneshot = json(psoxide().args(["bench", "oneshot", "--times", "3", "--json"]));
    let methods = oneshot["methods"].as_array().unwrap();
    assert!(
        methods.contains(&Value::from("cpu_times")) && methods.len() > 10,
        "{oneshot}"
    );
    let (regular, once) = (
        oneshot["regular"].as_f64().unwrap(),
        oneshot["oneshot"].as_f64().unwrap(),
    );
    // Reading numbers from text may round the last digit.
    let speedup = oneshot["speedup"].as_f64().unwrap();
    assert!((speedup - regular / once).abs() < speedup * 1e-12, "{oneshot}");
    let written = succeed(psoxide().args(["bench", "oneshot", "-i", "2", "-n", "ppid,name"]));
    let lines: Vec<&str> = written.lines().collect();
    assert!(
        lines[0].starts_with("2 methods involved on Linux (2 iterations, psoxide "),
        "{written}"
    );
    assert_eq!(lines[1..3], ["    name", "    ppid"]);
    assert!(
        lines[3].starts_with("regular:  ") && lines[4].starts_with("oneshot:  "),
        "{written}"
    );
    let (status, message) = fail(psoxide().args(["bench", "oneshot", "-n", "nme"]));
    assert!(status == 2 && message.contains("did you mean name?"), "{message}");

    let calls = json(at("small-host").args(["bench", "api", "--times", "2", "--pid", "2001", "--json"]));
    let calls = calls.as_array().unwrap();
    let of = |scope: &str| calls.iter().filter(|call| call["of"] == scope).count();
    assert!(of("system") > 5 && of("process") > 15, "{calls:?}");
    assert!(calls.iter().all(|call| call["calls"] == 2), "{calls:?}");
}

#[test]
fn services_are_windows_s() {
    let (status, message) = fail(psoxide().arg("winservices"));
    assert_eq!(
        (status, &*message),
        (
            1,
            "psoxide: winservices: only Windows has services of this kind\n"
        )
    );
}

#[test]
fn the_questions_of_the_help_page_are_answered() {
    let help = succeed(psoxide().arg("--help"));
    for question in ["(USS)?", "who listens on port", "who holds this file"] {
        assert!(help.contains(question), "{help}");
    }
}
