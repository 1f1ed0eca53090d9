//! What the machine does: graphs where there is room, bars where there is little.

use psoxide::format::{bytes, percent};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;
use crate::tui::history::Series;
use crate::tui::layout::{Head, top};
use crate::tui::sample::{Flow, Space};
use crate::tui::state::State;

/// How wide one CPU with a bar of its own is.
const CPU: u16 = 16;
/// How wide one CPU without a bar is.
const NARROW_CPU: u16 = 8;

pub(super) fn draw(state: &State, head: Head, pen: &mut Pen<'_>) {
    match head {
        Head::Nothing => {}
        Head::Bars(area) => bars(state, area, pen),
        Head::Graphs { cpu, memory, flows } => {
            draw_cpu(state, cpu, pen);
            draw_memory(state, memory, pen);
            draw_flows(state, flows, pen);
        }
    }
}

fn draw_cpu(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let sample = &state.sample;
    let share = sample
        .cpu
        .map_or_else(String::new, |share| format!(" {} %", percent(share)));
    let inside = pen.frame(area, &format!("CPU{share}"));
    let count = sample.cpus.len() as u16;
    let rows = inside.height.max(1);
    let needed = count.div_ceil(rows);
    // A third of the room is the graph's at least.
    let most = inside.width * 2 / 3;
    let (width, columns) = match needed {
        needed if needed * CPU <= most => (CPU, needed),
        needed if needed * NARROW_CPU <= most => (NARROW_CPU, needed),
        _ => (1, count.div_ceil(rows).min(most)),
    };
    let graph = Rect {
        width: inside.width.saturating_sub(width * columns + 1),
        ..inside
    };
    let theme = pen.theme;
    pen.graph(graph, &state.history.cpu, 100.0, |share| theme.level(share));
    let left = inside.right() - (width * columns).min(inside.width);
    for (place, (number, share)) in sample.cpus.iter().enumerate() {
        let (column, row) = (place as u16 / rows, place as u16 % rows);
        if column >= columns {
            break;
        }
        let (x, y) = (left + column * width, inside.y + row);
        let style = theme.level(share.unwrap_or_default());
        let text = share.map_or_else(String::new, |share| format!("{share:.0}%"));
        match width {
            CPU => {
                let end = pen.text(x, y, 4, &format!("{number:>2} "), theme.faint);
                pen.bar(end, y, x + CPU - end - 6, share.unwrap_or_default(), style);
                pen.text(x + CPU - 6, y, 5, &format!("{text:>5}"), style);
            }
            NARROW_CPU => {
                pen.text(x, y, 3, &format!("{number:>2}"), theme.faint);
                pen.text(x + 3, y, 4, &format!("{text:>4}"), style);
            }
            _ => pen.heat(x, y, share.unwrap_or_default(), style),
        }
    }
}

fn draw_memory(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let title = match state.sample.memory {
        Some(memory) => format!("Memory {} %", percent(memory.percent)),
        None => String::from("Memory"),
    };
    let mut rest = pen.frame(area, &title);
    let first = top(&mut rest, 1);
    space(pen, first, "mem", state.sample.memory);
    let second = top(&mut rest, 1);
    space(pen, second, "swap", state.sample.swap);
    let theme = pen.theme;
    let most = usize::from(rest.width);
    let swapped = state.history.swap.largest(most) > 0.0 && rest.height >= 4;
    let swap = if swapped { rest.height / 3 } else { 0 };
    let height = rest.height - swap;
    let memory = top(&mut rest, height);
    pen.graph(memory, &state.history.memory, 100.0, |share| theme.level(share));
    pen.graph(rest, &state.history.swap, 100.0, |share| theme.level(share));
}

/// `mem ■■■··· 3.2G/7.8G`
fn space(pen: &mut Pen<'_>, area: Rect, label: &str, space: Option<Space>) {
    if area.is_empty() {
        return;
    }
    let x = pen.text(
        area.x,
        area.y,
        area.width,
        &format!("{label:<5}"),
        pen.theme.faint,
    );
    let Some(space) = space else { return };
    let text = match space.total {
        0 => String::from("none"),
        total => format!("{}/{}", bytes(space.used), bytes(total)),
    };
    let width = area.right().saturating_sub(x);
    let room = width.saturating_sub(text.len() as u16 + 1);
    if room >= 3 && space.total > 0 {
        pen.bar(x, area.y, room, space.percent, pen.theme.level(space.percent));
    }
    pen.right(area, x, &text, pen.theme.strong);
}

fn draw_flows(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let mut rest = pen.frame(area, "Network and disk");
    let half = rest.height / 2;
    let network = top(&mut rest, half);
    let history = &state.history;
    let series = (&history.received, &history.sent);
    flow(pen, network, "net", state.sample.network, series);
    flow(
        pen,
        rest,
        "disk",
        state.sample.disk,
        (&history.disk_read, &history.disk_written),
    );
}

/// A line of figures above two graphs, side by side, of what came in and what went out.
fn flow(pen: &mut Pen<'_>, area: Rect, label: &str, flow: Flow, (incoming, outgoing): (&Series, &Series)) {
    let mut rest = area;
    let line = top(&mut rest, 1);
    if line.is_empty() {
        return;
    }
    let theme = pen.theme;
    let (down, up) = (pen.glyphs.incoming, pen.glyphs.outgoing);
    let left = Rect {
        width: rest.width / 2,
        ..rest
    };
    let right = Rect {
        x: left.right(),
        width: rest.width - left.width,
        ..rest
    };
    let texts = |unit| (rate(down, flow.incoming, unit), rate(up, flow.outgoing, unit));
    let mut told = texts("/s");
    if usize::from(line.width) < 5 + told.0.width() + 1 + told.1.width() {
        told = texts("");
    }
    let x = pen.text(line.x, line.y, line.width, &format!("{label:<5}"), theme.faint);
    let x = pen.text(x, line.y, line.right().saturating_sub(x), &told.0, theme.incoming);
    pen.right(line, x + 1, &told.1, theme.outgoing);
    // Both on one scale, or a trickle would look like a flood.
    let most = usize::from(right.width);
    let largest = incoming.largest(most).max(outgoing.largest(most)).max(1.0);
    let graph = Rect {
        width: left.width.saturating_sub(1),
        ..left
    };
    pen.graph(graph, incoming, largest, |_| theme.incoming);
    pen.graph(right, outgoing, largest, |_| theme.outgoing);
}

fn rate(sign: &str, rate: Option<f64>, unit: &str) -> String {
    rate.map_or_else(String::new, |rate| format!("{sign} {}{unit}", bytes(rate as u64)))
}

/// Everything in two lines.
fn bars(state: &State, area: Rect, pen: &mut Pen<'_>) {
    let sample = &state.sample;
    let half = area.width / 2;
    let part = |x, y, width| Rect {
        x: area.x + x,
        y: area.y + y,
        width,
        height: 1,
    };
    let cpu = part(0, 0, half.saturating_sub(1));
    let x = pen.text(cpu.x, cpu.y, cpu.width, "cpu  ", pen.theme.faint);
    if let Some(share) = sample.cpu {
        let room = cpu.right().saturating_sub(x).saturating_sub(7);
        pen.bar(x, cpu.y, room, share, pen.theme.level(share));
        pen.right(cpu, x, &format!("{} %", percent(share)), pen.theme.strong);
    }
    space(pen, part(half, 0, area.width - half), "mem", sample.memory);
    let network = format!(
        "net  {} {}",
        rate(pen.glyphs.incoming, sample.network.incoming, "/s"),
        rate(pen.glyphs.outgoing, sample.network.outgoing, "/s")
    );
    pen.text(
        area.x,
        area.y + 1,
        half.saturating_sub(1),
        &network,
        pen.theme.incoming,
    );
    space(pen, part(half, 1, area.width - half), "swap", sample.swap);
}

impl Pen<'_> {
    /// One cell whose height is a share of 100.
    fn heat(&mut self, x: u16, y: u16, share: f64, style: ratatui::style::Style) {
        let bars = &self.glyphs.bars;
        let signs = [
            bars.one_eighth,
            bars.one_quarter,
            bars.three_eighths,
            bars.half,
            bars.five_eighths,
            bars.three_quarters,
            bars.seven_eighths,
            bars.full,
        ];
        let place = (share.clamp(0.0, 100.0) / 100.0 * 7.0).round() as usize;
        let sign = signs.get(place).copied().unwrap_or(bars.full);
        self.text(x, y, 1, sign, style);
    }
}
