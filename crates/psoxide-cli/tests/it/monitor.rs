//! The monitor on a real terminal, driven as by hand: tmux is the terminal, and tells what is on it. Without tmux nothing
//! of this can be tested, and the test says so.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::command::text;

const LONG: Duration = Duration::from_secs(60);

/// A terminal with a shell in it.
struct Terminal {
    socket: PathBuf,
}

impl Terminal {
    /// Nothing if there is no tmux.
    fn open(name: &str) -> Option<Terminal> {
        let socket = std::env::temp_dir().join(format!("psoxide-{name}-{}", std::process::id()));
        let terminal = Terminal { socket };
        let shell = "exec env PS1='ready> ' ENV= sh -i";
        let open = [
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "40",
            shell,
        ];
        let output = terminal.tmux(&open)?;
        assert!(output.status.success(), "{}", text(&output.stderr));
        terminal.wait_for("ready>");
        Some(terminal)
    }

    /// Runs a command of tmux; nothing if there is none.
    fn tmux(&self, arguments: &[&str]) -> Option<Output> {
        let output = Command::new("tmux")
            .arg("-u")
            .arg("-S")
            .arg(&self.socket)
            .args(arguments)
            .env_remove("TMUX")
            .env_remove("NO_COLOR")
            .env("SHELL", "/bin/sh")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output();
        match output {
            Ok(output) => Some(output),
            Err(error) => {
                println!("tmux cannot be run ({error}): the monitor was not tried on a terminal");
                None
            }
        }
    }

    fn told(&self, arguments: &[&str]) -> String {
        let output = self.tmux(arguments).expect("tmux was there before");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What is on the screen.
    fn screen(&self) -> String {
        self.told(&["capture-pane", "-p"])
    }

    fn press(&self, keys: &[&str]) {
        let mut arguments = vec!["send-keys"];
        arguments.extend(keys);
        self.told(&arguments);
    }

    fn write(&self, text: &str) {
        self.told(&["send-keys", "-l", text]);
    }

    /// Waits until the screen is as it should be.
    fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if is_so(&screen) {
                return screen;
            }
            assert!(start.elapsed() < LONG, "{what} is not on the screen:\n{screen}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn wait_for(&self, part: &str) -> String {
        self.wait(part, |screen| screen.contains(part))
    }

    /// Starts the monitor from the shell, and waits until it shows processes.
    fn start(&self, arguments: &str) {
        let command = env!("CARGO_BIN_EXE_psoxide");
        self.write(&format!("clear; '{command}' top {arguments}; echo status $?\n"));
        // Percentages come with the second sample.
        self.wait("the table", |screen| {
            let last = screen.lines().last().unwrap_or_default();
            screen.contains("COMMAND") && last.contains(" self ") && last.contains("% ")
        });
        assert_eq!(self.modes(), "1 0 1");
    }

    /// Whether the alternate screen is shown, the cursor is, and the mouse is listened to.
    fn modes(&self) -> String {
        let modes = "#{alternate_on} #{cursor_flag} #{mouse_any_flag}#{mouse_button_flag}";
        let told = self.told(&["display-message", "-p", modes]);
        match told.trim() {
            "1 0 10" | "1 0 11" | "1 0 01" => String::from("1 0 1"),
            "0 1 00" => String::from("0 1 0"),
            other => other.to_owned(),
        }
    }

    /// Checks that the shell has its terminal back, after the monitor has ended with this status.
    fn is_restored(&self, status: i32) {
        self.wait_for(&format!("status {status}\n"));
        assert_eq!(self.modes(), "0 1 0");
        self.write("clear; stty -a; echo told\n");
        let settings = self.wait("the settings", |screen| screen.contains("\ntold\n"));
        let words: Vec<&str> = settings.split([' ', ';', '\n']).collect();
        for setting in ["icanon", "echo", "isig", "icrnl", "opost"] {
            assert!(words.contains(&setting), "{setting} is off:\n{settings}");
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.tmux(&["kill-server"]).is_some() {
            // The server removes it, unless it was none.
            let _ = std::fs::remove_file(&self.socket);
        }
    }
}

/// A child that sleeps, known by an argument that no other process has.
struct Sleeper {
    child: Child,
    word: String,
}

impl Sleeper {
    fn start() -> Sleeper {
        let word = format!("{}.{}", 4_000_000, std::process::id());
        let child = Command::new("sleep").arg(&word).spawn().unwrap();
        let sleeper = Sleeper { child, word };
        let process = psoxide::Process::new(sleeper.child.id()).unwrap();
        let start = Instant::now();
        // Between fork and exec it is still this very program.
        while process.name().unwrap() != "sleep" {
            assert!(start.elapsed() < LONG);
            std::thread::sleep(Duration::from_millis(5));
        }
        sleeper
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        // It may have ended as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_process_is_found_looked_at_and_ended() {
    let mut sleeper = Sleeper::start();
    let pid = sleeper.child.id();
    let Some(terminal) = Terminal::open("monitor") else {
        return;
    };
    terminal.start("--interval 0.5");
    // Sort.
    assert!(terminal.screen().contains("CPU%▼"));
    terminal.press(&["N"]);
    terminal.wait("the table by number", |screen| {
        let first = screen.lines().skip_while(|line| !line.contains("PID▲")).nth(1);
        first.is_some_and(|line| line.trim_start().starts_with("1 "))
    });
    // Filter.
    terminal.press(&["/"]);
    terminal.wait_for("Filter:");
    terminal.write(&sleeper.word);
    terminal.press(&["Enter"]);
    terminal.wait_for(&format!("1 match \"{}\"", sleeper.word));
    // Details.
    terminal.press(&["Down", "Enter"]);
    let details = terminal.wait_for("cpu-affinity");
    assert!(details.contains(&format!("{pid} sleep")), "{details}");
    assert!(details.contains("started"), "{details}");
    terminal.press(&["Enter"]);
    terminal.wait("the table alone", |screen| !screen.contains("cpu-affinity"));
    // Signal: a no first.
    terminal.press(&["k"]);
    terminal.wait_for("asks it to end");
    terminal.press(&["Enter"]);
    let question = format!("Send SIGTERM to process {pid}?");
    terminal.wait_for(&question);
    terminal.press(&["n"]);
    terminal.wait("the table alone", |screen| !screen.contains(&question));
    assert_eq!(sleeper.child.try_wait().unwrap(), None);
    terminal.press(&["k"]);
    terminal.wait_for("asks it to end");
    terminal.press(&["Enter"]);
    terminal.wait_for(&question);
    terminal.press(&["y"]);
    assert_eq!(sleeper.child.wait().unwrap().signal(), Some(15));
    terminal.wait_for(&format!("sent SIGTERM to process {pid}"));
    terminal.wait_for("no process matches");
    // The help, on a terminal that has become too small for it.
    terminal.press(&["?"]);
    terminal.wait_for("send a signal");
    terminal.told(&["resize-window", "-x", "30", "-y", "6"]);
    terminal.wait("a small help", |screen| {
        screen.lines().count() <= 6 && screen.contains("Help")
    });
    terminal.told(&["resize-window", "-x", "120", "-y", "40"]);
    terminal.wait_for("send a signal");
    terminal.press(&["Escape"]);
    terminal.wait("the table alone", |screen| !screen.contains("send a signal"));
    terminal.press(&["q"]);
    terminal.is_restored(0);
}

#[test]
fn nothing_is_sent_to_whom_the_monitor_lives_by() {
    let Some(terminal) = Terminal::open("ancestors") else {
        return;
    };
    // The shell in the terminal, by its prompt's variable: it is the monitor's parent.
    let shell = terminal.told(&["display-message", "-p", "#{pane_pid}"]);
    let shell = shell.trim();
    terminal.start(&format!("--interval 0.5 --pid {shell}"));
    terminal.wait_for(" sh -i");
    terminal.press(&["Down", "k"]);
    terminal.wait_for("asks it to end");
    terminal.press(&["Enter"]);
    terminal.wait_for(&format!("Send SIGTERM to process {shell}?"));
    terminal.press(&["y"]);
    terminal.wait_for("one that this command was started by; --force");
    // Ctrl-C is a key like others.
    terminal.press(&["C-c"]);
    terminal.is_restored(0);
}

#[test]
fn the_terminal_is_given_back_when_the_monitor_is_ended() {
    let Some(terminal) = Terminal::open("ended") else {
        return;
    };
    let word = format!("word-{}", std::process::id());
    for (signal, status) in [(psoxide::Signal::TERM, 143), (psoxide::Signal::HUP, 129)] {
        terminal.start(&word);
        let monitor = psoxide::processes().unwrap().into_iter().find(|visit| {
            let is_it = |arguments: Vec<psoxide::Text>| arguments.last().is_some_and(|last| *last == *word);
            visit.name().is_ok_and(|name| name == "psoxide") && visit.cmdline().is_ok_and(is_it)
        });
        let monitor = psoxide::Process::new(monitor.expect("the monitor runs").pid()).unwrap();
        monitor.send_signal(signal).unwrap();
        terminal.is_restored(status);
    }
}

#[test]
fn the_monitor_stops_and_goes_on() {
    let Some(terminal) = Terminal::open("stopped") else {
        return;
    };
    terminal.start("");
    terminal.press(&["C-z"]);
    terminal.wait("the shell", |screen| {
        screen.contains("Stopped") || screen.contains("status")
    });
    assert_eq!(terminal.modes(), "0 1 0");
    terminal.write("fg\n");
    terminal.wait_for("COMMAND");
    assert_eq!(terminal.modes(), "1 0 1");
    terminal.press(&["q"]);
    terminal.wait("the shell", |screen| !screen.contains("COMMAND"));
    assert_eq!(terminal.modes(), "0 1 0");
}

#[test]
fn without_a_mouse_nothing_is_listened_to() {
    let Some(terminal) = Terminal::open("mouse") else {
        return;
    };
    let command = env!("CARGO_BIN_EXE_psoxide");
    terminal.write(&format!(
        "'{command}' top --no-mouse --readonly; echo status $?\n"
    ));
    let screen = terminal.wait_for("COMMAND");
    assert!(
        screen.contains("read-only") && !screen.contains("k Signal"),
        "{screen}"
    );
    assert!(terminal.modes().ends_with(" 00"), "{}", terminal.modes());
    terminal.press(&["q"]);
    terminal.is_restored(0);
}
