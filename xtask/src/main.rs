//! The project's own commands, one module each: `cargo xtask test`, `generate`, `fuzz`, `ci`. This file only parses and
//! dispatches; what a command does, and its arguments, stand in the module of its name.

mod answers;
mod bench;
mod cache;
mod ci;
mod conformance;
mod cross;
mod debian;
mod floors;
mod fuzz;
mod generate;
mod leaks;
mod msrv;
mod package;
mod programs;
mod stages;
mod test;
#[cfg(test)]
mod tidy;
mod types;
mod vm;
mod wheels;
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
    /// Print what the kernel alone takes to tell something.
    #[command(hide = true)]
    Floors(floors::Arguments),
    /// Give every decoder bytes that no kernel wrote, for a while.
    Fuzz(fuzz::Arguments),
    /// Write the pages of docs/ that follow from the catalogue.
    Generate(generate::Arguments),
    /// Make every call from Python again and again and see whether memory grows.
    Leaks(leaks::Arguments),
    /// The linker that `cross` gives to rustc.
    #[command(hide = true)]
    Link(cross::link::Arguments),
    /// Check with the oldest compiler that Cargo.toml promises.
    Msrv,
    /// Run programs from PyPI that depend on psutil, on psoxide.
    Programs,
    /// Install what the tests need and run every test.
    Test(test::Arguments),
    /// Compare psoxide with psutil on emulated hardware.
    Vm(vm::Arguments),
    /// Build the Python package as users do, and use it in empty environments.
    Wheels,
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
        Command::Floors(arguments) => floors::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Leaks(arguments) => leaks::run(&arguments),
        Command::Link(arguments) => cross::link::run(&arguments),
        Command::Msrv => msrv::run(),
        Command::Programs => programs::run(),
        Command::Test(arguments) => test::run(&arguments),
        Command::Vm(arguments) => vm::run(&arguments),
        Command::Wheels => wheels::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
