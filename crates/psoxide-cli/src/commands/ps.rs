//! `psoxide ps`: every process on a line, by number.
//!
//! The columns are those of psutil's script, but the minutes of `TIME` go on after 59, where it begins again at 0.

use psoxide::format::{bytes, minutes, percent};
use psoxide::model::process::ProcessTimes;

use crate::answer::{Gone, known};
use crate::columns::PS;
use crate::commands::command_line;
use crate::commands::listed::{InTable, Listed, in_tree};
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::local_time::LocalTime;
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, cut, table};
use crate::selection::Selection;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Ps {
    #[command(flatten)]
    selection: Selection,

    /// Each process below its parent
    #[arg(short, long)]
    tree: bool,

    /// What was read.
    #[arg(skip)]
    listed: Listed,
}

impl Listing for Ps {
    type Row = InTable;

    fn keys() -> Vec<Key> {
        keys::of_attributes(&[
            "pid",
            "ppid",
            "name",
            "username",
            "status",
            "terminal",
            "create_time",
            "nice",
            "cpu_times",
            "memory_percent",
            "memory_info",
            "cmdline",
        ])
    }

    fn choice() -> Vec<Key> {
        keys::of_processes()
    }

    fn shown() -> Vec<Key> {
        keys::of_attributes(&[
            "pid",
            "name",
            "username",
            "status",
            "create_time",
            "nice",
            "cpu_times",
            "memory_percent",
            "memory_info",
            "cmdline",
        ])
    }

    fn rows(&self, machine: &Machine, asked: &Asked) -> Result<Vec<InTable>, Failure> {
        self.listed.processes(machine, &self.selection, asked)
    }

    fn object(&self, machine: &Machine, row: &InTable, keys: &[Key]) -> Option<Object> {
        row.object(machine, keys)
    }

    fn arrange(&self, rows: Vec<InTable>) -> Vec<InTable> {
        if self.tree { in_tree(rows) } else { rows }
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, rows: Vec<InTable>) -> Result<(), Failure> {
        let clock = LocalTime::now();
        screen.header(&table::header(&PS))?;
        for process in rows {
            if let Ok(line) = line(&clock, &process) {
                screen.cut_line(&line)?;
            }
        }
        Ok(())
    }

    fn narrows(&self) -> bool {
        self.selection.narrows()
    }
}

fn line(clock: &LocalTime, listed: &InTable) -> Result<String, Gone> {
    let process = listed.row();
    let user = known(process.username())?.map(|name| name.to_string());
    let memory = known(process.memory_info())?;
    let share = match memory {
        Some(_) => known(process.memory_percent())?,
        None => None,
    };
    let nice = known(process.nice())?.filter(|nice| *nice != 0);
    let status = known(process.status())?.map(|status| status.as_str());
    let start = known(process.create_time())?.map(|moment| clock.start(moment));
    let times = known(process.cpu_times())?;
    let name = known(process.name())?;
    let command = format!(
        "{}{}",
        listed.branch,
        command_line(known(process.cmdline())?, name)
    );
    Ok(table::line(
        &PS,
        &[
            cut(without_domain(&user.unwrap_or_default()), 9),
            &process.pid().to_string(),
            &share.map(percent).unwrap_or_default(),
            &memory
                .as_ref()
                .map(|memory| bytes(memory.vms))
                .unwrap_or_default(),
            &memory
                .as_ref()
                .map(|memory| bytes(memory.rss))
                .unwrap_or_default(),
            &nice.map(|nice| nice.to_string()).unwrap_or_default(),
            cut(status.unwrap_or_default(), 5),
            &start.unwrap_or_default(),
            &times.map(|times| minutes(all_times(&times))).unwrap_or_default(),
            &command,
        ],
    ))
}

/// The user in `DOMAIN\user`.
fn without_domain(user: &str) -> &str {
    user.rsplit_once('\\').map_or(user, |(_, name)| name)
}

/// All fields together, in seconds: the process and the children it waited for.
pub(crate) fn all_times(times: &ProcessTimes) -> f64 {
    let parts = [times.children_user, times.children_system, times.iowait];
    times.user + times.system + parts.into_iter().flatten().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_left_out() {
        assert_eq!(without_domain("HOST\\anna"), "anna");
        assert_eq!(without_domain("anna"), "anna");
    }
}
