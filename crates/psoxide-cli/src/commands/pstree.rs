//! `psoxide pstree`: every process below its parent.
//!
//! psutil's script shows one tree and leaves out whoever is not in it; here each process is shown once, whatever it
//! names as its parent.

use std::collections::BTreeMap;

use psoxide::Oneshot;
use psoxide::model::Pid;

use crate::answer::known;
use crate::commands::attributes;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::selection::Selection;
use crate::tree::Tree;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Pstree {
    #[command(flatten)]
    selection: Selection,
}

impl Listing for Pstree {
    type Row = Oneshot;

    fn keys() -> Vec<Key> {
        keys::of_attributes(&["pid", "ppid", "name"])
    }

    fn choice() -> Vec<Key> {
        keys::of_processes()
    }

    /// All processes; if some are selected, those with everyone below them.
    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Oneshot>, Failure> {
        let mut rows = machine.processes()?;
        if self.selection.narrows() {
            let tops: Vec<Pid> = rows
                .iter()
                .filter(|row| self.selection.holds(machine, *row).unwrap_or(false))
                .map(|row| row.pid())
                .collect();
            let below = tree(&rows).descendants(&tops);
            rows.retain(|row| below.contains(&row.pid()));
        }
        Ok(rows)
    }

    fn object(&self, machine: &Machine, row: &Oneshot, keys: &[Key]) -> Option<Object> {
        attributes(machine, row, keys)
    }

    /// The tree, the smallest parent first.
    fn text(&self, _machine: &Machine, screen: &mut Screen, rows: Vec<Oneshot>) -> Result<(), Failure> {
        let tree = tree(&rows);
        let names: BTreeMap<Pid, String> = rows
            .iter()
            .filter_map(|row| {
                let name = known(row.name()).ok()?;
                Some((row.pid(), name.map(|name| name.to_string()).unwrap_or_default()))
            })
            .collect();
        let lines = if self.selection.narrows() {
            tree.alone()
        } else {
            tree.with_parents()
        };
        for (pid, branch) in lines {
            let name = names.get(&pid).map_or("?", String::as_str);
            screen.line(&format!("{branch}{pid} {name}"))?;
        }
        Ok(())
    }

    fn narrows(&self) -> bool {
        self.selection.narrows()
    }
}

/// Who is whose child among these.
fn tree(rows: &[Oneshot]) -> Tree {
    let mut tree = Tree::default();
    for row in rows {
        if let Ok(parent) = known(row.ppid()) {
            tree.add(row.pid(), parent);
        }
    }
    tree
}
