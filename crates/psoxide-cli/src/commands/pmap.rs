//! `psoxide pmap PID`: the mappings of a process, by address.

use psoxide::Process;
use psoxide::format::bytes;
use psoxide::model::Pid;
use psoxide::model::process::MemoryMap;
use psoxide::schema::Typed;

use crate::columns::PMAP;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, table};
use crate::selection::process_number;

/// How wide the rule above the total is.
const RULE: usize = 31;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Pmap {
    /// The number of the process
    #[arg(value_parser = process_number, allow_negative_numbers = true)]
    pid: Pid,

    /// Add up the mappings of each file
    #[arg(short, long)]
    group: bool,
}

impl Listing for Pmap {
    type Row = MemoryMap;

    fn keys() -> Vec<Key> {
        keys::of_record(&MemoryMap::SHAPE)
    }

    /// A process whose mappings are denied has none to show: that is a failure.
    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<MemoryMap>, Failure> {
        let maps = Process::at(machine.root(), self.pid)?.memory_maps()?;
        Ok(if self.group { MemoryMap::group(maps) } else { maps })
    }

    fn object(&self, _machine: &Machine, map: &MemoryMap, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push_fields(map.value());
        Some(narrowed(object, keys))
    }

    fn text(&self, machine: &Machine, screen: &mut Screen, maps: Vec<MemoryMap>) -> Result<(), Failure> {
        screen.header(&table::header(&PMAP))?;
        for map in &maps {
            screen.cut_line(&row(map))?;
        }
        let total = maps.iter().fold(0_u64, |sum, map| sum.saturating_add(map.rss));
        screen.cut_line(&"-".repeat(RULE))?;
        screen.cut_line(&table::line(&PMAP, &["Total", &bytes(total), "", ""]))?;
        let pid = self.pid;
        let name = machine.process_name(pid).map(|name| name.to_string());
        screen.cut_line(&format!("PID = {pid}, name = {}", name.unwrap_or_default()))?;
        Ok(())
    }
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
