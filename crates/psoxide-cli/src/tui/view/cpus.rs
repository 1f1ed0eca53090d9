//! Which process last ran on which CPU: a column each, the processes in the order of the table.

use psoxide::format::percent;
use ratatui::layout::Rect;

use super::pen::Pen;
use crate::tui::layout::top;
use crate::tui::state::State;

const NARROWEST: u16 = 10;
const WIDEST: u16 = 24;

pub(super) fn draw(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let cpus = &state.sample.cpus;
    let mut lines = area;
    let heading = top(&mut lines, 1);
    let shares = top(&mut lines, 1);
    pen.line(heading, "", pen.theme.heading);
    if cpus.is_empty() || area.is_empty() {
        return;
    }
    let room = usize::from((area.width / NARROWEST).max(1));
    let shown = cpus.len().min(room);
    let width = (area.width / shown as u16).min(WIDEST);
    for (place, (number, share)) in cpus.iter().take(shown).enumerate() {
        let x = area.x + place as u16 * width;
        let room = width.saturating_sub(1);
        pen.text(x, heading.y, room, &format!("CPU {number}"), pen.theme.heading);
        let share = share.unwrap_or_default();
        if !shares.is_empty() {
            pen.text(
                x,
                shares.y,
                room,
                &format!("{} %", percent(share)),
                pen.theme.level(share),
            );
        }
        let here = state
            .lines
            .iter()
            .filter_map(|line| state.sample.rows.get(line.row))
            .filter(|row| row.cpu_number == Some(*number));
        for (row, y) in here.zip(lines.y..lines.bottom()) {
            let is_busy = row.cpu_percent.is_some_and(|share| share >= 0.05);
            let style = if is_busy {
                pen.theme.strong
            } else {
                pen.theme.faint
            };
            pen.text(x, y, room, &row.program.name, style);
        }
    }
    if shown < cpus.len() {
        let hidden = format!("+ {} hidden", cpus.len() - shown);
        pen.right(heading, area.x, &hidden, pen.theme.heading);
    }
}
