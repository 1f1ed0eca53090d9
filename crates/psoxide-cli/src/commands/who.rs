//! `psoxide who`: the users who are logged in.

use psoxide::model::host::User;
use psoxide::schema::Typed;

use crate::columns::WHO;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::local_time::LocalTime;
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, table};
use crate::selection::Search;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Who {
    #[command(flatten)]
    search: Search,
}

impl Listing for Who {
    type Row = User;

    fn keys() -> Vec<Key> {
        keys::of_record(&User::SHAPE)
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<User>, Failure> {
        Ok(machine.root().users()?)
    }

    fn object(&self, _machine: &Machine, user: &User, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push_fields(user.value());
        Some(narrowed(object, keys))
    }

    /// A line a session; nothing if there is none.
    fn text(&self, machine: &Machine, screen: &mut Screen, users: Vec<User>) -> Result<(), Failure> {
        let clock = LocalTime::now();
        for user in &users {
            screen.line(&row(machine, &clock, user))?;
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
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
