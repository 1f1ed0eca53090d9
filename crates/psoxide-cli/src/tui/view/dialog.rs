//! What stands above everything else: the help screen, the choice of a signal, and the question before it is sent.

use psoxide::Signal;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::pen::Pen;
use crate::tui::keys::{self, Chapter};
use crate::tui::layout::middle;
use crate::tui::state::{Mode, State, Target, signals};

/// How wide the keys are in the help screen.
const KEYS: usize = 16;

pub(super) fn draw(state: &State, size: Rect, pen: &mut Pen<'_>) {
    match &state.mode {
        Mode::Browse | Mode::Filter => {}
        Mode::Help(scroll) => help(state.readonly, *scroll, size, pen),
        Mode::Choose(target, place) => choice(target, *place, size, pen),
        Mode::Confirm(target, signal) => question(target, *signal, size, pen),
    }
}

/// The help screen: keys and what they do; a heading has no keys.
pub(crate) fn help_lines(readonly: bool) -> Vec<(String, &'static str)> {
    let mut lines = Vec::new();
    for chapter in Chapter::ALL {
        if !lines.is_empty() {
            lines.push((String::new(), ""));
        }
        lines.push((String::new(), chapter.title()));
        for binding in keys::bindings(readonly).filter(|binding| binding.chapter == chapter) {
            let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            lines.push((names.join(" "), binding.help));
        }
    }
    lines.push((String::new(), ""));
    lines.push((
        String::from("Mouse"),
        "select, sort by a heading, open a tab, press a key below, scroll",
    ));
    lines
}

fn help(readonly: bool, scroll: usize, size: Rect, pen: &mut Pen<'_>) {
    let lines = help_lines(readonly);
    let widest = lines.iter().map(|(_, text)| text.width()).max().unwrap_or(0);
    let width = (widest + KEYS + 5) as u16;
    let inside = pen.window(middle(size, width, lines.len() as u16 + 2), "Help");
    let scroll = scroll.min(lines.len().saturating_sub(usize::from(inside.height)));
    for ((keys, text), y) in lines.iter().skip(scroll).zip(inside.y..inside.bottom()) {
        let style = if keys.is_empty() {
            pen.theme.strong
        } else {
            Style::new()
        };
        let indent = if keys.is_empty() { 1 } else { KEYS as u16 + 2 };
        pen.text(
            inside.x + 1,
            y,
            (KEYS as u16).min(inside.width),
            keys,
            pen.theme.incoming,
        );
        pen.text(
            inside.x + indent,
            y,
            inside.width.saturating_sub(indent),
            text,
            style,
        );
    }
}

fn choice(target: &Target, place: usize, size: Rect, pen: &mut Pen<'_>) {
    let signals = signals();
    let title = format!("Signal for {} {}", target.identity.pid, target.program.name);
    let width = (title.width() + 6).clamp(42, 60) as u16;
    let height = (signals.len() as u16 + 3).min(18);
    let mut inside = pen.window(middle(size, width, height), &title);
    if inside.height > 2 {
        inside.height -= 1;
        let hint = "Enter: next, Esc: back";
        pen.text(
            inside.x + 1,
            inside.bottom(),
            inside.width.saturating_sub(1),
            hint,
            pen.theme.faint,
        );
    }
    let scroll = (place + 1).saturating_sub(usize::from(inside.height));
    let shown = signals.iter().enumerate().skip(scroll);
    for ((line, signal), y) in shown.zip(inside.y..inside.bottom()) {
        let number = signal.number().unwrap_or_default();
        let text = format!(" {number:>2}  {signal:<10} {}", meaning(*signal));
        let style = if line == place {
            pen.theme.selected
        } else {
            Style::new()
        };
        pen.line(
            Rect {
                y,
                height: 1,
                ..inside
            },
            &text,
            style,
        );
    }
}

fn question(target: &Target, signal: Signal, size: Rect, pen: &mut Pen<'_>) {
    let lines = [
        format!("Send {signal} to process {}?", target.identity.pid),
        String::new(),
        format!("name     {}", target.program.name),
        format!("user     {}", target.program.user),
        format!("command  {}", target.program.command),
        String::new(),
        String::from("y: yes, any other key: no"),
    ];
    let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let width = (widest + 4).clamp(36, 76) as u16;
    let inside = pen.window(middle(size, width, lines.len() as u16 + 2), "Confirm");
    for ((place, line), y) in lines.iter().enumerate().zip(inside.y..inside.bottom()) {
        let style = if place == 0 || place + 1 == lines.len() {
            pen.theme.message
        } else {
            Style::new()
        };
        pen.text(inside.x + 1, y, inside.width.saturating_sub(2), line, style);
    }
}

/// What the usual signals do.
fn meaning(signal: Signal) -> &'static str {
    match signal {
        Signal::TERM => "asks it to end",
        Signal::KILL => "ends it at once",
        Signal::INT => "as Ctrl-C does",
        Signal::HUP => "hang up, or read again",
        Signal::STOP => "halts it",
        Signal::CONT => "lets it go on",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_help() {
        let lines = help_lines(false);
        for binding in keys::bindings(false) {
            let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            let line = (names.join(" "), binding.help);
            assert!(lines.contains(&line), "{line:?}");
            assert!(line.0.width() <= KEYS, "{line:?} is too wide");
        }
        assert_eq!(lines.len() - help_lines(true).len(), 1);
    }
}
