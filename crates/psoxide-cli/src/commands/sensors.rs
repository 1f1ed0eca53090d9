//! `psoxide sensors`: temperatures and fans by chip, and the battery.

use std::collections::BTreeSet;

use psoxide::Text;
use psoxide::model::sensors::{Battery, Fan, Temperature};

use super::battery::{charge, left, plugged_in, status};
use super::temperatures::reading;
use crate::columns::READING;
use crate::commands::answers;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::output::table::line;

/// Its arguments: none.
#[derive(Debug, clap::Args)]
pub(crate) struct Sensors {}

impl Listing for Sensors {
    type Row = ();

    const SINGLE: bool = true;

    fn keys() -> Vec<Key> {
        keys::of_probes(&["sensors_temperatures", "sensors_fans", "sensors_battery"])
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

/// A paragraph a chip, and one for the battery.
fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let root = machine.root();
    let temperatures = if_supported(root.sensors_temperatures())?;
    let fans = if_supported(root.sensors_fans())?;
    let battery = if_supported(root.sensors_battery())?;
    if temperatures.is_empty() && fans.is_empty() && battery.is_none() {
        screen.line("can't read any temperature, fans or battery info")?;
    }
    let chips = temperatures.iter().map(|(chip, _)| chip);
    let chips: BTreeSet<&Text> = chips.chain(fans.iter().map(|(chip, _)| chip)).collect();
    for chip in chips {
        screen.line(&chip.to_string())?;
        write_temperatures(screen, chip, &temperatures)?;
        write_fans(screen, chip, &fans)?;
    }
    match battery {
        Some(battery) => write_battery(screen, &battery),
        None => Ok(()),
    }
}

/// The answer; nothing where this system never tells it.
fn if_supported<T: Default>(answer: psoxide::Result<T>) -> psoxide::Result<T> {
    match answer {
        Err(error) if error.is_unsupported() => Ok(T::default()),
        answer => answer,
    }
}

fn write_temperatures(
    screen: &mut Screen,
    chip: &Text,
    chips: &[(Text, Vec<Temperature>)],
) -> Result<(), Failure> {
    for (_, sensors) in chips.iter().filter(|(name, _)| name == chip) {
        screen.line("    Temperatures:")?;
        for sensor in sensors {
            write_reading(screen, chip, &sensor.label, &reading(sensor, ""))?;
        }
    }
    Ok(())
}

fn write_fans(screen: &mut Screen, chip: &Text, chips: &[(Text, Vec<Fan>)]) -> Result<(), Failure> {
    for (_, fans) in chips.iter().filter(|(name, _)| name == chip) {
        screen.line("    Fans:")?;
        for fan in fans {
            write_reading(screen, chip, &fan.label, &format!("{} RPM", fan.current))?;
        }
    }
    Ok(())
}

/// A reading beside its label, or beside the chip's name where it has none.
fn write_reading(screen: &mut Screen, chip: &Text, label: &Text, reading: &str) -> Result<(), Failure> {
    let label = if label.is_empty() { chip } else { label };
    let row = line(&READING, &[&label.to_string(), reading]);
    Ok(screen.line(&format!("        {row}"))?)
}

fn write_battery(screen: &mut Screen, battery: &Battery) -> Result<(), Failure> {
    screen.line("Battery:")?;
    screen.line(&format!("    charge:     {}", charge(battery)))?;
    screen.line(&format!("    status:     {}", status(battery)))?;
    screen.line(&format!("    plugged in: {}", plugged_in(battery)))?;
    if let Some(left) = left(battery) {
        screen.line(&format!("    left:       {left}"))?;
    }
    Ok(())
}
