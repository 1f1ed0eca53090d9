//! The project's own commands, one module each: `cargo xtask test`, `generate`, `fuzz`, `ci`. This file only parses and
//! dispatches; what a command does, and its arguments, stand in the module of its name.

mod answers;
mod bench;
mod cache;
mod ci;
mod conformance;
mod cross;
mod debian;
mod fuzz;
mod generate;
mod msrv;
mod package;
mod stages;
mod test;
#[cfg(test)]
mod tidy;
mod types;
mod vm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "psoxide's own commands"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure psoxide beside bare reads of the same files and its peers.
    Bench(bench::Arguments),
    /// What only continuous integration does, after `test`.
    Ci(ci::Arguments),
    /// Run psutil's own tests against psoxide.
    Conformance(conformance::Arguments),
    /// Check, link and test psoxide for the other systems and machines.
    Cross(cross::Arguments),
    /// Answer the questions on standard input with a line of JSON each.
    #[command(hide = true)]
    Answers,
    /// Give every decoder bytes that no kernel wrote, for a while.
    Fuzz(fuzz::Arguments),
    /// Write the pages of docs/ that follow from the catalogue.
    Generate(generate::Arguments),
    /// The linker that `cross` gives to rustc.
    #[command(hide = true)]
    Link(cross::link::Arguments),
    /// Build and test with the oldest compiler that Cargo.toml promises.
    Msrv,
    /// Install what the tests need and run every test.
    Test(test::Arguments),
    /// Compare psoxide with psutil on emulated hardware.
    Vm(vm::Arguments),
}

/// What a command ends with; the message of a failure is printed to standard error.
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Ci(arguments) => ci::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Cross(arguments) => cross::run(&arguments),
        Command::Answers => answers::run(),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Link(arguments) => cross::link::run(&arguments),
        Command::Msrv => msrv::run(),
        Command::Test(arguments) => test::run(&arguments),
        Command::Vm(arguments) => vm::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
