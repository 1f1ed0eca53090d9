//! Roots with something broken in them: what is broken is named, and the rest is told.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::command::{fail, json, psoxide, succeed, testdata};

const NOBODY: u32 = 65534;

/// A copy of the small host, removed when it is dropped.
pub(crate) struct Host(PathBuf);

impl Host {
    pub(crate) fn new() -> Host {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let place = std::env::temp_dir().join(format!("psoxide-host-{}-{count}", std::process::id()));
        copy(&testdata().join("small-host"), &place);
        Host(place)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub(crate) fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(file), bytes).unwrap();
    }

    pub(crate) fn psoxide(&self, arguments: &[&str]) -> Command {
        let mut command = psoxide();
        command.args(arguments).env("HOST_ROOT", &self.0);
        command
    }

    /// The row of a process, and how many rows there are.
    fn row(&self, pid: u32) -> (Value, usize) {
        let rows = json(&mut self.psoxide(&["ps", "--json"]));
        let rows = rows.as_array().unwrap();
        let row = rows.iter().find(|row| row["pid"] == pid).cloned();
        (row.unwrap_or(Value::Null), rows.len())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (source, target) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        let kind = fs::symlink_metadata(&source).unwrap().file_type();
        if kind.is_symlink() {
            symlink(fs::read_link(&source).unwrap(), &target).unwrap();
        } else if kind.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(&source, &target).unwrap();
        }
    }
}

#[test]
fn a_broken_file_costs_its_own_answers_only() {
    let host = Host::new();
    host.write("proc/2001/statm", "12 three 4\n");
    let (row, rows) = host.row(2001);
    assert_eq!(rows, 8);
    assert_eq!(row["memory_info"], Value::Null);
    let message = row["errors"]["memory_info"].as_str().unwrap();
    assert!(
        message.contains("invalid data (pid 2001)") && message.contains("2001/statm"),
        "{message}"
    );
    assert_eq!(row["name"], "python3");
    // Its cells are empty, not 0.
    let table = succeed(&mut host.psoxide(&["ps"]));
    let line = table.lines().find(|line| line.contains(" 2001 ")).unwrap();
    assert!(
        line.starts_with("anna-with   2001                          10  sleep"),
        "{line}"
    );
}

#[test]
fn a_file_that_is_missing_or_empty_or_no_file_is_named() {
    for (damage, word) in [(0, "not found"), (1, "invalid data"), (2, "2001/status")] {
        let host = Host::new();
        let status = host.path("proc/2001/status");
        fs::remove_file(&status).unwrap();
        match damage {
            0 => {}
            1 => fs::write(&status, "").unwrap(),
            _ => fs::create_dir(&status).unwrap(),
        }
        let (row, rows) = host.row(2001);
        assert_eq!(rows, 8);
        assert_eq!(row["username"], Value::Null, "{row}");
        let message = row["errors"]["username"].as_str().unwrap();
        assert!(
            message.contains(word) && message.contains("2001/status"),
            "{message}"
        );
        assert_eq!(row["cpu_times"]["user"], 91.5);
    }
}

#[test]
fn a_process_without_stat_takes_no_other_with_it() {
    for bytes in ["", "2001 (python3", "2001 python3 S 1", "9"] {
        let host = Host::new();
        host.write("proc/2001/stat", bytes);
        let (_, rows) = host.row(1);
        assert!(rows == 7 || rows == 8, "{bytes:?}: {rows} rows");
        assert!(succeed(&mut host.psoxide(&["ps"])).lines().count() >= 8);
        let (status, message) = fail(&mut host.psoxide(&["procinfo", "2001"]));
        assert_eq!(status, 1);
        assert!(message.contains("2001/stat"), "{bytes:?}: {message}");
    }
}

#[test]
fn files_of_any_length_are_read_to_their_end() {
    let host = Host::new();
    let endless = vec![b'x'; 3 << 20];
    host.write("proc/2001/cmdline", &endless);
    let (row, _) = host.row(2001);
    assert_eq!(row["cmdline"][0].as_str().unwrap().len(), endless.len());
    let table = succeed(&mut host.psoxide(&["ps"]));
    assert!(table.lines().any(|line| line.len() > endless.len()));
}

#[test]
fn names_in_proc_that_are_no_processes_are_passed_over() {
    let host = Host::new();
    host.write("proc/4000", "a file with the name of a process");
    fs::create_dir(host.path("proc/99999999999")).unwrap();
    fs::create_dir(host.path("proc/12a")).unwrap();
    let (row, rows) = host.row(4000);
    assert!(rows == 8 && row == Value::Null, "{rows} rows, {row}");
}

#[test]
fn without_meminfo_there_is_no_share_and_no_table_of_memory() {
    let host = Host::new();
    fs::remove_file(host.path("proc/meminfo")).unwrap();
    let (row, rows) = host.row(1);
    assert_eq!(rows, 8);
    assert_eq!(row["memory_percent"], Value::Null);
    let message = row["errors"]["memory_percent"].as_str().unwrap();
    assert!(message.contains("proc/meminfo"), "{message}");
    assert_eq!(row["memory_info"]["rss"], 2_699_264);
    let (status, message) = fail(&mut host.psoxide(&["free"]));
    assert_eq!(status, 1);
    assert!(message.contains("proc/meminfo"), "{message}");
    let output = host.psoxide(&["free", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let free: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(free["virtual_memory"], Value::Null);
    assert!(
        free["errors"]["virtual_memory"]
            .as_str()
            .unwrap()
            .contains("meminfo")
    );
}

#[test]
fn users_without_a_list_are_numbers() {
    let host = Host::new();
    fs::remove_file(host.path("etc/passwd")).unwrap();
    let (row, _) = host.row(2001);
    assert!(
        row["username"] == "1000" || row["username"] == Value::Null,
        "{row}"
    );
    assert_eq!(row["name"], "python3");
}

#[test]
fn descriptors_that_may_be_listed_but_not_followed_are_denied_not_none() {
    let host = Host::new();
    let own = fs::metadata(&host.0).unwrap().uid();
    let directory = host.path("proc/2001/fd");
    let mut command = host.psoxide(&["procinfo", "2001", "--json"]);
    if own == 0 {
        // Root may follow anything here, so somebody else looks.
        chown(&directory, Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
        if psoxide().arg("--version").uid(NOBODY).output().is_err() {
            println!("the command's directory is closed to plain users: this was not tested");
            return;
        }
    }
    fs::set_permissions(&directory, Permissions::from_mode(0o444)).unwrap();
    let process = json(&mut command);
    fs::set_permissions(&directory, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(process["num_fds"], 11);
    for name in ["net_connections", "open_files"] {
        assert_eq!(process[name], Value::Null, "{name}");
        let message = process["errors"][name].as_str().unwrap();
        assert!(message.contains("access denied (pid 2001)"), "{message}");
    }
    assert_eq!(process["errors"].get("num_fds"), None);
    assert_eq!(process["cwd"], json!("/home/anna/server"));
}
