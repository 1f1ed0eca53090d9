//! Output on a terminal: cut to its width, and in colour unless that is not wanted.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::Command;

use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::command::{at, text};

/// What the command writes on a terminal with so many columns, a line each.
fn on_terminal(columns: u16, command: &mut Command) -> Vec<String> {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal = OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&terminal, size).unwrap();
    let mut child = command
        .env("TERM", "xterm")
        .stdin(terminal.try_clone().unwrap())
        .stdout(terminal.try_clone().unwrap())
        .spawn()
        .unwrap();
    // The command holds more handles on the terminal, which would keep it open.
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null());
    drop(terminal);
    let mut written = Vec::new();
    // The end of a terminal is the error EIO.
    let end = File::from(controller).read_to_end(&mut written).unwrap_err();
    assert_eq!(end.raw_os_error(), Some(Errno::IO.raw_os_error()));
    assert!(child.wait().unwrap().success());
    text(&written).lines().map(str::to_owned).collect()
}

#[test]
fn ps_is_cut_to_the_terminal() {
    let lines = on_terminal(100, at("small-host").arg("ps"));
    assert_eq!(lines.len(), 9);
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{lines:#?}");
    assert!(lines.iter().any(|line| line.chars().count() == 100), "{lines:#?}");
    let plain: Vec<String> = crate::command::succeed(at("small-host").arg("ps"))
        .lines()
        .map(|line| line.chars().take(100).collect::<String>().trim_end().to_owned())
        .collect();
    assert_eq!(lines, plain);
}

#[test]
fn what_is_longer_than_the_terminal_goes_through_the_pager() {
    let with = |pager: &str, arguments: &[&str]| {
        let mut command = at("small-host");
        on_terminal(80, command.args(arguments).env("PSOXIDE_PAGER", pager))
    };
    let long = ["procinfo", "--verbose", "--color", "never", "2001"];
    let plain = with("", &long);
    assert!(plain.len() > 24 && plain[0].starts_with("pid "), "{plain:#?}");
    let paged: Vec<String> = plain.iter().map(|line| format!("> {line}")).collect();
    assert_eq!(with("false", &["free"]), with("", &["free"]));
    assert_eq!(with("awk {print\">\",$0}", &long), paged);
    // One that is not there is none.
    assert_eq!(with("no-such-pager", &long), plain);
    // Nothing that is not for people.
    assert!(with("false", &["ps", "--jsonl"])[0].starts_with('{'));
}

#[test]
fn labels_have_colour_on_a_terminal() {
    let lines = on_terminal(80, at("small-host").args(["procinfo", "2001"]));
    assert_eq!(lines[0], "\x1b[1;32mpid          \x1b[0m 2001");
    let lines = on_terminal(
        80,
        at("small-host").args(["procinfo", "2001"]).env("NO_COLOR", "1"),
    );
    assert_eq!(lines[0], "pid           2001");
    assert!(!lines.concat().contains('\x1b'), "{lines:#?}");
}
