//! `psoxide disk-usage`, also `psoxide df`: the mounts of disks and their space.
//!
//! A mount that hangs, as of a server that is gone, has empty cells and a warning; the others are shown all the same.

use std::io::{self, Write};
use std::time::Duration;

use psoxide::format::bytes;
use psoxide::model::disk::{DiskUsage, Partition};
use psoxide::schema::Typed;
use psoxide::{MountUsage, MountWatch};

use crate::columns::DISK_USAGE;
use crate::failure::Failure;
use crate::keys::Key;
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::printable::printable;
use crate::output::{Screen, table};
use crate::selection::Search;

/// How long all mounts together may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct DiskUsages {
    /// Also mounts that are no disks: memory, the kernel's own, networks
    #[arg(short, long)]
    all: bool,

    #[command(flatten)]
    search: Search,
}

impl Listing for DiskUsages {
    type Row = MountUsage;

    fn keys() -> Vec<Key> {
        vec![
            Key::new("partition", Partition::TYPE, "The mount."),
            Key::new("usage", DiskUsage::TYPE, "Its space."),
        ]
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<MountUsage>, Failure> {
        Ok(MountWatch::at(machine.root()).usage(self.all, PATIENCE)?)
    }

    fn object(&self, _machine: &Machine, mount: &MountUsage, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push("partition", Ok(mount.partition.value()));
        match &mount.usage {
            Ok(usage) => object.push("usage", Ok(usage.value())),
            Err(error) => object.push_missing("usage", error),
        }
        Some(narrowed(object, keys))
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, mounts: Vec<MountUsage>) -> Result<(), Failure> {
        screen.header(&table::header(&DISK_USAGE))?;
        for mount in &mounts {
            screen.line(&row(&mount.partition, mount.usage.as_ref().ok()))?;
        }
        // The table first, also where both streams end on one terminal.
        screen.flush()?;
        let mut warnings = io::stderr().lock();
        for error in mounts.iter().filter_map(|mount| mount.usage.as_ref().err()) {
            writeln!(warnings, "warning: {}", printable(&error.to_string()))?;
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
}

fn row(partition: &Partition, usage: Option<&DiskUsage>) -> String {
    let size = |pick: fn(&DiskUsage) -> u64| usage.map(|usage| bytes(pick(usage))).unwrap_or_default();
    let share = usage.map(|usage| format!("{}%", usage.percent as u64));
    table::line(
        &DISK_USAGE,
        &[
            &partition.device.to_string(),
            &size(|usage| usage.total),
            &size(|usage| usage.used),
            &size(|usage| usage.free),
            &share.unwrap_or_default(),
            &partition.fstype.to_string(),
            &partition.mountpoint.to_string(),
        ],
    )
}
