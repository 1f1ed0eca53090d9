//! `psoxide top`: the machine and its processes, the busiest first; on a terminal the full-screen monitor.
//!
//! The list is that of psutil's script.

use std::cell::RefCell;

use clap::Args;
use psoxide::format::{bytes, minutes_hundredths, percent};
use psoxide::model::process::Status;
use psoxide::process::Row;
use psoxide::{CpuSampler, Root};

use crate::answer::{Gone, known};
use crate::cli::Output;
use crate::columns::TOP;
use crate::commands::listed::InTable;
use crate::commands::monitor::Monitor;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, cut, table};
use crate::selection::Selection;
use crate::tui::{Column, Options, View};

/// How long the bars are.
const BAR: usize = 40;

/// Its arguments.
#[derive(Debug, Args)]
pub(crate) struct Top {
    #[command(flatten)]
    selection: Selection,

    /// Each process below its parent, on the screen
    #[arg(short, long)]
    tree: bool,

    #[command(flatten)]
    pub(crate) monitor: Monitor,

    /// How busy each CPU was between the two looks.
    #[arg(skip)]
    cpus: RefCell<Vec<(u32, Option<f64>)>>,
}

impl Top {
    /// Fills the screen.
    pub(crate) fn run(&self, root: Root, output: &Output) -> Result<(), Failure> {
        let (sort, reversed) = match &output.sort {
            Some(name) => Column::named(name, View::Processes)?,
            None => (Column::Cpu, false),
        };
        let words: Vec<String> = self.selection.words.iter().map(ToString::to_string).collect();
        let options = Options {
            sort: Some(sort),
            reversed,
            tree: self.tree,
            filter: words.join(" "),
            pids: self.selection.pid.clone(),
            users: self.selection.user.clone(),
            ..self.monitor.options(View::Processes)
        };
        self.monitor.run(root, options)
    }
}

impl Listing for Top {
    type Row = InTable;

    fn keys() -> Vec<Key> {
        keys::of_attributes(&[
            "pid",
            "ppid",
            "name",
            "username",
            "status",
            "nice",
            "num_threads",
            "memory_info",
            "memory_percent",
            "cpu_percent",
            "cpu_times",
            "cpu_num",
            "cmdline",
        ])
    }

    fn choice() -> Vec<Key> {
        keys::of_processes()
    }

    /// The busiest first.
    fn rows(&self, machine: &Machine, asked: &Asked) -> Result<Vec<InTable>, Failure> {
        let mut cpus = CpuSampler::new(machine.root());
        cpus.percent_per_cpu()?;
        let mut rows = self
            .monitor
            .measure(machine, &self.selection, asked, &["cpu_percent"])?;
        *self.cpus.borrow_mut() = cpus.percent_per_cpu()?;
        let busy = |row: &InTable| row.row().cpu_percent().unwrap_or(-1.0);
        rows.sort_by(|left, right| busy(right).total_cmp(&busy(left)));
        Ok(rows)
    }

    fn object(&self, machine: &Machine, row: &InTable, keys: &[Key]) -> Option<Object> {
        row.object(machine, keys)
    }

    fn text(&self, machine: &Machine, screen: &mut Screen, rows: Vec<InTable>) -> Result<(), Failure> {
        self.head(machine, screen, &rows)?;
        screen.header(&table::header(&TOP))?;
        for row in &rows {
            if let Ok(line) = line(row.row()) {
                screen.cut_line(&line)?;
            }
        }
        Ok(())
    }

    fn narrows(&self) -> bool {
        self.selection.narrows()
    }
}

impl Top {
    /// The lines about the machine.
    fn head(&self, machine: &Machine, screen: &mut Screen, rows: &[InTable]) -> Result<(), Failure> {
        for (number, share) in self.cpus.borrow().iter() {
            let text = share.map(|share| format!("{}%", percent(share)));
            let bar = bar(share.unwrap_or_default());
            screen.cut_line(&format!(
                " CPU{number:<2} [{bar}] {:>6}",
                text.unwrap_or_default()
            ))?;
        }
        let root = machine.root();
        let memory = root.virtual_memory()?;
        let swap = root.swap_memory()?;
        for (label, used, total, share) in [
            ("Mem", memory.used, memory.total, memory.percent),
            ("Swap", swap.used, swap.total, swap.percent),
        ] {
            let text = format!("{}%", percent(share));
            let (used, total) = (bytes(used), bytes(total));
            screen.cut_line(&format!(
                " {label:<5} [{}] {text:>6} {used} / {total}",
                bar(share)
            ))?;
        }
        screen.cut_line(&format!(" Processes: {} ({})", rows.len(), statuses(rows)))?;
        let load = match root.getloadavg() {
            Ok(load) => format!(
                " Load average: {:.2} {:.2} {:.2} ",
                load.one, load.five, load.fifteen
            ),
            // The kernel keeps none.
            Err(error) if error.is_unsupported() => String::new(),
            Err(error) => return Err(error.into()),
        };
        let uptime = root.boot_time().ok().and_then(uptime).unwrap_or_default();
        screen.cut_line(&format!("{load} Uptime: {uptime}"))?;
        screen.line("")?;
        Ok(())
    }
}

fn bar(share: f64) -> String {
    let filled = (share.clamp(0.0, 100.0) / 100.0 * BAR as f64).round() as usize;
    format!("{}{}", "|".repeat(filled), " ".repeat(BAR - filled))
}

/// How many processes are in which state.
fn statuses(rows: &[InTable]) -> String {
    let mut counts: Vec<(Status, usize)> = Vec::new();
    for status in rows.iter().filter_map(|row| row.row().status().ok()) {
        match counts.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => counts.push((status, 1)),
        }
    }
    counts.sort();
    let texts: Vec<String> = counts
        .iter()
        .map(|(status, count)| format!("{status}={count}"))
        .collect();
    texts.join(", ")
}

/// `D days, H:MM:SS`
fn uptime(boot_time: f64) -> Option<String> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    let seconds = (now.as_secs_f64() - boot_time).max(0.0) as u64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    Some(format!(
        "{days} days, {}:{:02}:{:02}",
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    ))
}

fn line(row: &Row) -> Result<String, Gone> {
    let user = known(row.username())?.map(|name| name.to_string());
    let memory = known(row.memory_info())?;
    let share = match memory {
        Some(_) => known(row.memory_percent())?,
        None => None,
    };
    let nice = known(row.nice())?.map(|nice| nice.to_string());
    let times = known(row.cpu_times())?.map(|times| minutes_hundredths(times.user + times.system));
    let name = known(row.name())?.map(|name| name.to_string());
    Ok(table::line(
        &TOP,
        &[
            &row.pid().to_string(),
            cut(&user.unwrap_or_default(), 8),
            &nice.unwrap_or_default(),
            &memory
                .as_ref()
                .map(|memory| bytes(memory.vms))
                .unwrap_or_default(),
            &memory
                .as_ref()
                .map(|memory| bytes(memory.rss))
                .unwrap_or_default(),
            &row.cpu_percent().map(percent).unwrap_or_default(),
            &share.map(percent).unwrap_or_default(),
            &times.unwrap_or_default(),
            &name.unwrap_or_default(),
        ],
    ))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_is_always_as_long() {
        for share in [-1.0, 0.0, 33.3, 100.0, 400.0, f64::NAN] {
            assert_eq!(bar(share).len(), 40, "{share}");
        }
        assert!(bar(50.0).starts_with(&"|".repeat(20)));
    }
}
