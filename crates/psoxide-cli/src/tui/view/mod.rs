//! The screen as cells: title, graphs, table, details, keys. Draws what [`State`] says, and changes nothing.

mod cpus;
mod details;
pub(crate) mod dialog;
mod meters;
mod network;
mod pen;
mod processes;
#[cfg(test)]
mod tests;

use psoxide::format::{bytes, percent};
use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use self::pen::Pen;
use super::layout::{Areas, hints, tabs};
use super::state::{Mode, State, View, tasks};
use super::theme::{Glyphs, THEMES};

/// Draws everything.
pub(crate) fn draw(state: &State, glyphs: &Glyphs, buffer: &mut Buffer) {
    let size = buffer.area;
    let areas = Areas::of(size, state.details.is_some());
    let Some(theme) = THEMES.get(state.theme).or(THEMES.first()) else {
        return;
    };
    let pen = &mut Pen {
        buffer,
        theme,
        glyphs,
    };
    title(state, &areas, pen);
    meters::draw(state, areas.head, pen);
    tab_line(state, &areas, pen);
    match state.view {
        View::Processes | View::Disk => processes::draw(state, areas.table, pen),
        View::Network => network::draw(state, areas.table, pen),
        View::Cpus => cpus::draw(state, areas.table, pen),
    }
    details::draw(state, areas.details, pen);
    footer(state, &areas, pen);
    dialog::draw(state, size, pen);
}

/// What this program costs, and how often it looks.
fn own_cost(state: &State) -> String {
    let interval = format!("every {} s", state.interval.as_secs_f64());
    let Some(own) = state.sample.own else {
        return interval;
    };
    let cpu = own.cpu_percent.map(|share| format!("{}% ", percent(share)));
    let rss = own.rss.map(|rss| format!("{} ", bytes(rss)));
    let cost = cpu.unwrap_or_default() + &rss.unwrap_or_default();
    format!("self {cost}{interval}")
}

/// How many columns of the bottom line that takes.
pub(crate) fn own_cost_width(state: &State) -> u16 {
    own_cost(state).width() as u16 + 1
}

fn title(state: &State, areas: &Areas, pen: &mut Pen<'_>) {
    let sample = &state.sample;
    let mut parts = vec![String::from("psoxide top")];
    if let Some(uptime) = sample.uptime {
        parts.push(format!("up {}", duration(uptime)));
    }
    if let Some([one, five, fifteen]) = sample.load {
        parts.push(format!("load {one:.2} {five:.2} {fifteen:.2}"));
    }
    if !sample.rows.is_empty() {
        let (running, all) = tasks(&sample.rows);
        parts.push(format!("{all} processes, {running} running"));
    }
    let separator = format!(" {} ", pen.glyphs.dot);
    pen.line(areas.title, &parts.join(&separator), pen.theme.strong);
}

/// `D d H:MM`, as long as it runs.
fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0) as u64;
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match days {
        0 => format!("{hours}:{minutes:02}"),
        _ => format!("{days} d {hours}:{minutes:02}"),
    }
}

fn tab_line(state: &State, areas: &Areas, pen: &mut Pen<'_>) {
    let mut end = areas.tabs.x;
    for (view, area) in tabs(areas.tabs) {
        let style = if view == state.view {
            pen.theme.heading
        } else {
            pen.theme.faint
        };
        pen.line(area, &format!(" {} ", view.title()), style);
        end = area.right();
    }
    let mut marks = Vec::new();
    if state.paused {
        marks.push(String::from("paused"));
    }
    if matches!(state.view, View::Processes | View::Disk) {
        if state.listing.tree {
            marks.push(String::from("tree"));
        }
        if !state.listing.kernel_threads {
            marks.push(String::from("no kernel threads"));
        }
    }
    if !state.listing.filter.is_empty() && state.view != View::Network {
        marks.push(format!(
            "{} match \"{}\"",
            state.lines.len(),
            state.listing.filter
        ));
    }
    if state.readonly {
        marks.push(String::from("read-only"));
    }
    let marks = marks.join(&format!(" {} ", pen.glyphs.dot));
    pen.right(areas.tabs, end, &marks, pen.theme.message);
}

fn footer(state: &State, areas: &Areas, pen: &mut Pen<'_>) {
    let area = areas.footer;
    if let Mode::Filter = state.mode {
        let typed = format!("Filter: {}", state.listing.filter);
        let end = pen.tail(area, &typed, pen.theme.strong);
        pen.cursor(end, area.y);
        return;
    }
    if let Some(message) = &state.message {
        pen.line(area, message, pen.theme.message);
        return;
    }
    let mut end = area.x;
    for (_, name, word, place) in hints(area, own_cost_width(state), state.readonly) {
        let x = pen.text(place.x, place.y, place.width, &name, pen.theme.key);
        pen.text(
            x + 1,
            place.y,
            place.right().saturating_sub(x + 1),
            word,
            pen.theme.faint,
        );
        end = place.right();
    }
    match &state.sample.failure {
        Some(failure) => pen.right(area, end, failure, pen.theme.message),
        None => pen.right(area, end, &own_cost(state), pen.theme.faint),
    }
}
