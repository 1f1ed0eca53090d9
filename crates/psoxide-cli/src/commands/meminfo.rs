//! `psoxide meminfo`: every figure about memory and swap, with its name.

use psoxide::format::quantity;
use psoxide::schema::{Typed, Value};

use crate::columns::MEMINFO;
use crate::commands::write_answers;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Screen, table};

/// Two lists. A figure that this system does not tell is left out.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let memory = machine.root().virtual_memory()?;
    list(screen, "MEMORY", &memory.value())?;
    // Memory is worth showing also where nothing is told of swap.
    let swap = machine.root().swap_memory()?;
    screen.line("")?;
    list(screen, "SWAP", &swap.value())
}

/// `virtual_memory` and `swap_memory`, in bytes.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    write_answers(machine, screen, &["virtual_memory", "swap_memory"])
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
