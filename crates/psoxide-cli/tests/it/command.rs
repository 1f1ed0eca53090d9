//! Running the command, and what came of it.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The command, with nothing in its environment that would change what it shows.
pub(crate) fn psoxide() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_psoxide"));
    for name in ["ROOT", "PROC", "SYS", "DEV", "ETC", "RUN"] {
        command.env_remove(format!("HOST_{name}"));
    }
    command
        .env("TZ", "UTC")
        .env("PSOXIDE_PAGER", "")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

/// Where the cases lie.
pub(crate) fn testdata() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/linux")
}

/// The command, looking at the case of this name; messages name its files from there on.
pub(crate) fn at(case: &str) -> Command {
    let mut command = from_testdata();
    command.env("HOST_ROOT", case);
    command
}

/// The command, looking at the running system, run where the cases lie.
pub(crate) fn from_testdata() -> Command {
    let mut command = psoxide();
    command.current_dir(testdata());
    command
}

/// What a command that succeeds without a word of complaint writes.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{command:?}: {}\n{}",
        output.status,
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// What a command that succeeds writes as JSON.
pub(crate) fn json(command: &mut Command) -> Value {
    let written = succeed(command);
    serde_json::from_str(&written).unwrap_or_else(|error| panic!("{command:?}: {error}\n{written}"))
}

/// The status and the message of a command that fails.
pub(crate) fn fail(command: &mut Command) -> (i32, String) {
    let Output { status, stderr, .. } = command.output().unwrap();
    assert!(!status.success(), "{command:?}: {status}");
    (status.code().unwrap(), text(&stderr))
}

/// The output, which is always UTF-8.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
