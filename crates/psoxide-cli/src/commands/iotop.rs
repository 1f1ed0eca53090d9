//! `psoxide iotop`: what processes read and write, the most first; on a terminal a view of the full-screen monitor.
//!
//! The columns are those of psutil's script, whose figures are those of half a second; here they are of one. A process
//! that does not tell its counters is left out.

use clap::Args;
use psoxide::format::bytes;
use psoxide::model::process::IoRates;
use psoxide::schema::{Type, Typed};

use crate::answer::{Gone, known};
use crate::columns::IOTOP;
use crate::commands::monitor::{Measured, Monitor};
use crate::commands::{command_line, taken};
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::Listing;
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, cut, table};
use crate::selection::Selection;

/// Its arguments.
#[derive(Debug, Args)]
pub(crate) struct Iotop {
    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    pub(crate) monitor: Monitor,
}

/// What a process read and wrote in a second.
fn rates() -> Key {
    Key {
        on: psoxide::schema::Platforms::LINUX.or(psoxide::schema::Platforms::WINDOWS),
        ..Key::new(
            "io_rates",
            Type::Option(&IoRates::TYPE),
            "What it read and wrote in a second.",
        )
    }
}

impl Listing for Iotop {
    type Row = Measured;

    fn keys() -> Vec<Key> {
        let mut keys = keys::of_attributes(&["pid", "name", "username", "io_counters"]);
        keys.push(rates());
        keys.extend(keys::of_attributes(&["cmdline"]));
        keys
    }

    fn choice() -> Vec<Key> {
        let mut keys = keys::of_processes();
        keys.push(rates());
        keys
    }

    /// Who transferred the most first.
    fn rows(&self, machine: &Machine) -> Result<Vec<Measured>, Failure> {
        let mut rows = self.monitor.measure(machine, "io_counters")?;
        rows.retain(|row| row.io_rates.is_some());
        if self.selection.narrows() {
            rows.retain(|row| self.selection.holds(machine, &row.visit.process).unwrap_or(false));
        }
        rows.sort_by(|left, right| transferred(right).total_cmp(&transferred(left)));
        Ok(rows)
    }

    fn object(&self, machine: &Machine, row: &Measured, keys: &[Key]) -> Option<Object> {
        let mut object = row.object(machine, keys)?;
        for key in keys.iter().filter(|key| key.base() == "io_rates") {
            object.push(key.name.clone(), Ok(taken(row.io_rates.value(), key)));
        }
        let place = |name: &str| keys.iter().position(|key| key.name == name);
        object.values.sort_by_key(|(name, _)| place(name));
        Some(object)
    }

    fn text(&self, machine: &Machine, screen: &mut Screen, rows: Vec<Measured>) -> Result<(), Failure> {
        let all = || rows.iter().filter_map(|row| row.io_rates.as_ref());
        let read: f64 = all().filter_map(|rates| rates.read_bytes).sum();
        let written: f64 = all().filter_map(|rates| rates.write_bytes).sum();
        let (read, written) = (rate(Some(read)), rate(Some(written)));
        screen.cut_line(&format!("Total DISK READ: {read} | Total DISK WRITE: {written}"))?;
        screen.header(&table::header(&IOTOP))?;
        for row in &rows {
            if let Ok(line) = line(machine, row) {
                screen.cut_line(&line)?;
            }
        }
        Ok(())
    }

    fn narrows(&self) -> bool {
        self.selection.narrows()
    }
}

fn transferred(row: &Measured) -> f64 {
    let rates = row.io_rates.as_ref();
    let part = |bytes: Option<f64>| bytes.unwrap_or_default();
    rates.map_or(0.0, |rates| part(rates.read_bytes) + part(rates.write_bytes))
}

fn line(machine: &Machine, row: &Measured) -> Result<String, Gone> {
    let process = &row.visit.process;
    let user = known(machine.user_name(process))?.map(|name| name.to_string());
    let command = command_line(known(process.cmdline())?, known(process.name())?);
    let rates = row.io_rates.as_ref();
    Ok(table::line(
        &IOTOP,
        &[
            &process.pid().to_string(),
            cut(&user.unwrap_or_default(), 7),
            &rate(rates.and_then(|rates| rates.read_bytes)),
            &rate(rates.and_then(|rates| rates.write_bytes)),
            &command,
        ],
    ))
}

fn rate(rate: Option<f64>) -> String {
    rate.map(|rate| format!("{}/s", bytes(rate as u64)))
        .unwrap_or_default()
}
