//! `psoxide who`: the users who are logged in.

use psoxide::model::host::User;

use crate::columns::WHO;
use crate::commands::write_answers;
use crate::failure::Failure;
use crate::local_time::LocalTime;
use crate::machine::Machine;
use crate::output::{Screen, table};

/// A line a session; nothing if there is none.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let clock = LocalTime::now();
    for user in machine.root().users()? {
        screen.line(&row(machine, &clock, &user))?;
    }
    Ok(())
}

/// `users`.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    write_answers(machine, screen, &["users"])
}

fn row(machine: &Machine, clock: &LocalTime, user: &User) -> String {
    let terminal = user.terminal.as_ref().map(ToString::to_string);
    let host = user.host.as_ref().map(|host| format!("({host})"));
    let process = user.pid.and_then(|pid| machine.process_name(pid));
    table::line(
        &WHO,
        &[
            &user.name.to_string(),
            terminal.as_deref().unwrap_or("-"),
            &clock.date_and_time(user.started),
            &host.unwrap_or_default(),
            &process.map(|name| name.to_string()).unwrap_or_default(),
        ],
    )
}
