//! What `top`, `iotop`, `nettop` and `cpu-distribution` have in common: on a terminal they are views of the full-screen
//! monitor, everywhere else lists of what happened between two looks at the machine.

use std::io::{self, IsTerminal};
use std::thread;
use std::time::Duration;

use clap::Args;
use psoxide::Root;

use crate::cli::{Output, seconds};
use crate::commands::listed::{self, InTable};
use crate::failure::Failure;
use crate::listing::Asked;
use crate::machine::Machine;
use crate::selection::Selection;
use crate::tui::{self, Options, Permissions, THEMES, View};

/// How often the screen of the monitor changes unless another interval is asked for, in seconds.
const SCREEN_INTERVAL: f64 = 2.0;
/// The time between the two looks of a list, likewise.
const LIST_INTERVAL: f64 = 0.5;

/// How the monitor looks, what it may do, and when a list is written instead.
#[derive(Debug, Args)]
#[command(next_help_heading = "Monitor")]
pub(crate) struct Monitor {
    /// Seconds between two looks at the machine; 2 on the screen and 0.5 in a list if this is left out
    #[arg(short = 'd', long, value_name = "SECONDS", value_parser = seconds)]
    interval: Option<f64>,

    /// Write a list even on a terminal, again and again unless --samples says how often
    #[arg(short, long)]
    batch: bool,

    /// Write this many lists; where there is no terminal and no --batch, one
    #[arg(short = 'n', long, value_name = "COUNT")]
    samples: Option<u64>,

    /// Send no signals: nothing can be changed but the screen
    #[arg(long)]
    readonly: bool,

    /// Send signals also to processes 0 and 1 and to those that this one was started from
    #[arg(long, conflicts_with = "readonly")]
    force: bool,

    /// The colours: terminal, calm or plain; plain if NO_COLOR is set
    #[arg(long, value_name = "NAME", value_parser = theme)]
    theme: Option<usize>,

    /// Leave the mouse to the terminal, which then selects text as always
    #[arg(long)]
    no_mouse: bool,
}

impl Monitor {
    /// Whether the whole screen is wanted and to be had.
    pub(crate) fn fills_the_screen(&self, output: &Output) -> bool {
        let is_list = self.batch || self.samples.is_some() || output.is_list();
        // One that cannot move its cursor has no screen to fill.
        let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        !is_list && !is_dumb && io::stdout().is_terminal()
    }

    /// The monitor's options, beginning with this view.
    pub(crate) fn options(&self, view: View) -> Options {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let own = tui::named(if no_colour { "plain" } else { "terminal" });
        Options {
            view,
            interval: Duration::from_secs_f64(self.interval.unwrap_or(SCREEN_INTERVAL).max(0.1)),
            sort: None,
            reversed: false,
            tree: false,
            filter: String::new(),
            pids: Vec::new(),
            users: Vec::new(),
            readonly: self.readonly,
            theme: self.theme.or(own).unwrap_or_default(),
        }
    }

    /// Fills the screen until the monitor is quit.
    pub(crate) fn run(&self, root: Root, options: Options) -> Result<(), Failure> {
        let permissions = Permissions {
            mouse: !self.no_mouse,
            force: self.force,
        };
        tui::run(root, options, permissions)
    }

    /// Writes as many lists as are wanted.
    pub(crate) fn repeat(&self, mut write: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
        let mut left = match self.samples {
            Some(samples) => samples,
            None if self.batch => u64::MAX,
            None => 1,
        };
        while left > 0 {
            write()?;
            left -= 1;
        }
        Ok(())
    }

    /// Waits for as long as lies between the two looks of a list.
    pub(crate) fn pause(&self) {
        thread::sleep(Duration::from_secs_f64(self.interval.unwrap_or(LIST_INTERVAL)));
    }

    /// The processes that are selected, with what they did in one interval.
    pub(crate) fn measure(
        &self,
        machine: &Machine,
        selection: &Selection,
        asked: &Asked,
        also: &[&'static str],
    ) -> Result<Vec<InTable>, Failure> {
        let mut table = listed::table(machine, selection, asked, also)?;
        table.refresh()?;
        self.pause();
        table.refresh()?;
        if table.rows().is_empty() {
            machine.processes()?;
        }
        Ok(selection.of(machine, listed::in_table(table, true)))
    }
}

fn theme(name: &str) -> Result<usize, String> {
    tui::named(name).ok_or_else(|| {
        let names: Vec<&str> = THEMES.iter().map(|theme| theme.name).collect();
        format!("expected one of: {}", names.join(", "))
    })
}
