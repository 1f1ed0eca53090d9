//! Where everything stands on a screen of some size. Drawing and the mouse both ask here, so a click means what is seen.
//! Any size will do, down to a single cell: what has no room has no area.

use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::column::Column;
use super::keys::{self, Action};
use super::state::View;

/// The parts of the screen; those without room have no height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Areas {
    /// What the machine does, in a line.
    pub(crate) title: Rect,
    /// The graphs.
    pub(crate) head: Head,
    /// The names of the views.
    pub(crate) tabs: Rect,
    /// The table, its headings first.
    pub(crate) table: Rect,
    /// Everything about one process.
    pub(crate) details: Rect,
    /// The most important keys, and what the program costs.
    pub(crate) footer: Rect,
}

/// How the machine's figures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// Not at all.
    Nothing,
    /// As bars in two lines.
    Bars(Rect),
    /// As graphs of what was.
    Graphs { cpu: Rect, memory: Rect, flows: Rect },
}

/// The smallest width in which graphs say more than bars.
const GRAPHS: u16 = 60;

impl Areas {
    /// The parts of a screen of this size, with details open or not.
    pub(crate) fn of(size: Rect, details: bool) -> Areas {
        let mut rest = size;
        let title = top(&mut rest, u16::from(size.height >= 3));
        let footer = bottom(&mut rest, u16::from(size.height >= 2));
        let head = if size.height >= 20 && size.width >= GRAPHS {
            let height = (size.height / 4).clamp(7, 12);
            graphs(top(&mut rest, height))
        } else if size.height >= 9 && size.width >= 20 {
            Head::Bars(top(&mut rest, 2))
        } else {
            Head::Nothing
        };
        let tabs = top(&mut rest, u16::from(size.height >= 6));
        let details = match details {
            false => bottom(&mut rest, 0),
            // Beside each other where both can be read, below each other where both have lines, alone otherwise.
            true if rest.width >= 140 => right(&mut rest),
            true if rest.height >= 14 => {
                let height = rest.height / 2;
                bottom(&mut rest, height)
            }
            true => {
                let height = rest.height;
                bottom(&mut rest, height)
            }
        };
        Areas {
            title,
            head,
            tabs,
            table: rest,
            details,
            footer,
        }
    }

    /// The lines of the table below its headings.
    pub(crate) fn lines(&self) -> Rect {
        let mut rest = self.table;
        top(&mut rest, 1);
        rest
    }
}

/// Takes lines from the top.
pub(crate) fn top(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    let taken = Rect { height, ..*rest };
    rest.y += height;
    rest.height -= height;
    taken
}

fn bottom(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    rest.height -= height;
    Rect {
        y: rest.y + rest.height,
        height,
        ..*rest
    }
}

/// The right half.
fn right(rest: &mut Rect) -> Rect {
    let width = rest.width / 2;
    rest.width -= width;
    Rect {
        x: rest.x + rest.width,
        width,
        ..*rest
    }
}

fn graphs(area: Rect) -> Head {
    let memory_width = (u32::from(area.width) * 3 / 10) as u16;
    let flows_width = memory_width;
    let cpu_width = area.width - memory_width - flows_width;
    let part = |x, width| Rect {
        x: area.x + x,
        width,
        ..area
    };
    Head::Graphs {
        cpu: part(0, cpu_width),
        memory: part(cpu_width, memory_width),
        flows: part(cpu_width + memory_width, flows_width),
    }
}

/// The names of the views in the line of tabs.
pub(crate) fn tabs(area: Rect) -> Vec<(View, Rect)> {
    let mut x = area.x;
    let mut tabs = Vec::with_capacity(View::ALL.len());
    for view in View::ALL {
        let width = view.title().width() as u16 + 2;
        if area.height == 0 || x + width > area.right() {
            break;
        }
        tabs.push((view, Rect { x, width, ..area }));
        x += width;
    }
    tabs
}

/// The keys in the bottom line that have room left of `reserved` columns: the action, the key's name, the word.
pub(crate) fn hints(area: Rect, reserved: u16, readonly: bool) -> Vec<(Action, String, &'static str, Rect)> {
    let end = area.right().saturating_sub(reserved);
    let mut x = area.x;
    let mut hints = Vec::new();
    for binding in keys::bindings(readonly) {
        let (Some(word), Some(key)) = (binding.hint, binding.keys.first()) else {
            continue;
        };
        let name = key.name();
        let width = (name.width() + 1 + word.width() + 2) as u16;
        if area.height == 0 || x + width > end {
            break;
        }
        hints.push((binding.action, name, word, Rect { x, width, ..area }));
        x += width;
    }
    hints
}

/// The columns of a view that have room in this width, with their places: the least needed are left out first, and the
/// command has what remains.
pub(crate) fn columns(view: View, width: u16) -> Vec<(Column, u16, u16)> {
    const COMMAND: u16 = 16;
    let mut columns = Column::of(view).to_vec();
    let needed = |columns: &[Column]| -> u16 {
        let fixed = columns.iter().filter(|column| **column != Column::Command);
        fixed.map(|column| column.width() + 1).sum::<u16>() + COMMAND
    };
    while needed(&columns) > width {
        let Some((place, column)) = columns
            .iter()
            .enumerate()
            .max_by_key(|(place, column)| (column.spared(), *place))
        else {
            break;
        };
        if column.spared() == 0 {
            break;
        }
        columns.remove(place);
    }
    let mut x = 0;
    let mut placed = Vec::with_capacity(columns.len());
    for column in columns {
        let room = width.saturating_sub(x);
        let width = column.width().min(room);
        if width > 0 {
            placed.push((column, x, width));
        }
        x = x.saturating_add(width).saturating_add(1);
    }
    placed
}

/// A box in the middle of the screen, as large as it needs to be and has room.
pub(crate) fn middle(size: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(size.width), height.min(size.height));
    Rect {
        x: size.x + (size.width - width) / 2,
        y: size.y + (size.height - height) / 2,
        width,
        height,
    }
}

/// Which line of the area the pointer is on.
pub(crate) fn line_at(area: Rect, position: Position) -> Option<usize> {
    area.contains(position).then(|| usize::from(position.y - area.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(areas: &Areas) -> Vec<Rect> {
        let mut all = vec![areas.title, areas.tabs, areas.table, areas.details, areas.footer];
        match areas.head {
            Head::Nothing => {}
            Head::Bars(bars) => all.push(bars),
            Head::Graphs { cpu, memory, flows } => all.extend([cpu, memory, flows]),
        }
        all
    }

    #[test]
    fn every_cell_has_one_owner_whatever_the_size() {
        for (width, height) in [
            (1, 1),
            (3, 2),
            (20, 9),
            (59, 20),
            (60, 20),
            (80, 24),
            (141, 30),
            (300, 100),
        ] {
            for details in [false, true] {
                let size = Rect::new(0, 0, width, height);
                let areas = all(&Areas::of(size, details));
                for position in size.positions() {
                    let owners = areas.iter().filter(|area| area.contains(position)).count();
                    assert_eq!(owners, 1, "{position:?} of {size:?}");
                }
            }
        }
    }

    #[test]
    fn columns_fit_and_the_command_is_last() {
        for width in 1..300 {
            for view in [View::Processes, View::Disk] {
                let columns = columns(view, width);
                assert!(columns.iter().all(|(_, x, column)| x + column <= width));
                assert_eq!(columns[0].0, Column::Pid);
                if width >= 40 {
                    assert_eq!(columns.last().unwrap().0, Column::Command);
                    assert!(columns.last().unwrap().2 >= 9, "{width}: {columns:?}");
                }
            }
        }
        assert_eq!(
            columns(View::Processes, 120).len(),
            Column::of(View::Processes).len()
        );
        assert!(columns(View::Network, 80).is_empty());
    }

    #[test]
    fn a_box_never_leaves_the_screen() {
        let size = Rect::new(0, 0, 10, 4);
        assert_eq!(middle(size, 6, 2), Rect::new(2, 1, 6, 2));
        assert_eq!(middle(size, 60, 20), size);
    }
}
