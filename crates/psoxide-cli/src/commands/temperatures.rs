//! `psoxide temperatures`: the temperature sensors, by chip.
//!
//! Thresholds that a chip does not tell are left out, and those that it tells have no stray sign before them.

use psoxide::Text;
use psoxide::model::sensors::{TEMPERATURES, Temperature};
use psoxide::schema::Typed;

use crate::columns::READING;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::output::table::line;
use crate::selection::Search;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Temperatures {
    #[command(flatten)]
    search: Search,
}

impl Listing for Temperatures {
    /// The chip, and one of its sensors.
    type Row = (Text, Temperature);

    fn keys() -> Vec<Key> {
        let mut keys = vec![Key {
            on: TEMPERATURES,
            ..Key::new("chip", Text::TYPE, "The chip that measures it.")
        }];
        keys.extend(keys::of_record(&Temperature::SHAPE));
        keys
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<(Text, Temperature)>, Failure> {
        let chips = machine.root().sensors_temperatures()?.into_iter();
        Ok(chips
            .flat_map(|(chip, sensors)| sensors.into_iter().map(move |sensor| (chip.clone(), sensor)))
            .collect())
    }

    fn object(&self, _machine: &Machine, row: &(Text, Temperature), keys: &[Key]) -> Option<Object> {
        let (chip, sensor) = row;
        let mut object = Object::default();
        object.push("chip", Ok(chip.value()));
        object.push_fields(sensor.value());
        Some(narrowed(object, keys))
    }

    /// A paragraph a chip. No chip at all is a failure.
    fn text(
        &self,
        _machine: &Machine,
        screen: &mut Screen,
        sensors: Vec<(Text, Temperature)>,
    ) -> Result<(), Failure> {
        if sensors.is_empty() && !self.narrows() {
            return Err(Failure::Request(String::from("can't read any temperature")));
        }
        for sensors in sensors.chunk_by(|(one, _), (other, _)| one == other) {
            for (place, (chip, sensor)) in sensors.iter().enumerate() {
                if place == 0 {
                    screen.line(&chip.to_string())?;
                }
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

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
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
