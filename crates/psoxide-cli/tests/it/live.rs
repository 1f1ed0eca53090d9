//! The running system: output agrees with `/proc` and with the system's own commands.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{fail, json, psoxide, succeed, text};

/// The user and group of those who are nobody.
const NOBODY: u32 = 65534;

/// A child that waits until it is dropped.
struct Waiting(Child);

impl Waiting {
    fn start() -> Waiting {
        let child = Command::new("sleep").arg("600").spawn();
        let waiting = Waiting(child.expect("sleep"));
        // The new program is there before its arguments are: until it sleeps, it is still starting.
        let deadline = Instant::now() + Duration::from_secs(30);
        while !waiting.sleeps() {
            assert!(Instant::now() < deadline, "sleep does not sleep");
            thread::sleep(Duration::from_millis(1));
        }
        waiting
    }

    fn sleeps(&self) -> bool {
        let read = |name: &str| fs::read(format!("/proc/{}/{name}", self.pid())).unwrap();
        let stat = read("stat");
        let state = stat.rsplit(|byte| *byte == b')').next().unwrap();
        state.starts_with(b" S") && read("cmdline") == b"sleep\x00600\x00"
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.kill().expect("kill");
        self.0.wait().expect("wait");
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The numbers of all processes, as `/proc` lists them.
fn pids() -> Vec<u64> {
    let entries = fs::read_dir("/proc").unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names
        .filter_map(|name| name.to_str().and_then(|name| name.parse().ok()))
        .collect()
}

fn row(processes: &Value, pid: u32) -> &Value {
    let rows = processes.as_array().unwrap();
    rows.iter()
        .find(|row| row["pid"] == pid)
        .unwrap_or_else(|| panic!("no row of {pid}"))
}

#[test]
fn ps_lists_every_process_that_stays() {
    let waiting = Waiting::start();
    let before = pids();
    let processes = json(psoxide().args(["ps", "--json"]));
    let after = pids();
    let listed: Vec<u64> = processes
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["pid"].as_u64().unwrap())
        .collect();
    assert!(listed.is_sorted(), "{listed:?}");
    for pid in before.iter().filter(|pid| after.contains(pid)) {
        assert!(listed.contains(pid), "{pid} is missing");
    }
    let child = row(&processes, waiting.pid());
    assert_eq!(child["name"], "sleep");
    assert_eq!(child["ppid"], std::process::id());
    assert_eq!(child["cmdline"], serde_json::json!(["sleep", "600"]));
    assert_eq!(child["errors"], serde_json::json!({}));
}

#[test]
fn a_search_does_not_find_itself() {
    for command in ["ps", "pstree", "procsmem"] {
        let output = psoxide().args([command, "nobody-is-called-so"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(!text(&output.stdout).contains("nobody-is-called-so"), "{command}");
    }
}

#[test]
fn ps_says_what_the_system_s_own_ps_says() {
    let waiting = Waiting::start();
    let pid = waiting.pid().to_string();
    let processes = json(psoxide().args(["ps", "--json"]));
    let ours = row(&processes, waiting.pid());
    let theirs = Command::new("ps")
        .args(["-o", "ppid=,user:64=,ni=,vsz=,rss=,comm=", "-p", &pid])
        .output();
    let Ok(theirs) = theirs else {
        println!("ps is not installed: its answers were not compared");
        return;
    };
    let theirs = text(&theirs.stdout);
    let words: Vec<&str> = theirs.split_whitespace().collect();
    assert_eq!(ours["ppid"].to_string(), words[0]);
    assert_eq!(ours["username"], words[1]);
    assert_eq!(ours["nice"].to_string(), words[2]);
    let kibibytes = |field: &str| ours["memory_info"][field].as_u64().unwrap() / 1024;
    assert_eq!(kibibytes("vms").to_string(), words[3]);
    // The kernel adds up resident pages lazily, by CPU.
    let rss: u64 = words[4].parse().unwrap();
    assert!(kibibytes("rss").abs_diff(rss) <= 1024, "{ours} {theirs}");
    assert_eq!(ours["name"], words[5]);
}

#[test]
fn ps_for_people_has_the_same_processes() {
    let waiting = Waiting::start();
    let written = succeed(psoxide().arg("ps"));
    let mut lines = written.lines();
    let header = lines.next().unwrap();
    assert_eq!(
        header,
        "USER         PID  %MEM     VSZ     RSS  NICE STATUS  START   TIME  CMDLINE"
    );
    let pid = waiting.pid().to_string();
    let line = lines
        .find(|line| line.split_whitespace().nth(1) == Some(&pid))
        .unwrap();
    assert!(line.ends_with("  sleep 600"), "{line}");
    // Started in this minute or the one before, unless midnight lies between.
    let start = line.split_whitespace().nth_back(3).unwrap();
    assert!(start.len() == 5, "{line}");
}

#[test]
fn procinfo_without_a_number_is_about_the_command_itself() {
    let own = json(psoxide().args(["procinfo", "--json"]));
    assert_eq!(own["name"], "psoxide");
    assert_eq!(own["ppid"], std::process::id());
    assert_eq!(own["parent"]["pid"], std::process::id());
    // On an emulated machine the kernel runs the emulator, and says so of every process.
    let test = json(psoxide().args(["procinfo", "--json", &std::process::id().to_string()]));
    if test["exe"] == *std::env::current_exe().unwrap().to_str().unwrap() {
        let exe = fs::canonicalize(env!("CARGO_BIN_EXE_psoxide")).unwrap();
        assert_eq!(own["exe"], *exe.to_str().unwrap());
    } else {
        assert_eq!(own["exe"], test["exe"]);
    }
    assert_eq!(own["children"], serde_json::json!([]));
    let written = succeed(psoxide().arg("procinfo"));
    assert!(written.contains("\nname        psoxide\n"), "{written}");
}

#[test]
fn procinfo_lists_children() {
    let waiting = Waiting::start();
    let parent = json(psoxide().args(["procinfo", "--json", &std::process::id().to_string()]));
    let child = serde_json::json!({ "pid": waiting.pid(), "name": "sleep" });
    let children = parent["children"].as_array().unwrap();
    assert!(children.contains(&child), "{children:?}");
}

#[test]
fn procsmem_s_uss_is_what_smaps_says() {
    let waiting = Waiting::start();
    // Until the program is loaded, its memory still changes.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let before = private(waiting.pid());
        let processes = json(psoxide().args(["procsmem", "--json"]));
        let after = private(waiting.pid());
        let footprint = &row(&processes, waiting.pid())["memory_footprint"];
        if before == after && footprint["uss"] == before {
            break;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "{footprint}: {before} {after}"
        );
    }
}

/// The private memory of a process, in bytes.
fn private(pid: u32) -> u64 {
    let smaps = fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap();
    let private = smaps.lines().filter(|line| line.starts_with("Private_"));
    private
        .map(|line| line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024)
        .sum()
}

#[test]
fn procsmem_is_ascending() {
    let processes = json(psoxide().args(["procsmem", "--json"]));
    let sizes = processes.as_array().unwrap().iter();
    let sizes: Vec<u64> = sizes
        .filter_map(|row| row["memory_footprint"]["uss"].as_u64())
        .collect();
    assert!(!sizes.is_empty() && sizes.is_sorted(), "{sizes:?}");
}

#[test]
fn free_agrees_with_meminfo() {
    let free = json(psoxide().args(["free", "--json"]));
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap();
    let kibibytes = |key: &str| {
        let line = meminfo.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let memory = &free["virtual_memory"];
    assert_eq!(memory["total"], kibibytes("MemTotal:") * 1024);
    assert_eq!(free["swap_memory"]["total"], kibibytes("SwapTotal:") * 1024);
    let number = |field: &str| memory[field].as_u64().unwrap();
    assert_eq!(number("used"), number("total") - number("available"));
    let table = succeed(psoxide().arg("free"));
    let total = table.lines().nth(1).unwrap().split_whitespace().nth(1);
    assert_eq!(total.unwrap(), kibibytes("MemTotal:").to_string());
}

#[test]
fn pidof_finds_this_name_alone() {
    let waiting = Waiting::start();
    let written = succeed(psoxide().args(["pidof", "sleep"]));
    let numbers: Vec<u32> = written
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    assert!(numbers.is_sorted(), "{written}");
    assert!(numbers.contains(&waiting.pid()), "{written}");
    assert!(!numbers.contains(&std::process::id()), "{written}");
}

#[test]
fn pmap_s_total_is_what_smaps_says() {
    let waiting = Waiting::start();
    let pid = waiting.pid().to_string();
    // Each line of the kernel's own list is a mapping.
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let answer = json(psoxide().args(["pmap", &pid, "--json"]));
    let mappings = answer.as_array().unwrap();
    let ours: Vec<&str> = mappings.iter().map(|map| map["addr"].as_str().unwrap()).collect();
    let theirs: Vec<&str> = maps.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(ours, theirs);
    let table = succeed(psoxide().args(["pmap", &pid]));
    assert_eq!(table.lines().count(), mappings.len() + 4);
    assert!(
        table.ends_with(&format!("PID = {pid}, name = sleep\n")),
        "{table}"
    );
}

#[test]
fn pstree_shows_a_child_below_its_parent() {
    let waiting = Waiting::start();
    let tree = succeed(psoxide().arg("pstree"));
    let place = |pid: u32| {
        let mut lines = tree.lines().enumerate();
        let found = lines.find_map(|(line, text)| {
            let start = text.find(|letter: char| letter.is_ascii_digit())?;
            let number = text[start..].split(' ').next()?;
            (number == pid.to_string()).then_some((line, start))
        });
        found.unwrap_or_else(|| panic!("no line of {pid}: {tree}"))
    };
    let (parent, parent_depth) = place(std::process::id());
    let (child, child_depth) = place(waiting.pid());
    assert!(child > parent && child_depth == parent_depth + 2, "{tree}");
}

#[test]
fn netstat_names_the_holder_of_a_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let own = std::process::id().to_string();
    let deadline = Instant::now() + Duration::from_secs(30);
    let row = loop {
        let table = succeed(psoxide().arg("netstat"));
        let row = table
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(&*address))
            .unwrap_or_else(|| panic!("{address} is missing: {table}"));
        // Of who holds a socket the lowest number is told, and a child that another test is starting holds all until it
        // has come to its program.
        if row.split_whitespace().nth(4) == Some(&*own) || Instant::now() > deadline {
            break row.to_owned();
        }
    };
    let words: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(words[..5], ["tcp", &*address, "-", "LISTEN", &*own]);
    let comm = fs::read_to_string("/proc/self/comm").unwrap();
    assert!(comm.trim_end().starts_with(words[5]), "{words:?} {comm}");
}

#[test]
fn ifconfig_agrees_with_sys() {
    let answer = json(psoxide().args(["ifconfig", "--json"]));
    let page = succeed(psoxide().arg("ifconfig"));
    for interface in answer.as_array().unwrap() {
        let (nic, stats) = (interface["nic"].as_str().unwrap(), &interface["stats"]);
        let Ok(mtu) = fs::read_to_string(format!("/sys/class/net/{nic}/mtu")) else {
            println!("{nic} is not in /sys: its size was not compared");
            continue;
        };
        assert_eq!(stats["mtu"].to_string(), mtu.trim_end(), "{nic}");
        let paragraph = format!("{nic}:\n    stats          : speed=");
        assert!(page.contains(&paragraph), "{page}");
    }
}

#[test]
fn disk_usage_has_the_sizes_of_df() {
    let mounts = json(psoxide().args(["disk-usage", "--json"]));
    for mount in mounts.as_array().unwrap() {
        let place = mount["partition"]["mountpoint"].as_str().unwrap();
        let df = Command::new("df").args(["-B1", "--output=size", place]).output();
        let Ok(df) = df else {
            println!("df is not installed: sizes were not compared");
            return;
        };
        if df.status.success() {
            let size = text(&df.stdout);
            let size = size.lines().last().unwrap().trim();
            assert_eq!(mount["usage"]["total"].to_string(), size, "{place}");
        } else {
            println!("df does not answer for {place}: its size was not compared");
        }
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for arguments in [
        &["ps"][..],
        &["ps", "--json"],
        &["procsmem"],
        &["meminfo"],
        &["pstree"],
        &["netstat"],
        &["disk-usage"],
        &["ifconfig"],
        &["--help"],
    ] {
        let mut child = psoxide()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut complaint = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut complaint)
            .unwrap();
        let status = child.wait().unwrap();
        assert_eq!((status.code(), &*complaint), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn the_first_line_can_be_read_alone() {
    let mut child = psoxide().arg("ps").stdout(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.starts_with("USER"), "{first}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = psoxide().arg("free").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("standard output"), "{output:?}");
}

#[test]
fn numbers_that_are_none_are_refused_by_name() {
    for word in ["-5", "abc", "4294967296", "1.5"] {
        let (status, message) = fail(psoxide().args(["procinfo", word]));
        assert_eq!(status, 2, "{word}");
        assert!(message.contains(&format!("'{word}'")), "{message}");
        assert!(message.contains("expected the number of a process"), "{message}");
    }
}

#[test]
fn a_process_that_never_existed_is_named() {
    for pid in ["0", "4194304", "4294967295"] {
        let (status, message) = fail(psoxide().args(["procinfo", pid]));
        assert_eq!(status, 1, "{pid}");
        assert!(
            message.contains(&format!("no such process (pid {pid})")),
            "{message}"
        );
    }
}

#[test]
fn a_plain_user_sees_what_is_denied_as_empty() {
    if !is_root() {
        println!("not root: what is denied was not compared with what root sees");
        return;
    }
    let as_nobody = |arguments: &[&str]| {
        let mut command = psoxide();
        command.args(arguments).uid(NOBODY).gid(NOBODY);
        command
    };
    // A program in a directory that nobody may enter cannot be run by nobody.
    if as_nobody(&["--version"]).output().is_err() {
        println!("the command's directory is closed to plain users: they were not tested");
        return;
    }
    let waiting = Waiting::start();
    let pid = waiting.pid().to_string();
    let denied = json(&mut as_nobody(&["procinfo", "--json", &pid]));
    let whole = json(psoxide().args(["procinfo", "--json", &pid]));
    for name in [
        "exe",
        "cwd",
        "environ",
        "io_counters",
        "memory_footprint",
        "num_fds",
    ] {
        assert_eq!(denied[name], Value::Null, "{name}");
        let message = denied["errors"][name].as_str().unwrap();
        assert!(message.contains("access denied"), "{name}: {message}");
        assert_ne!(whole[name], Value::Null, "{name}");
    }
    for name in ["name", "ppid", "cmdline", "username", "create_time", "uids"] {
        assert_eq!(denied[name], whole[name], "{name}");
    }
    let page = succeed(&mut as_nobody(&["procinfo", &pid]));
    assert!(page.contains("\nexe\n") && page.contains("\nI/O\n"), "{page}");

    let output = as_nobody(&["procsmem"]).output().unwrap();
    assert!(output.status.success());
    assert!(
        text(&output.stderr).contains("warning: access denied for "),
        "{output:?}"
    );
    let shown = text(&output.stdout);
    assert!(
        shown
            .lines()
            .all(|line| line.split_whitespace().next() != Some(&pid)),
        "{shown}"
    );
}

#[cfg(target_endian = "big")]
#[test]
fn nothing_is_recorded_where_the_file_would_be_wrong() {
    let (status, message) = fail(psoxide().args(["record", "-o", "/dev/null", "--pid", "1"]));
    assert!(status == 1 && message.contains("little-endian"), "{message}");
}
