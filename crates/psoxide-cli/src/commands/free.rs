//! `psoxide free`: memory and swap of the machine.
//!
//! The columns are those of psutil's script, which writes 0 for what a system does not tell; here that is blank.

use crate::columns::FREE;
use crate::commands::answers;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, table};

/// Its arguments: none.
#[derive(Debug, clap::Args)]
pub(crate) struct Free {}

impl Listing for Free {
    type Row = ();

    const SINGLE: bool = true;

    fn keys() -> Vec<Key> {
        keys::of_probes(&["virtual_memory", "swap_memory"])
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

/// The table, in KiB. A figure that this system does not tell is left blank.
fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let memory = machine.root().virtual_memory()?;
    screen.header(&table::header(&FREE))?;
    let cells = [
        Some(memory.total),
        Some(memory.used),
        Some(memory.free),
        memory.shared,
        memory.buffers,
        memory.cached,
    ];
    screen.line(&row("Mem:", &cells))?;
    // Memory is worth showing also where nothing is told of swap.
    let swap = machine.root().swap_memory()?;
    screen.line(&row(
        "Swap:",
        &[Some(swap.total), Some(swap.used), Some(swap.free)],
    ))?;
    Ok(())
}

fn row(label: &str, sizes: &[Option<u64>]) -> String {
    let mut cells = vec![String::from(label)];
    cells.extend(sizes.iter().map(|size| kibibytes(*size)));
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    table::line(&FREE, &cells)
}

fn kibibytes(bytes: Option<u64>) -> String {
    bytes.map(|bytes| (bytes / 1024).to_string()).unwrap_or_default()
}
