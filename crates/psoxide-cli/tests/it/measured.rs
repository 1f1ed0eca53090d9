//! Lists of what happened between two looks: `top`, `iotop`, `nettop` and `cpu-distribution` where there is no screen. Over
//! fixtures nothing happens, so what is measured is nothing there; what is is measured on the running system.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use expect_test::expect_file;
use serde_json::Value;

use crate::command::{at, fail, json, psoxide, succeed, text};

/// A child that keeps a CPU busy until it is dropped.
struct Busy(Child);

impl Busy {
    fn start() -> Busy {
        Busy(
            Command::new("sh")
                .args(["-c", "while :; do :; done"])
                .spawn()
                .unwrap(),
        )
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // It cannot end by itself.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn small_host(arguments: &[&str]) -> String {
    succeed(at("small-host").args(arguments).args(["--interval", "0.01"]))
}

#[test]
fn top() {
    let written = small_host(&["top"]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    // The clock goes on although the host does not.
    let lines = written
        .lines()
        .map(|line| line.split("  Uptime: ").next().unwrap_or_default());
    let lines: Vec<&str> = lines.collect();
    expect_file![format!("{folder}/top.txt")].assert_eq(&(lines.join("\n") + "\n"));
    let uptime = written
        .lines()
        .find_map(|line| line.split_once("  Uptime: "))
        .unwrap()
        .1;
    assert!(uptime.contains(" days, "), "{uptime}");
}

#[test]
fn iotop_and_cpu_distribution() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    expect_file![format!("{folder}/iotop.txt")].assert_eq(&small_host(&["iotop", "--user", "root"]));
    expect_file![format!("{folder}/cpu-distribution.txt")].assert_eq(&small_host(&["cpu-distribution"]));
}

#[test]
fn nettop() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    let written = succeed(at("net-6.18").args(["nettop", "--interval", "0.01"]));
    expect_file![format!("{folder}/nettop.txt")].assert_eq(&written);
}

#[test]
fn lists_for_programs() {
    let processes: Value = serde_json::from_str(&small_host(&["top", "--json"])).unwrap();
    let init = processes
        .as_array()
        .unwrap()
        .iter()
        .find(|process| process["pid"] == 1)
        .unwrap();
    assert_eq!(init["cpu_percent"], 0.0);
    assert_eq!(init["cmdline"], serde_json::json!(["/sbin/init", "splash"]));
    let rows = small_host(&[
        "iotop",
        "--jsonl",
        "-o",
        "pid,io_rates.read_bytes",
        "--sort",
        "pid",
    ]);
    assert_eq!(
        rows.lines().next(),
        Some(r#"{"pid":1,"io_rates.read_bytes":0.0,"errors":{}}"#)
    );
    let cpus: Value = serde_json::from_str(&small_host(&["cpu-distribution", "--json"])).unwrap();
    assert_eq!(cpus[0]["cpu"], 0);
    assert!(
        cpus[0]["processes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|process| process["name"] == "init")
    );
}

#[test]
fn so_many_lists_are_written_as_are_asked_for() {
    let twice = small_host(&["cpu-distribution", "-n", "2"]);
    assert_eq!(twice, small_host(&["cpu-distribution"]).repeat(2));
    assert_eq!(small_host(&["cpu-distribution", "-n", "0"]), "");
    // Without an end it goes on until nobody reads.
    let mut command = at("small-host");
    command.args(["cpu-distribution", "--batch", "--interval", "0.01"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut first = [0; 4096];
    let read = std::io::Read::read(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    assert!(text(&first[..read]).starts_with("CPU 0"));
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_makes_no_sense_is_refused() {
    for arguments in [
        &["top", "--interval", "0"][..],
        &["top", "--interval", "never"],
        &["top", "-n", "-1"],
        &["top", "--theme", "none"],
        &["top", "--readonly", "--force"],
        &["top", "--sort", "no_such_column"],
    ] {
        let (status, _) = fail(at("small-host").args(arguments));
        assert_eq!(status, 2, "{arguments:?}");
    }
    let (status, message) = fail(at("no-such-case").arg("top"));
    assert_eq!(status, 1);
    assert!(message.contains("no-such-case/proc"), "{message}");
}

#[test]
fn who_is_busy_is_told_so() {
    let busy = Busy::start();
    let pid = busy.0.id();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let rows = json(psoxide().args(["top", "--json", "--interval", "0.2", "--pid", &pid.to_string()]));
        let percent = rows[0]["cpu_percent"].as_f64();
        // On a busy machine its turn may not have come.
        if percent.is_some_and(|percent| percent > 1.0) {
            break;
        }
        assert!(Instant::now() < deadline, "{rows}");
    }
}

#[test]
fn ps_tells_how_busy_a_process_was_since_it_was_started() {
    let busy = Busy::start();
    let pid = busy.0.id().to_string();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let columns = "cpu_percent,cpu_times,create_time";
        let before = now();
        let rows = json(psoxide().args(["ps", "--json", "--pid", &pid, "-o", columns]));
        let after = now();
        let number = |place: &str| rows[0].pointer(place).and_then(Value::as_f64).unwrap();
        let used = number("/cpu_times/user") + number("/cpu_times/system");
        let start = number("/create_time");
        if used > 0.1 {
            let percent = number("/cpu_percent");
            let (least, most) = (used / (after - start) * 100.0, used / (before - start) * 100.0);
            assert!(least <= percent && percent <= most, "{least} {percent} {most}");
            break;
        }
        assert!(Instant::now() < deadline, "{rows}");
    }
}

#[test]
fn ps_tells_how_busy_a_process_was_since_the_list_before() {
    let busy = Busy::start();
    let pid = busy.0.id().to_string();
    let mut watching = psoxide()
        .args([
            "ps",
            "--jsonl",
            "--pid",
            &pid,
            "-o",
            "cpu_percent",
            "--watch",
            "0.05",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut rows = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    assert_eq!(rows.next().unwrap()["cpu_percent"], Value::Null);
    let deadline = Instant::now() + Duration::from_secs(60);
    for row in rows.by_ref() {
        let percent = row["cpu_percent"].as_f64().unwrap();
        // On a busy machine its turn may not have come.
        if percent > 1.0 {
            break;
        }
        assert!(Instant::now() < deadline, "{row}");
    }
    // Nobody reads any more.
    drop(rows);
    assert!(watching.wait().unwrap().success());
}

/// Seconds since the epoch.
fn now() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs_f64()
}

#[test]
fn interfaces_are_those_of_the_kernel() {
    let table = fs::read_to_string("/proc/net/dev").unwrap();
    let mut names: Vec<&str> = table
        .lines()
        .skip(2)
        .filter_map(|line| line.split(':').next())
        .map(str::trim)
        .collect();
    let nics = json(psoxide().args(["nettop", "--json", "--interval", "0.05"]));
    let nics = nics.as_array().unwrap();
    let mut told: Vec<&str> = nics.iter().map(|nic| nic["nic"].as_str().unwrap()).collect();
    names.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, names);
    assert!(nics.iter().all(|nic| {
        nic["rates"]["bytes_recv"]
            .as_f64()
            .is_some_and(|rate| rate >= 0.0)
    }));
    let written = succeed(psoxide().args(["nettop", "--interval", "0.05"]));
    assert!(written.starts_with("total bytes:           sent: "), "{written}");
    assert_eq!(written.matches("PER-SEC").count(), names.len());
}
