//! The command line: subcommands, options and their help. Definitions only; [`crate::run`] acts on them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// What the machine and its processes are doing.
#[derive(Debug, Parser)]
#[command(name = "psoxide", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// Write JSON: typed numbers in base units (bytes, seconds), null for what is not known
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Read processes and memory from this directory instead of /proc
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) procfs: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The charge of the battery
    Battery,

    /// The mounts of disks and their space
    #[command(visible_alias = "df")]
    DiskUsage,

    /// The speed of the fans
    Fans,

    /// Memory and swap of the machine, in KiB
    Free,

    /// The network interfaces: state, counters, addresses
    Ifconfig,

    /// Everything that is known of memory and swap
    Meminfo,

    /// The internet sockets and the processes that hold them
    Netstat,

    /// The numbers of the processes of this name; nothing if there are none
    Pidof {
        /// The name, or the first word of the command line
        name: OsString,
    },

    /// The mappings of a process
    Pmap {
        /// The number of the process
        #[arg(value_parser = process_number, allow_negative_numbers = true)]
        pid: u32,
    },

    /// Everything that can be told of one process
    Procinfo {
        /// The number of the process; this very command if it is left out
        #[arg(value_parser = process_number, allow_negative_numbers = true)]
        pid: Option<u32>,

        /// Show all files, threads, variables and mappings, not only the first
        #[arg(short, long)]
        verbose: bool,
    },

    /// The memory that is each process's own (USS), smallest first
    Procsmem,

    /// All processes, in the layout of `ps aux`
    Ps,

    /// All processes as a tree, each below its parent
    Pstree,

    /// Temperatures, fans and battery
    Sensors,

    /// The temperature sensors
    Temperatures,

    /// The users who are logged in
    Who,
}

const AFTER_HELP: &str = "\
Examples:
  psoxide ps                        all processes
  psoxide ps --json                 the same for a program
  psoxide procinfo 1234             one process in detail
  psoxide procsmem                  what each process really costs in memory
  HOST_ROOT=/host psoxide free      the machine whose root is mounted at /host

Environment:
  HOST_ROOT                         the root of the machine to look at
  HOST_PROC HOST_SYS HOST_DEV HOST_ETC HOST_RUN
                                    one of its directories, where it lies elsewhere
  NO_COLOR                          no colour, whatever the terminal can do";

fn process_number(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("expected the number of a process, 0 to {}", u32::MAX))
}
