//! `cargo xtask leaks`: makes every call of the Python package again and again and fails if memory or descriptors grow.
//! The figures go to `docs/leaks-python.md`, with the command that made them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::test::python;
use crate::workspace::{self, command};
use crate::{Outcome, debian, package};

/// The arguments of `cargo xtask leaks`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each call is made.
    #[arg(long, default_value_t = 100_000)]
    calls: u32,
    /// Seconds of a CPU after which a call has been made often enough, although not as often as that.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// Only print; leave docs/leaks-python.md as it is.
    #[arg(long)]
    dry: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let figures = figures(arguments.calls, arguments.seconds, "release")?;
    if arguments.dry {
        return Ok(());
    }
    let page = format!(
        "# What stays behind after each call from Python\n\n\
         Nothing: each call is made {} times, or as often as takes {} seconds of a CPU, and what there is more of\n\
         afterwards is counted, in bytes, blocks and descriptors. Written by `cargo xtask leaks`. The *C heap* is what the C\n\
         library's allocator has given out, to Rust and to Python; the blocks are those of Python's own allocator, of which the\n\
         counting itself keeps six or seven.\n\n{figures}",
        arguments.calls, arguments.seconds,
    );
    fs::write(workspace::root().join("docs/leaks-python.md"), page)?;
    Ok(())
}

/// A shorter run: a quarter of a second for each call.
pub(crate) fn briefly() -> Outcome {
    figures(100_000, 0.25, "debug").map(drop)
}

fn figures(calls: u32, seconds: f64, profile: &str) -> Result<String, Box<dyn std::error::Error>> {
    let python = python::environment()?;
    let folder = workspace::target().join("python-leaks");
    package::lay_out_as(&folder, profile)?;
    let mut leaks = alone(python)?;
    leaks
        .arg("xtask/leaks/leaks.py")
        .args([calls.to_string(), seconds.to_string()])
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    println!("$ {}", workspace::line(&leaks));
    let output = leaks.stderr(Stdio::inherit()).output()?;
    let figures = String::from_utf8(output.stdout)?;
    print!("{figures}");
    if output.status.success() {
        Ok(figures)
    } else {
        Err(format!("the calls ended with {}", output.status).into())
    }
}

/// Where that may be, among no other processes: listing them costs less, and their number stays the same. Who is not root
/// may be so within a namespace of users, and is the same user there.
fn alone(python: PathBuf) -> Result<Command, Box<dyn std::error::Error>> {
    let mut namespaces = vec!["--pid", "--fork", "--mount-proc"];
    if !debian::is_root()? {
        namespaces.push("--map-current-user");
    }
    let may = command("unshare")
        .args(&namespaces)
        .arg("true")
        .output()
        .is_ok_and(|output| output.status.success());
    if !may {
        return Ok(command(python));
    }
    let mut unshare = command("unshare");
    unshare.args(&namespaces).arg(python);
    Ok(unshare)
}
