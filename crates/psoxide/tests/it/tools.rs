//! Programs that tests compare with. One that is not installed is named, and the comparison left out.

use std::io::ErrorKind;
use std::process::Command;

/// What a program prints, in English; `None`, and a line that says so, if there is no such program.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).env("LC_ALL", "C").output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!(
                "{program} is not installed: not compared with `{program} {}`",
                arguments.join(" ")
            );
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A number with blanks around it.
pub(crate) fn number(text: &str) -> f64 {
    text.trim()
        .parse()
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
}
