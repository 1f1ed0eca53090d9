//! `psoxide pstree`: every process below its parent.
//!
//! psutil's script shows one tree and leaves out whoever is not in it; here each process is shown once, whatever it
//! names as its parent.

use std::collections::{BTreeMap, BTreeSet};

use psoxide::model::Pid;

use crate::answer::known;
use crate::columns::{PSTREE_ATTRIBUTES, attributes};
use crate::commands::object;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Screen, json};

/// Who is whose child.
#[derive(Default)]
struct Tree {
    names: BTreeMap<Pid, String>,
    children: BTreeMap<Pid, Vec<Pid>>,
    /// Processes that do not say who their parent is.
    orphans: Vec<Pid>,
}

/// The tree, the smallest parent first.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    for line in tree(machine)?.lines() {
        screen.line(&line)?;
    }
    Ok(())
}

/// An object a process; the tree is in `ppid`.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let attributes = attributes(&PSTREE_ATTRIBUTES);
    let processes = machine.processes()?.into_iter();
    json::write_array(
        screen,
        processes.filter_map(|process| object(machine, &attributes, &process).ok()),
    )
}

fn tree(machine: &Machine) -> Result<Tree, Failure> {
    let mut tree = Tree::default();
    for process in machine.processes()? {
        let parent = known(process.ppid());
        let name = known(process.name());
        if let (Ok(parent), Ok(name)) = (parent, name) {
            tree.add(process.pid(), parent, name.map(|name| name.to_string()));
        }
    }
    Ok(tree)
}

impl Tree {
    fn add(&mut self, pid: Pid, parent: Option<Pid>, name: Option<String>) {
        self.names.insert(pid, name.unwrap_or_default());
        match parent {
            // On some systems the first process is its own parent.
            Some(parent) if parent != pid => self.children.entry(parent).or_default().push(pid),
            _ => self.orphans.push(pid),
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::with_capacity(self.names.len());
        let mut shown = BTreeSet::new();
        // Parents that are no processes themselves, as 0 on Linux, or that have ended meanwhile.
        let unlisted = self.children.keys().filter(|pid| !self.names.contains_key(pid));
        let tops: BTreeSet<Pid> = unlisted.chain(&self.orphans).copied().collect();
        // Where numbers were used again, processes may be each other's ancestors: those are below none of the tops.
        for top in tops.into_iter().chain(self.names.keys().copied()) {
            self.add_lines(top, &mut shown, &mut lines);
        }
        lines
    }

    /// Adds the lines of the processes from this one downwards that are not shown yet.
    fn add_lines(&self, top: Pid, shown: &mut BTreeSet<Pid>, lines: &mut Vec<String>) {
        // A chain of processes can be longer than the stack of this program is deep.
        let mut open = vec![(top, String::new(), String::new())];
        while let Some((pid, branch, indent)) = open.pop() {
            if !shown.insert(pid) {
                continue;
            }
            let name = self.names.get(&pid).map_or("?", String::as_str);
            lines.push(format!("{branch}{pid} {name}"));
            let children = self.children.get(&pid).map_or(&[][..], Vec::as_slice);
            for (place, child) in children.iter().enumerate().rev() {
                let last = place + 1 == children.len();
                let (mark, below) = if last { ("`_ ", "  ") } else { ("|- ", "| ") };
                open.push((*child, format!("{indent}{mark}"), format!("{indent}{below}")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(processes: &[(Pid, Option<Pid>)]) -> Vec<String> {
        let mut tree = Tree::default();
        for (pid, parent) in processes {
            tree.add(*pid, *parent, Some(format!("p{pid}")));
        }
        tree.lines()
    }

    #[test]
    fn branches_end_where_the_last_child_is() {
        let processes = [
            (1, Some(0)),
            (2, Some(0)),
            (3, Some(1)),
            (4, Some(1)),
            (5, Some(3)),
        ];
        assert_eq!(
            tree(&processes),
            [
                "0 ?",
                "|- 1 p1",
                "| |- 3 p3",
                "| | `_ 5 p5",
                "| `_ 4 p4",
                "`_ 2 p2"
            ]
        );
    }

    #[test]
    fn whoever_is_below_no_top_is_shown_all_the_same() {
        // 7 and 8 are each other's parents, 9 tells none, 10 is its own.
        let processes = [(7, Some(8)), (8, Some(7)), (9, None), (10, Some(10))];
        assert_eq!(tree(&processes), ["9 p9", "10 p10", "7 p7", "`_ 8 p8"]);
    }

    #[test]
    fn a_long_chain_is_walked() {
        let chain: Vec<(Pid, Option<Pid>)> = (1..3_000).map(|pid| (pid, Some(pid - 1))).collect();
        assert_eq!(tree(&chain).len(), 3_000);
    }
}
