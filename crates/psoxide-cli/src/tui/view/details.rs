//! The pane with everything about one process.

use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;
use crate::tui::state::State;

/// How wide the labels are.
const LABEL: u16 = 13;

pub(super) fn draw(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let Some(pane) = &state.details else { return };
    if area.is_empty() {
        return;
    }
    let pid = pane.identity.pid;
    let row = state.sample.rows.iter().find(|row| row.identity == pane.identity);
    let title = match (row, &pane.details) {
        (Some(row), _) => format!("{pid} {}", row.program.name),
        (None, Some(_)) => format!("{pid} (ended)"),
        (None, None) => pid.to_string(),
    };
    let inside = pen.window(area, &title);
    let Some(details) = &pane.details else { return };
    if let Some(failure) = &details.failure {
        pen.text(inside.x, inside.y, inside.width, failure, pen.theme.message);
        return;
    }
    let shown = details.lines.iter().skip(pane.scroll);
    for ((label, text), y) in shown.zip(inside.y..inside.bottom()) {
        pen.text(inside.x, y, inside.width.min(LABEL), label, pen.theme.levels[0]);
        let room = inside.width.saturating_sub(LABEL);
        pen.text(inside.x + LABEL, y, room, text, Style::new());
    }
    let last = (pane.scroll + usize::from(inside.height)).min(details.lines.len());
    let place = format!(" {}-{last} of {} ", pane.scroll + 1, details.lines.len());
    if area.height > 1 && usize::from(area.width) > place.width() + 4 {
        let corner = Rect {
            y: area.bottom() - 1,
            height: 1,
            width: area.width - 2,
            ..area
        };
        pen.right(corner, area.x, &place, pen.theme.faint);
    }
}
