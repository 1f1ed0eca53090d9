//! The command line: subcommands, options and their help. Definitions only; [`crate::run`] acts on them. The arguments of
//! a subcommand stand in its own file, its examples in [`examples`].

pub(crate) mod examples;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use psoxide::Root;

use crate::commands::battery::Charge;
use crate::commands::bench::Bench;
use crate::commands::completions::Completions;
use crate::commands::cpu_distribution::CpuDistribution;
use crate::commands::disk_usage::DiskUsages;
use crate::commands::fans::Fans;
use crate::commands::free::Free;
use crate::commands::holders::Holders;
use crate::commands::ifconfig::Ifconfig;
use crate::commands::iotop::Iotop;
use crate::commands::killall::Killall;
use crate::commands::meminfo::Meminfo;
use crate::commands::netstat::Netstat;
use crate::commands::nettop::Nettop;
use crate::commands::pidof::Pidof;
use crate::commands::pmap::Pmap;
use crate::commands::procinfo::Procinfo;
use crate::commands::procsmem::Procsmem;
use crate::commands::ps::Ps;
use crate::commands::pstree::Pstree;
use crate::commands::sensors::Sensors;
use crate::commands::temperatures::Temperatures;
use crate::commands::top::Top;
use crate::commands::who::Who;
use crate::commands::winservices::Winservices;
use crate::manual::Manual;
use crate::output::Colour;
use crate::plot::Plot;
use crate::record::Record;

/// What the machine and its processes are doing.
#[derive(Debug, Parser)]
#[command(name = "psoxide", version, arg_required_else_help = true, after_help = examples::ALL)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,

    /// Whether there is colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Colour,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which machine is looked at.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Look at the machine whose root file system is here, as HOST_ROOT does
    #[arg(long, global = true, value_name = "PATH")]
    root: Option<PathBuf>,

    /// Read processes and memory from this directory instead of /proc, as HOST_PROC does
    #[arg(long, global = true, value_name = "PATH")]
    procfs: Option<PathBuf>,
}

impl Place {
    /// Where its file systems are: what the arguments say counts more than what the environment says.
    pub(crate) fn root(&self) -> Root {
        let mut root = match &self.root {
            Some(path) => Root::at(path),
            None => Root::from_env(),
        };
        if let Some(path) = &self.procfs {
            root = root.with_proc(path);
        }
        root
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The charge of the battery
    #[command(after_help = examples::BATTERY)]
    Battery(Shown<Charge>),

    /// What the library's answers cost on this machine
    #[command(subcommand, after_help = examples::BENCH)]
    Bench(Bench),

    /// What a shell needs to complete psoxide's commands
    #[command(after_help = examples::COMPLETIONS)]
    Completions(Completions),

    /// Which process last ran on which CPU
    #[command(after_help = examples::CPU_DISTRIBUTION)]
    CpuDistribution(Shown<CpuDistribution>),

    /// The mounts of disks and their space
    #[command(visible_alias = "df", after_help = examples::DISK_USAGE)]
    DiskUsage(Shown<DiskUsages>),

    /// The speed of the fans
    #[command(after_help = examples::FANS)]
    Fans(Shown<Fans>),

    /// Memory and swap of the machine, in KiB
    #[command(after_help = examples::FREE)]
    Free(Shown<Free>),

    /// Who holds a file: open, mapped, as program, directory or socket
    #[command(visible_alias = "lsof", after_help = examples::HOLDERS)]
    Holders(Shown<Holders>),

    /// The network interfaces: state, counters, addresses
    #[command(after_help = examples::IFCONFIG)]
    Ifconfig(Shown<Ifconfig>),

    /// What processes read and write, the most first
    #[command(after_help = examples::IOTOP)]
    Iotop(Shown<Iotop>),

    /// End all processes of a name
    #[command(after_help = examples::KILLALL)]
    Killall(Killall),

    /// The manual: Markdown, or pages for man(1)
    #[command(after_help = examples::MANUAL)]
    Manual(Manual),

    /// Everything that is known of memory and swap
    #[command(after_help = examples::MEMINFO)]
    Meminfo(Shown<Meminfo>),

    /// The sockets and the processes that hold them: who listens on a port
    #[command(after_help = examples::NETSTAT)]
    Netstat(Shown<Netstat>),

    /// What network interfaces transfer, the busiest first
    #[command(after_help = examples::NETTOP)]
    Nettop(Shown<Nettop>),

    /// The numbers of the processes of this name; status 1 if there are none
    #[command(after_help = examples::PIDOF)]
    Pidof(Shown<Pidof>),

    /// A picture of a recording
    #[command(after_help = examples::PLOT)]
    Plot(Plot),

    /// The mappings of a process
    #[command(after_help = examples::PMAP)]
    Pmap(Shown<Pmap>),

    /// Everything that can be told of one process
    #[command(after_help = examples::PROCINFO)]
    Procinfo(Shown<Procinfo>),

    /// What each process really costs in memory (USS), smallest first
    #[command(after_help = examples::PROCSMEM)]
    Procsmem(Shown<Procsmem>),

    /// All processes, in the layout of `ps aux`
    #[command(after_help = examples::PS)]
    Ps(Shown<Ps>),

    /// All processes as a tree, each below its parent
    #[command(after_help = examples::PSTREE)]
    Pstree(Shown<Pstree>),

    /// Record what a command, a process tree or the machine costs over time
    #[command(after_help = examples::RECORD)]
    Record(Record),

    /// Temperatures, fans and battery
    #[command(after_help = examples::SENSORS)]
    Sensors(Shown<Sensors>),

    /// The temperature sensors
    #[command(after_help = examples::TEMPERATURES)]
    Temperatures(Shown<Temperatures>),

    /// A full-screen monitor: processes, CPUs, memory, disks, network
    #[command(after_help = examples::TOP)]
    Top(Shown<Top>),

    /// The users who are logged in
    #[command(after_help = examples::WHO)]
    Who(Shown<Who>),

    /// The services of Windows
    #[command(after_help = examples::WINSERVICES)]
    Winservices(Shown<Winservices>),
}

/// What is listed or shown, and how.
#[derive(Debug, Args)]
pub(crate) struct Shown<L: Args> {
    #[command(flatten)]
    pub(crate) listing: L,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// How rows are shown.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Write JSON: typed numbers in base units (bytes, seconds), null for what is not known
    #[arg(long, group = "format")]
    pub(crate) json: bool,

    /// Write a JSON object on each line
    #[arg(long, group = "format")]
    pub(crate) jsonl: bool,

    /// Write comma-separated values
    #[arg(long, group = "format")]
    pub(crate) csv: bool,

    /// Show these columns, as memory_info.rss
    #[arg(short = 'o', long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) columns: Option<Vec<String>>,

    /// Sort by this column; with a minus before it, the largest first
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,

    /// Leave out the line of names above the columns
    #[arg(long)]
    pub(crate) no_header: bool,

    /// Show it again and again, with so many seconds between
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) watch: Option<f64>,
}

impl Output {
    /// Whether no format for programs was asked for.
    pub(crate) fn is_for_people(&self) -> bool {
        !(self.json || self.jsonl || self.csv)
    }

    /// Whether something was asked for that only a list has.
    pub(crate) fn is_list(&self) -> bool {
        !self.is_for_people() || self.columns.is_some() || self.no_header || self.watch.is_some()
    }
}

/// A time in seconds, as an argument.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    let expected = || String::from("expected seconds, more than 0 and less than a year, as 0.5");
    let seconds: f64 = text.parse().map_err(|_| expected())?;
    let year = 365.0 * 86_400.0;
    if seconds > 0.0 && seconds < year {
        Ok(seconds)
    } else {
        Err(expected())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_subcommand_says_what_it_is_and_shows_how_it_is_used() {
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            let about = command
                .get_about()
                .unwrap_or_else(|| panic!("{name} does not say what it is"));
            assert!(!about.to_string().contains("arguments"), "{name}: {about}");
            if name != "help" {
                let examples = command.get_after_help().map(ToString::to_string);
                assert!(
                    examples.is_some_and(|text| text.contains(&format!("psoxide {name}"))),
                    "{name} has no example"
                );
            }
        }
    }
}
