//! The table of processes.

use psoxide::model::process::Status;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::pen::Pen;
use crate::tui::column::Column;
use crate::tui::layout::{columns, top};
use crate::tui::sample::Row;
use crate::tui::state::State;

pub(super) fn draw(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let columns = columns(state.view, area.width);
    let mut lines = area;
    headings(state, top(&mut lines, 1), &columns, pen);
    if state.lines.is_empty() && !state.sample.rows.is_empty() {
        pen.text(
            area.x + 1,
            lines.y,
            area.width,
            "no process matches",
            pen.theme.faint,
        );
    }
    for (place, y) in (lines.y..lines.bottom()).enumerate() {
        let line = state.scroll + place;
        let Some(row) = state.row(line) else { break };
        let is_selected = state.selected == Some(row.identity);
        let full = Rect { y, height: 1, ..area };
        if is_selected {
            pen.line(full, "", pen.theme.selected);
        }
        for (column, x, width) in &columns {
            let cell = Rect {
                x: area.x + x,
                width: *width,
                ..full
            };
            let style = if is_selected {
                pen.theme.selected
            } else {
                look(*column, row, pen)
            };
            if *column == Column::Command {
                command(state, line, row, cell, style, pen);
            } else {
                aligned(pen, cell, &column.text(row), column.is_right(), style);
            }
        }
    }
}

fn headings(state: &State, area: Rect, columns: &[(Column, u16, u16)], pen: &mut Pen<'_>) {
    pen.line(area, "", pen.theme.heading);
    for (column, x, width) in columns {
        let cell = Rect {
            x: area.x + x,
            width: *width,
            ..area
        };
        let is_sorted = *column == state.listing.sort;
        let style = if is_sorted {
            pen.theme.sorted
        } else {
            pen.theme.heading
        };
        aligned(pen, cell, column.header(), column.is_right(), style);
        if is_sorted && !area.is_empty() {
            let descending = column.is_amount() != state.listing.reversed;
            let sign = if descending {
                pen.glyphs.descending
            } else {
                pen.glyphs.ascending
            };
            // In the gap behind the column, which is always there, or behind the word in the last one.
            let sign_x = match column {
                Column::Command => cell.x + column.header().len() as u16,
                _ => cell.right(),
            };
            if sign_x < area.right() {
                pen.text(sign_x, area.y, 1, sign, style);
            }
        }
    }
}

fn aligned(pen: &mut Pen<'_>, cell: Rect, text: &str, right: bool, style: Style) {
    let padding = if right {
        cell.width.saturating_sub(text.width() as u16)
    } else {
        0
    };
    pen.text(cell.x + padding, cell.y, cell.width - padding, text, style);
}

/// What is high, running or not running any more stands out.
fn look(column: Column, row: &Row, pen: &Pen<'_>) -> Style {
    let theme = pen.theme;
    let plain = Style::new();
    match column {
        Column::Cpu if row.cpu_percent.is_some_and(|share| share >= 0.05) => {
            theme.level(row.cpu_percent.unwrap_or_default())
        }
        Column::Memory if row.memory_percent.is_some_and(|share| share >= 10.0) => {
            theme.level(row.memory_percent.unwrap_or_default())
        }
        Column::Cpu | Column::Memory => theme.faint,
        Column::Status => match row.status {
            Some(Status::Running) => theme.levels[0],
            Some(Status::DiskSleep | Status::Zombie | Status::Dead) => theme.levels[2],
            Some(Status::Stopped | Status::TracingStop) => theme.levels[1],
            _ => theme.faint,
        },
        Column::ReadRate if row.read().rate.is_some_and(|rate| rate > 0.0) => theme.incoming,
        Column::WriteRate if row.written().rate.is_some_and(|rate| rate > 0.0) => theme.outgoing,
        Column::IoRate if row.io_rate().is_some_and(|rate| rate > 0.0) => theme.strong,
        Column::Nice if row.nice == Some(0) => theme.faint,
        Column::IoRate | Column::ReadRate | Column::WriteRate => theme.faint,
        _ if row.is_kernel_thread() => theme.faint,
        _ => plain,
    }
}

/// The branches of the tree, then the command with the program's own name standing out.
fn command(state: &State, line: usize, row: &Row, cell: Rect, style: Style, pen: &mut Pen<'_>) {
    let mut x = cell.x;
    if let Some(line) = state.lines.get(line) {
        let [more, none, child, last] = pen.glyphs.branches;
        for (level, follows) in line.branch.iter().enumerate() {
            let sign = match (level + 1 == line.branch.len(), follows) {
                (false, true) => more,
                (false, false) => none,
                (true, true) => child,
                (true, false) => last,
            };
            let faint = if state.selected == Some(row.identity) {
                style
            } else {
                pen.theme.frame
            };
            x = pen.text(x, cell.y, cell.right().saturating_sub(x), sign, faint);
        }
    }
    let shifted = without(&row.program.command, state.shift);
    let start = x;
    pen.text(x, cell.y, cell.right().saturating_sub(x), shifted, style);
    if state.shift > 0 || state.selected == Some(row.identity) {
        return;
    }
    // The program in its path: `/usr/sbin/` of `/usr/sbin/sshd -D` is less important.
    if let Some(directory) = directory(&row.program.command) {
        let width = (directory.width() as u16).min(cell.right().saturating_sub(start));
        pen.text(start, cell.y, width, directory, pen.theme.faint);
    }
}

/// The directory of the program that the command line begins with, if it names one.
fn directory(command: &str) -> Option<&str> {
    let program = command.split([' ', ':']).next()?;
    if !program.starts_with('/') {
        return None;
    }
    let (directory, _) = command.split_at(program.rfind('/')? + 1);
    Some(directory)
}

/// The text without so many columns at its beginning.
fn without(text: &str, mut columns: usize) -> &str {
    for (place, letter) in text.char_indices() {
        if columns == 0 {
            return text.get(place..).unwrap_or_default();
        }
        columns = columns.saturating_sub(letter.width().unwrap_or(0));
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_that_of_the_program() {
        assert_eq!(directory("/usr/sbin/sshd -D /etc/x"), Some("/usr/sbin/"));
        assert_eq!(directory("sshd: anna@pts/0"), None);
        assert_eq!(directory("/init"), Some("/"));
        assert_eq!(directory(""), None);
    }

    #[test]
    fn text_is_shifted_by_columns() {
        assert_eq!(without("abcdef", 2), "cdef");
        assert_eq!(without("日本語", 2), "本語");
        assert_eq!(without("ab", 5), "");
        assert_eq!(without("ab", 0), "ab");
    }
}
