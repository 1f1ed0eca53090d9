//! `psoxide battery`: the charge of the battery, and for how long it lasts.

use psoxide::model::sensors::{Battery, BatteryTime};

use crate::commands::answers;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;

/// Its arguments: none.
#[derive(Debug, clap::Args)]
pub(crate) struct Charge {}

impl Listing for Charge {
    type Row = ();

    const SINGLE: bool = true;

    fn keys() -> Vec<Key> {
        keys::of_probes(&["sensors_battery"])
    }

    fn rows(&self, _machine: &Machine, _asked: &Asked) -> Result<Vec<()>, Failure> {
        Ok(vec![()])
    }

    fn object(&self, machine: &Machine, _row: &(), keys: &[Key]) -> Option<Object> {
        Some(answers(machine, keys))
    }

    fn text(&self, machine: &Machine, screen: &mut Screen, _rows: Vec<()>) -> Result<(), Failure> {
        text(machine, screen)
    }
}

/// A line a fact. No battery is a failure.
fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let Some(battery) = machine.root().sensors_battery()? else {
        return Err(Failure::Request(String::from("no battery is installed")));
    };
    screen.line(&format!("charge:     {}", charge(&battery)))?;
    if let Some(left) = left(&battery) {
        screen.line(&format!("left:       {left}"))?;
    }
    screen.line(&format!("status:     {}", status(&battery)))?;
    screen.line(&format!("plugged in: {}", plugged_in(&battery)))?;
    Ok(())
}

pub(super) fn charge(battery: &Battery) -> String {
    format!("{:?}%", (battery.percent * 100.0).round() / 100.0)
}

/// The time left where the battery feeds the machine and tells it.
pub(super) fn left(battery: &Battery) -> Option<String> {
    match (battery.secsleft, battery.power_plugged) {
        (BatteryTime::Seconds(seconds), None | Some(false)) => {
            let (minutes, seconds) = (seconds / 60, seconds % 60);
            Some(format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60))
        }
        _ => None,
    }
}

/// Empty where it is not known whether there is other power.
pub(super) fn status(battery: &Battery) -> &'static str {
    match battery.power_plugged {
        Some(true) if battery.percent < 100.0 => "charging",
        Some(true) => "fully charged",
        Some(false) => "discharging",
        None => "",
    }
}

/// Empty where it is not known.
pub(super) fn plugged_in(battery: &Battery) -> &'static str {
    match battery.power_plugged {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}
