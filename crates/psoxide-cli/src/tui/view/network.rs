//! The network interfaces, the busiest first.

use psoxide::format::bytes;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::pen::Pen;
use crate::tui::layout::top;
use crate::tui::sample::{Counter, Nic};
use crate::tui::state::State;

/// Each column's heading and width; the name comes before them.
const COLUMNS: [(&str, u16); 6] = [
    ("RECEIVED/s", 11),
    ("SENT/s", 11),
    ("PACKETS IN/s", 13),
    ("PACKETS OUT/s", 14),
    ("RECEIVED", 10),
    ("SENT", 10),
];
const NAME: u16 = 15;

pub(super) fn draw(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let mut rest = area;
    let heading = top(&mut rest, 1);
    pen.line(heading, "INTERFACE", pen.theme.heading);
    cells(
        pen,
        heading,
        &COLUMNS.map(|(header, _)| (String::from(header), pen.theme.heading)),
    );
    let shown = state.sample.nics.iter().skip(state.scroll);
    for (nic, y) in shown.zip(rest.y..rest.bottom()) {
        let line = Rect { y, height: 1, ..area };
        pen.text(line.x, y, NAME.min(line.width), &nic.name, pen.theme.strong);
        let texts = texts(nic, pen);
        cells(pen, line, &texts);
    }
}

fn cells(pen: &mut Pen<'_>, line: Rect, texts: &[(String, Style); 6]) {
    let mut x = line.x + NAME;
    for ((text, style), (_, width)) in texts.iter().zip(COLUMNS) {
        if line.is_empty() || x + width > line.right() {
            return;
        }
        let padding = width.saturating_sub(text.len() as u16);
        pen.text(x + padding, line.y, width, text, *style);
        x += width;
    }
}

fn texts(nic: &Nic, pen: &Pen<'_>) -> [(String, Style); 6] {
    let look = |counter: &Counter, busy: Style| match counter.rate {
        Some(rate) if rate > 0.0 => busy,
        _ => pen.theme.faint,
    };
    let size = |number: Option<u64>| number.map_or_else(String::new, bytes);
    let byte_rate = |counter: &Counter| size(counter.rate.map(|rate| rate as u64));
    let rate = |counter: &Counter| counter.rate.map_or_else(String::new, |rate| format!("{rate:.0}"));
    let (incoming, outgoing) = (pen.theme.incoming, pen.theme.outgoing);
    [
        (
            byte_rate(&nic.bytes_received),
            look(&nic.bytes_received, incoming),
        ),
        (byte_rate(&nic.bytes_sent), look(&nic.bytes_sent, outgoing)),
        (rate(&nic.packets_received), look(&nic.packets_received, incoming)),
        (rate(&nic.packets_sent), look(&nic.packets_sent, outgoing)),
        (size(nic.bytes_received.total), Style::new()),
        (size(nic.bytes_sent.total), Style::new()),
    ]
}
