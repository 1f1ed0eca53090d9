//! `psoxide disk-usage`, also `psoxide df`: the mounts of disks and their space.
//!
//! A mount that hangs, as of a server that is gone, has empty cells and a warning; the others are shown all the same.

use std::io::{self, Write};
use std::time::Duration;

use psoxide::format::bytes;
use psoxide::model::disk::{DiskUsage, Partition};
use psoxide::schema::Typed;
use psoxide::{Error, MountUsage, MountWatch};

use crate::columns::DISK_USAGE;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::json::Object;
use crate::output::printable::printable;
use crate::output::{Screen, json, table};

/// How long all mounts together may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The table.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let mounts = mounts(machine)?;
    screen.line(&table::header(&DISK_USAGE))?;
    for mount in &mounts {
        screen.line(&row(&mount.partition, mount.usage.as_ref().ok()))?;
    }
    // The table first, also where both streams end on one terminal.
    screen.flush()?;
    let mut warnings = io::stderr().lock();
    let unread: Vec<&Error> = mounts
        .iter()
        .filter_map(|mount| mount.usage.as_ref().err())
        .collect();
    for error in unread {
        writeln!(warnings, "warning: {}", printable(&error.to_string()))?;
    }
    Ok(())
}

/// An object a mount.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let objects = mounts(machine)?.into_iter().map(|mount| {
        let mut object = Object::default();
        object.push("partition", Ok(mount.partition.value()));
        object.push("usage", mount.usage.map(|usage| usage.value()));
        object
    });
    json::write_array(screen, objects)
}

fn mounts(machine: &Machine) -> Result<Vec<MountUsage>, Failure> {
    Ok(MountWatch::at(machine.root()).usage(false, PATIENCE)?)
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
