//! `psoxide meminfo`: every figure about memory and swap, with its name.

use psoxide::format::quantity;
use psoxide::schema::{Typed, Value};

use crate::columns::MEMINFO;
use crate::commands::answers;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, table};

/// Its arguments: none.
#[derive(Debug, clap::Args)]
pub(crate) struct Meminfo {}

impl Listing for Meminfo {
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

/// Two lists. A figure that this system does not tell is left out.
fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let memory = machine.root().virtual_memory()?;
    list(screen, "MEMORY", &memory.value())?;
    // Memory is worth showing also where nothing is told of swap.
    let swap = machine.root().swap_memory()?;
    screen.line("")?;
    list(screen, "SWAP", &swap.value())
}

fn list(screen: &mut Screen, title: &str, record: &Value) -> Result<(), Failure> {
    screen.line(title)?;
    screen.line(&"-".repeat(title.len()))?;
    let Value::Record(shape, values) = record else {
        return Ok(());
    };
    for (field, value) in shape.fields.iter().zip(values) {
        if *value != Value::Null {
            let size = quantity(value, field.unit);
            screen.line(&table::line(&MEMINFO, &[&capitalised(field.name), ":", &size]))?;
        }
    }
    Ok(())
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
