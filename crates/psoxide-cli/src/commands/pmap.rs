//! `psoxide pmap PID`: the mappings of a process, by address.

use psoxide::Process;
use psoxide::format::bytes;
use psoxide::model::Pid;
use psoxide::model::process::MemoryMap;

use crate::answer::known;
use crate::columns::{PMAP, PMAP_ATTRIBUTES, attributes};
use crate::commands::{object, write_whole};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Screen, table};

/// How wide the rule above the total is.
const RULE: usize = 31;

/// The table. A process whose mappings are denied has none to show: that is a failure.
pub(crate) fn text(machine: &Machine, screen: &mut Screen, pid: Pid) -> Result<(), Failure> {
    let visit = Process::at(machine.root(), pid)?.oneshot()?;
    let maps = visit.memory_maps()?;
    screen.cut_line(&table::header(&PMAP))?;
    for map in &maps {
        screen.cut_line(&row(map))?;
    }
    let total = maps.iter().fold(0_u64, |sum, map| sum.saturating_add(map.rss));
    screen.cut_line(&"-".repeat(RULE))?;
    screen.cut_line(&table::line(&PMAP, &["Total", &bytes(total), "", ""]))?;
    let name = known(visit.name())?.map(|name| name.to_string());
    screen.cut_line(&format!("PID = {pid}, name = {}", name.unwrap_or_default()))?;
    Ok(())
}

/// One object: the process and its mappings.
pub(crate) fn json(machine: &Machine, screen: &mut Screen, pid: Pid) -> Result<(), Failure> {
    let visit = Process::at(machine.root(), pid)?.oneshot()?;
    write_whole(screen, &object(machine, &attributes(&PMAP_ATTRIBUTES), &visit)?)
}

fn row(map: &MemoryMap) -> String {
    let address = map.addr.map(|range| format!("{:016x}", range.start));
    let mode = map.perms.as_ref().map(ToString::to_string);
    table::line(
        &PMAP,
        &[
            &address.unwrap_or_default(),
            &bytes(map.rss),
            &mode.unwrap_or_default(),
            &map.path.to_string(),
        ],
    )
}
