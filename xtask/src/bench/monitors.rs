//! What `psoxide top` costs beside htop, btop and glances: each in a terminal of its own, all in the same minute, at the
//! interval that each has by default.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use psoxide::Process;

use crate::debian;
use crate::workspace::{self, cargo, command, installed};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The Debian packages that this needs, and that are named as their programs are.
const PACKAGES: [&str; 4] = ["tmux", "htop", "btop", "glances"];
/// The numbers of Debian's nobody; any without rights would do.
const PLAIN_USER: &str = "65534";
/// How long they are watched.
const MINUTE: Duration = Duration::from_secs(60);
/// How long they may take to start, which is not counted.
const START: Duration = Duration::from_secs(8);

/// Measures, and gives the table.
pub(super) fn measure(processes: u32) -> Result<String> {
    debian::require(&PACKAGES)?;
    workspace::run(&mut cargo([
        "build",
        "--release",
        "--quiet",
        "--package",
        "psoxide-cli",
    ]))?;
    let name = format!("psoxide-monitors-{}", std::process::id());
    let folder = Folder::new(&std::env::temp_dir().join(name))?;
    let psoxide = folder.0.join("psoxide");
    fs::copy(workspace::target().join("release/psoxide"), &psoxide)?;
    let _idle = Idle::start(processes)?;
    let mut table = format!(
        "{processes} idle processes beside those of the machine; terminals of 120 columns and 40 lines; CPU time, user and \
         system, over {} seconds, as a share of one CPU.\n\n\
         | user | monitor | CPU | RSS | PSS | USS |\n|---|---|---|---|---|---|\n",
        MINUTE.as_secs()
    );
    let is_root = debian::is_root()?;
    let users: &[Option<&str>] = if is_root && installed("setpriv") {
        &[None, Some(PLAIN_USER)]
    } else {
        &[None]
    };
    for user in users {
        let name = match user {
            None if is_root => "root",
            _ => "plain",
        };
        // Some write their settings there, and each user's are the user's own.
        let home = Folder::new(&folder.0.join(name))?;
        let mut monitors = Vec::new();
        for (monitor, program) in [
            ("psoxide top", format!("{} top", psoxide.display())),
            ("htop", String::from("htop")),
            ("btop", String::from("btop")),
            ("glances", String::from("glances")),
        ] {
            let socket = home.0.join(format!("terminal-{}", monitors.len()));
            monitors.push((monitor, Terminal::open(socket, *user, &home.0, &program)?));
        }
        thread::sleep(START);
        let before = used(&monitors)?;
        thread::sleep(MINUTE);
        let after = used(&monitors)?;
        for (((monitor, terminal), before), after) in monitors.iter().zip(before).zip(after) {
            let percent = (after - before) / MINUTE.as_secs_f64() * 100.0;
            let visit = terminal.monitor.oneshot()?;
            let (rss, own) = (visit.memory_info()?.rss, visit.memory_footprint()?);
            let size = |bytes: u64| format!("{:.1} MiB", bytes as f64 / 1_048_576.0);
            let pss = own.pss.map(size).unwrap_or_default();
            // Writing into a String cannot fail.
            let _ = writeln!(
                table,
                "| {name} | {monitor} | {percent:.2} % | {} | {pss} | {} |",
                size(rss),
                size(own.uss)
            );
        }
    }
    Ok(table)
}

/// CPU seconds that each has used so far, with the children that it waited for.
fn used(monitors: &[(&str, Terminal)]) -> Result<Vec<f64>> {
    let mut used = Vec::new();
    for (name, terminal) in monitors {
        let times = terminal
            .monitor
            .cpu_times()
            .map_err(|error| format!("{name} has ended: {error}"))?;
        let children = times.children_user.unwrap_or(0.0) + times.children_system.unwrap_or(0.0);
        used.push(times.user + times.system + children);
    }
    Ok(used)
}

/// A terminal with a monitor in it.
struct Terminal {
    socket: PathBuf,
    monitor: Process,
}

impl Terminal {
    fn open(socket: PathBuf, user: Option<&str>, home: &Path, program: &str) -> Result<Terminal> {
        let mut tmux = match user {
            Some(user) => {
                let mut setpriv = command("setpriv");
                setpriv.args(["--reuid", user, "--regid", user, "--clear-groups", "tmux"]);
                setpriv
            }
            None => command("tmux"),
        };
        let shell = format!("exec {program}");
        tmux.arg("-u")
            .arg("-S")
            .arg(&socket)
            .args(["-f", "/dev/null", "new-session", "-d"]);
        tmux.args(["-x", "120", "-y", "40", &shell]);
        tmux.env_remove("TMUX")
            .env("HOME", home)
            .env("SHELL", "/bin/sh")
            .env("LC_ALL", "C.UTF-8");
        workspace::run(&mut tmux)?;
        let told = ask(&socket, &["display-message", "-p", "#{pane_pid}"])?;
        let pid = String::from_utf8(told.stdout)?.trim().parse()?;
        Ok(Terminal {
            socket,
            monitor: Process::new(pid)?,
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Err(error) = ask(&self.socket, &["kill-server"]) {
            println!("tmux goes on: {error}");
        }
    }
}

fn ask(socket: &Path, arguments: &[&str]) -> Result<Output> {
    let output = command("tmux").arg("-S").arg(socket).args(arguments).output()?;
    match output.status.success() {
        true => Ok(output),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

/// A folder for everyone, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(path: &Path) -> Result<Folder> {
        fs::create_dir(path)?;
        workspace::run(command("chmod").arg("777").arg(path))?;
        Ok(Folder(path.to_owned()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            println!("{} stays: {error}", self.0.display());
        }
    }
}

/// Processes that do nothing, ended when this is dropped.
struct Idle(Vec<Child>);

impl Idle {
    fn start(count: u32) -> Result<Idle> {
        let mut idle = Idle(Vec::new());
        for _ in 0..count {
            idle.0
                .push(Command::new("sleep").arg("86400").stdin(Stdio::null()).spawn()?);
        }
        Ok(idle)
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that has ended already is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
