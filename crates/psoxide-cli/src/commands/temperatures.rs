//! `psoxide temperatures`: the temperature sensors, by chip.
//!
//! Thresholds that a chip does not tell are left out, and those that it tells have no stray sign before them.

use psoxide::model::sensors::Temperature;

use crate::columns::READING;
use crate::commands::write_answers;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::table::line;

/// A paragraph a chip. No chip at all is a failure.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let chips = machine.root().sensors_temperatures()?;
    if chips.is_empty() {
        return Err(Failure::Request(String::from("can't read any temperature")));
    }
    for (chip, sensors) in &chips {
        screen.line(&chip.to_string())?;
        for sensor in sensors {
            let label = if sensor.label.is_empty() {
                chip
            } else {
                &sensor.label
            };
            let row = line(&READING, &[&label.to_string(), &reading(sensor, " ")]);
            screen.line(&format!("    {row}"))?;
        }
        screen.line("")?;
    }
    Ok(())
}

/// `sensors_temperatures`; that there are none is an answer.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    write_answers(machine, screen, &["sensors_temperatures"])
}

/// The reading and the thresholds that are known, with this between numbers and signs.
pub(super) fn reading(sensor: &Temperature, gap: &str) -> String {
    let current = sensor.current;
    let thresholds = [("high", sensor.high), ("critical", sensor.critical)];
    let known = thresholds.into_iter().filter_map(|(name, threshold)| {
        let threshold = threshold?;
        Some(format!("{name}{gap}={gap}{threshold:?}{gap}°C"))
    });
    let known: Vec<String> = known.collect();
    if known.is_empty() {
        format!("{current:?}{gap}°C")
    } else {
        format!("{current:?}{gap}°C ({})", known.join(", "))
    }
}
