//! `psoxide fans`: the fans, by chip.

use crate::columns::READING;
use crate::commands::write_answers;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::table::line;

/// A paragraph a chip.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let chips = machine.root().sensors_fans()?;
    if chips.is_empty() {
        screen.line("no fans detected")?;
    }
    for (chip, fans) in &chips {
        screen.line(&chip.to_string())?;
        for fan in fans {
            let label = if fan.label.is_empty() { chip } else { &fan.label };
            let row = line(&READING, &[&label.to_string(), &format!("{} RPM", fan.current)]);
            screen.line(&format!("    {row}"))?;
        }
        screen.line("")?;
    }
    Ok(())
}

/// `sensors_fans`.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    write_answers(machine, screen, &["sensors_fans"])
}
