//! Which processes are shown, and in which order: filter, sort, tree. Pure: rows in, places of rows out.

use std::collections::HashMap;

use psoxide::model::Pid;

use super::column::Column;
use super::sample::Row;
use crate::selection::Word;

/// How many levels of a tree are told apart; a long chain would fill the screen with its branches, and memory too.
const DEEPEST: usize = 32;

/// How processes are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) sort: Column,
    /// Against the column's own direction.
    pub(crate) reversed: bool,
    pub(crate) tree: bool,
    pub(crate) kernel_threads: bool,
    /// All of these words must be there, and each /expression/ match.
    pub(crate) filter: String,
    /// Only the processes of these numbers; all if there is none.
    pub(crate) pids: Vec<Pid>,
    /// Only the processes of these users; of all if there is none.
    pub(crate) users: Vec<String>,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The row's place in the sample.
    pub(crate) row: usize,
    /// For each level of the tree above it, the deepest last, whether more follows on that level.
    pub(crate) branch: Vec<bool>,
}

impl Listing {
    /// Whether the process may be shown at all.
    fn admits(&self, row: &Row) -> bool {
        let is_user = |user: &String| **user == *row.program.user;
        (self.kernel_threads || !row.is_kernel_thread())
            && (self.pids.is_empty() || self.pids.contains(&row.identity.pid))
            && (self.users.is_empty() || self.users.iter().any(is_user))
    }

    /// The lines of the table for these rows.
    pub(crate) fn lines(&self, rows: &[Row]) -> Vec<Line> {
        let words: Vec<Word> = self.filter.split_whitespace().map(word).collect();
        let mut shown: Vec<usize> = (0..rows.len())
            .filter(|place| {
                let row = rows.get(*place);
                row.is_some_and(|row| self.admits(row) && words.iter().all(|word| contains(row, word)))
            })
            .collect();
        let largest_first = self.sort.is_amount() != self.reversed;
        shown.sort_by(|left, right| {
            let (Some(left), Some(right)) = (rows.get(*left), rows.get(*right)) else {
                return std::cmp::Ordering::Equal;
            };
            let order = self.sort.compare(left, right);
            let order = if largest_first { order.reverse() } else { order };
            order.then(left.identity.pid.cmp(&right.identity.pid))
        });
        if self.tree {
            return below_parents(rows, &shown);
        }
        shown
            .into_iter()
            .map(|row| Line {
                row,
                branch: Vec::new(),
            })
            .collect()
    }
}

fn word(text: &str) -> Word {
    // An expression that is still being written is none yet.
    Word::parse(text).unwrap_or_else(|_| Word::Plain(text.to_lowercase()))
}

fn contains(row: &Row, word: &Word) -> bool {
    let program = &row.program;
    let mut texts = [&*program.command, &*program.name, &*program.user].into_iter();
    word.is_number(row.identity.pid) || texts.any(|text| word.is_in(text))
}

/// The shown rows in the order of a tree. Whoever's parent is not shown stands at the top.
fn below_parents(rows: &[Row], shown: &[usize]) -> Vec<Line> {
    let pids: HashMap<Pid, usize> = shown
        .iter()
        .filter_map(|place| Some((rows.get(*place)?.identity.pid, *place)))
        .collect();
    let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut tops = Vec::new();
    for place in shown {
        let parent = rows.get(*place).and_then(|row| row.parent);
        match parent.and_then(|parent| pids.get(&parent)) {
            Some(parent) if parent != place => children.entry(*parent).or_default().push(*place),
            _ => tops.push(*place),
        }
    }
    let mut lines = Vec::with_capacity(shown.len());
    let mut seen = vec![false; rows.len()];
    // Where numbers were used again, processes may be each other's ancestors: those are below none of the tops.
    for top in tops.iter().chain(shown) {
        // A chain of processes can be longer than the stack of this program is deep.
        let mut open = vec![(*top, Vec::new())];
        while let Some((row, branch)) = open.pop() {
            match seen.get_mut(row) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let below = children.get(&row).map_or(&[][..], Vec::as_slice);
            for (place, child) in below.iter().enumerate().rev() {
                let mut branch: Vec<bool> = branch.clone();
                if branch.len() < DEEPEST {
                    branch.push(place + 1 < below.len());
                }
                open.push((*child, branch));
            }
            lines.push(Line { row, branch });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::tui::fixture::row;

    fn listing() -> Listing {
        Listing {
            sort: Column::Cpu,
            reversed: false,
            tree: false,
            kernel_threads: true,
            filter: String::new(),
            pids: Vec::new(),
            users: Vec::new(),
        }
    }

    fn pids(rows: &[Row], listing: &Listing) -> Vec<Pid> {
        let lines = listing.lines(rows);
        lines.iter().map(|line| rows[line.row].identity.pid).collect()
    }

    fn rows() -> Vec<Row> {
        let mut rows = vec![
            row(1, 0, "init"),
            row(2, 0, "kthreadd"),
            row(10, 1, "sshd"),
            row(11, 10, "bash"),
            row(12, 10, "bash"),
            row(13, 1, "cron"),
        ];
        for (row, percent) in rows.iter_mut().zip([0.5, 0.0, 0.0, 40.0, 7.0, 9.0]) {
            row.cpu_percent = Some(percent);
        }
        rows[1].vms = Some(0);
        rows[2].cpu_percent = None;
        Arc::make_mut(&mut rows[5].program).user = "Anna".into();
        rows
    }

    #[test]
    fn the_most_stands_first_and_the_unknown_last() {
        let rows = rows();
        assert_eq!(pids(&rows, &listing()), [11, 13, 12, 1, 2, 10]);
        let reversed = Listing {
            reversed: true,
            ..listing()
        };
        assert_eq!(pids(&rows, &reversed), [10, 2, 1, 12, 13, 11]);
        let by_number = Listing {
            sort: Column::Pid,
            ..listing()
        };
        assert_eq!(pids(&rows, &by_number), [1, 2, 10, 11, 12, 13]);
        let by_command = Listing {
            sort: Column::Command,
            ..listing()
        };
        assert_eq!(pids(&rows, &by_command), [11, 12, 13, 1, 2, 10]);
    }

    #[test]
    fn a_filter_wants_all_its_words() {
        let rows = rows();
        let filtered = |filter: &str| {
            let listing = Listing {
                filter: filter.to_owned(),
                sort: Column::Pid,
                ..listing()
            };
            pids(&rows, &listing)
        };
        assert_eq!(filtered("BASH"), [11, 12]);
        assert_eq!(filtered("anna"), [13]);
        assert_eq!(filtered("bash root"), [11, 12]);
        assert_eq!(filtered("bash anna"), [] as [Pid; 0]);
        assert_eq!(filtered("12"), [12]); // a number is the whole number
        assert_eq!(filtered("  "), [1, 2, 10, 11, 12, 13]);
        assert_eq!(filtered("/^(bash|cron)$/"), [11, 12, 13]);
        assert_eq!(filtered("/(/"), [] as [Pid; 0]); // no expression, and nobody is called so
    }

    #[test]
    fn numbers_and_users_can_be_all_that_there_is() {
        let rows = rows();
        let only = Listing {
            pids: vec![13, 2],
            sort: Column::Pid,
            ..listing()
        };
        assert_eq!(pids(&rows, &only), [2, 13]);
        let only = Listing {
            users: vec!["Anna".to_owned()],
            ..only
        };
        assert_eq!(pids(&rows, &only), [13]);
    }

    #[test]
    fn kernel_threads_can_be_left_out() {
        let listing = Listing {
            kernel_threads: false,
            sort: Column::Pid,
            ..listing()
        };
        let mut rows = rows();
        assert_eq!(pids(&rows, &listing), [1, 10, 11, 12, 13]);
        // A zombie has no memory either.
        rows[3].vms = Some(0);
        rows[3].status = Some(psoxide::model::process::Status::Zombie);
        assert_eq!(pids(&rows, &listing), [1, 10, 11, 12, 13]);
    }

    #[test]
    fn a_tree_is_sorted_within_each_parent() {
        let rows = rows();
        let tree = Listing {
            tree: true,
            ..listing()
        };
        assert_eq!(pids(&rows, &tree), [1, 13, 10, 11, 12, 2]);
        let lines = tree.lines(&rows);
        assert_eq!(lines[0].branch, [] as [bool; 0]);
        assert_eq!(lines[1].branch, [true]);
        assert_eq!(lines[3].branch, [false, true]);
        assert_eq!(lines[4].branch, [false, false]);
        // Without its parent a process stands at the top.
        let filtered = Listing {
            filter: "bash".to_owned(),
            ..tree
        };
        assert!(filtered.lines(&rows).iter().all(|line| line.branch.is_empty()));
    }

    #[test]
    fn a_tree_shows_everyone_once_whatever_is_told_of_parents() {
        let rows = [row(7, 8, "a"), row(8, 7, "b"), row(10, 10, "c")];
        let tree = Listing {
            tree: true,
            sort: Column::Pid,
            ..listing()
        };
        assert_eq!(pids(&rows, &tree), [10, 7, 8]);
        let chain: Vec<Row> = (1..3_000).map(|pid| row(pid, pid - 1, "a")).collect();
        assert_eq!(tree.lines(&chain).len(), 2_999);
    }
}
