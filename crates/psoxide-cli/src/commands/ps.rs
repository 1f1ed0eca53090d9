//! `psoxide ps`: every process on a line, by number.
//!
//! The columns are those of psutil's script, but the minutes of `TIME` go on after 59, where it begins again at 0.

use psoxide::Oneshot;
use psoxide::format::{bytes, minutes, percent};
use psoxide::model::process::ProcessTimes;

use crate::answer::{Gone, known};
use crate::columns::{PS, PS_ATTRIBUTES, attributes};
use crate::commands::{command_line, object};
use crate::failure::Failure;
use crate::local_time::LocalTime;
use crate::machine::Machine;
use crate::output::{Screen, cut, json, table};

/// The table.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let clock = LocalTime::now();
    let processes = machine.processes()?;
    screen.cut_line(&table::header(&PS))?;
    for process in processes {
        if let Ok(row) = row(machine, &clock, &process) {
            screen.cut_line(&row)?;
        }
    }
    Ok(())
}

/// An object a process.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let attributes = attributes(&PS_ATTRIBUTES);
    let processes = machine.processes()?.into_iter();
    json::write_array(
        screen,
        processes.filter_map(|process| object(machine, &attributes, &process).ok()),
    )
}

fn row(machine: &Machine, clock: &LocalTime, process: &Oneshot) -> Result<String, Gone> {
    let user = known(machine.user_name(process))?.map(|name| name.to_string());
    let memory = known(process.memory_info())?;
    let share = match memory {
        Some(_) => known(machine.memory_percent(process))?,
        None => None,
    };
    let nice = known(process.nice())?.filter(|nice| *nice != 0);
    let status = known(process.status())?.map(|status| status.as_str());
    let start = known(process.create_time())?.map(|moment| clock.start(moment));
    let times = known(process.cpu_times())?;
    let name = known(process.name())?;
    let command = command_line(known(process.cmdline())?, name);
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
