//! `psoxide free`: memory and swap of the machine.
//!
//! The columns are those of psutil's script, which writes 0 for what a system does not tell; here that is blank.

use crate::columns::FREE;
use crate::commands::write_answers;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Screen, table};

/// The table, in KiB. A figure that this system does not tell is left blank.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let memory = machine.root().virtual_memory()?;
    screen.line(&table::header(&FREE))?;
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

/// `virtual_memory` and `swap_memory`, in bytes.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    write_answers(machine, screen, &["virtual_memory", "swap_memory"])
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
