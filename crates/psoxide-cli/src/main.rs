//! The command `psoxide`. Everything it does stands in the library of this crate, which the Python package runs too.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(psoxide_cli::run(std::env::args_os()))
}
