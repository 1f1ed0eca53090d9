//! `psoxide iotop`: what processes read and write, the most first; on a terminal a view of the full-screen monitor.
//!
//! The columns are those of psutil's script, whose figures are those of half a second; here they are of one. A process
//! that does not tell its counters is left out.

use clap::Args;
use psoxide::format::bytes;
use psoxide::model::process::IoRates;
use psoxide::process::Row;
use psoxide::schema::{Type, Typed};

use crate::answer::{Gone, known};
use crate::columns::IOTOP;
use crate::commands::listed::InTable;
use crate::commands::monitor::Monitor;
use crate::commands::{command_line, taken};
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
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
    type Row = InTable;

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
    fn rows(&self, machine: &Machine, asked: &Asked) -> Result<Vec<InTable>, Failure> {
        let mut rows = self
            .monitor
            .measure(machine, &self.selection, asked, &["io_counters"])?;
        rows.retain(|row| row.row().io_rates().is_some());
        rows.sort_by(|left, right| transferred(right).total_cmp(&transferred(left)));
        Ok(rows)
    }

    fn object(&self, machine: &Machine, row: &InTable, keys: &[Key]) -> Option<Object> {
        let mut object = row.object(machine, keys)?;
        for key in keys.iter().filter(|key| key.base() == "io_rates") {
            object.push(
                key.name.clone(),
                Ok(taken(row.row().io_rates().cloned().value(), key)),
            );
        }
        let place = |name: &str| keys.iter().position(|key| key.name == name);
        object.values.sort_by_key(|(name, _)| place(name));
        Some(object)
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, rows: Vec<InTable>) -> Result<(), Failure> {
        let all = || rows.iter().filter_map(|row| row.row().io_rates());
        let read: f64 = all().filter_map(|rates| rates.read_bytes).sum();
        let written: f64 = all().filter_map(|rates| rates.write_bytes).sum();
        let (read, written) = (rate(Some(read)), rate(Some(written)));
        screen.cut_line(&format!("Total DISK READ: {read} | Total DISK WRITE: {written}"))?;
        screen.header(&table::header(&IOTOP))?;
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

fn transferred(row: &InTable) -> f64 {
    let rates = row.row().io_rates();
    let part = |bytes: Option<f64>| bytes.unwrap_or_default();
    rates.map_or(0.0, |rates| part(rates.read_bytes) + part(rates.write_bytes))
}

fn line(row: &Row) -> Result<String, Gone> {
    let user = known(row.username())?.map(|name| name.to_string());
    let command = command_line(known(row.cmdline())?, known(row.name())?);
    let rates = row.io_rates();
    Ok(table::line(
        &IOTOP,
        &[
            &row.pid().to_string(),
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
