//! Who is whose child: processes in the order of their tree, each with the branches that lead to it.

use std::collections::{BTreeMap, BTreeSet};

use psoxide::model::Pid;

/// Who is whose child. Children of one parent keep the order in which they were added.
#[derive(Default)]
pub(crate) struct Tree {
    listed: BTreeSet<Pid>,
    order: Vec<Pid>,
    children: BTreeMap<Pid, Vec<Pid>>,
    /// Processes that do not say who their parent is.
    orphans: Vec<Pid>,
}

impl Tree {
    /// Adds a process and who its parent is, if it says so.
    pub(crate) fn add(&mut self, pid: Pid, parent: Option<Pid>) {
        self.listed.insert(pid);
        self.order.push(pid);
        match parent {
            // On some systems the first process is its own parent.
            Some(parent) if parent != pid => self.children.entry(parent).or_default().push(pid),
            _ => self.orphans.push(pid),
        }
    }

    /// Every process once, with its branches; also parents that are no processes themselves, as 0 on Linux, or that have
    /// ended meanwhile. The smallest of those comes first.
    pub(crate) fn with_parents(&self) -> Vec<(Pid, String)> {
        let unlisted = self.children.keys().filter(|pid| !self.listed.contains(pid));
        let tops: BTreeSet<Pid> = unlisted.chain(&self.orphans).copied().collect();
        self.below(tops.into_iter())
    }

    /// Every process once, with its branches; whoever's parent is not among them is a top.
    pub(crate) fn alone(&self) -> Vec<(Pid, String)> {
        let below: BTreeSet<Pid> = self
            .children
            .iter()
            .filter(|(parent, _)| self.listed.contains(parent))
            .flat_map(|(_, children)| children.iter().copied())
            .collect();
        let tops = self.order.iter().copied().filter(|pid| !below.contains(pid));
        self.below(tops)
    }

    /// Those of these processes and everyone below them.
    pub(crate) fn descendants(&self, tops: &[Pid]) -> BTreeSet<Pid> {
        let mut found = BTreeSet::new();
        let mut open = tops.to_vec();
        while let Some(pid) = open.pop() {
            if found.insert(pid) {
                open.extend(self.children.get(&pid).into_iter().flatten());
            }
        }
        found
    }

    fn below(&self, tops: impl Iterator<Item = Pid>) -> Vec<(Pid, String)> {
        let mut lines = Vec::with_capacity(self.order.len());
        let mut shown = BTreeSet::new();
        // Where numbers were used again, processes may be each other's ancestors: those are below none of the tops.
        for top in tops.chain(self.order.iter().copied()) {
            self.add_lines(top, &mut shown, &mut lines);
        }
        lines
    }

    /// Adds the lines of the processes from this one downwards that are not shown yet.
    fn add_lines(&self, top: Pid, shown: &mut BTreeSet<Pid>, lines: &mut Vec<(Pid, String)>) {
        // A chain of processes can be longer than the stack of this program is deep.
        let mut open = vec![(top, String::new(), String::new())];
        while let Some((pid, branch, indent)) = open.pop() {
            if !shown.insert(pid) {
                continue;
            }
            lines.push((pid, branch));
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

    fn tree(processes: &[(Pid, Option<Pid>)]) -> Tree {
        let mut tree = Tree::default();
        for (pid, parent) in processes {
            tree.add(*pid, *parent);
        }
        tree
    }

    fn lines(lines: Vec<(Pid, String)>) -> Vec<String> {
        lines
            .iter()
            .map(|(pid, branch)| format!("{branch}{pid}"))
            .collect()
    }

    #[test]
    fn branches_end_where_the_last_child_is() {
        let tree = tree(&[
            (1, Some(0)),
            (2, Some(0)),
            (3, Some(1)),
            (4, Some(1)),
            (5, Some(3)),
        ]);
        assert_eq!(
            lines(tree.with_parents()),
            ["0", "|- 1", "| |- 3", "| | `_ 5", "| `_ 4", "`_ 2"]
        );
        assert_eq!(lines(tree.alone()), ["1", "|- 3", "| `_ 5", "`_ 4", "2"]);
        assert_eq!(tree.descendants(&[3, 2]), BTreeSet::from([2, 3, 5]));
    }

    #[test]
    fn whoever_is_below_no_top_is_shown_all_the_same() {
        // 7 and 8 are each other's parents, 9 tells none, 10 is its own.
        let tree = tree(&[(7, Some(8)), (8, Some(7)), (9, None), (10, Some(10))]);
        assert_eq!(lines(tree.with_parents()), ["9", "10", "7", "`_ 8"]);
        assert_eq!(lines(tree.alone()), ["9", "10", "7", "`_ 8"]);
    }

    #[test]
    fn a_long_chain_is_walked() {
        let chain: Vec<(Pid, Option<Pid>)> = (1..3_000).map(|pid| (pid, Some(pid - 1))).collect();
        assert_eq!(tree(&chain).with_parents().len(), 3_000);
        assert_eq!(tree(&chain).alone().len(), 2_999);
    }
}
