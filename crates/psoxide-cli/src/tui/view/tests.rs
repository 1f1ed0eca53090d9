//! Frames, to the letter, over samples that are always the same; and over any size. Run with `UPDATE_EXPECT=1` to write
//! the expected frames anew.

use std::sync::Arc;
use std::time::Duration;

use expect_test::{ExpectFile, expect_file};
use psoxide::Signal;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::output::printable::commands_terminal;
use crate::tui::fixture::sample;
use crate::tui::sample::{Details, Sample};
use crate::tui::state::{Event, Options, Pane, Target};
use crate::tui::theme::{ASCII, UNICODE, named};

fn state(width: u16, height: u16, view: View) -> State {
    let options = Options {
        view,
        interval: Duration::from_secs(2),
        sort: None,
        reversed: false,
        tree: false,
        filter: String::new(),
        pids: Vec::new(),
        users: Vec::new(),
        readonly: false,
        theme: 0,
    };
    let mut state = State::new(options, Rect::new(0, 0, width, height));
    for share in [0.0, 10.0, 20.0, 35.0, 60.0, 99.0, 80.0, 47.3] {
        let mut sample = sample();
        sample.cpu = Some(share);
        sample.disk.incoming = Some(share * 1_000.0);
        state.update(Event::Sample(Box::new(sample)));
    }
    state
}

fn frame(state: &State, glyphs: &Glyphs) -> Buffer {
    let backend = TestBackend::new(state.size.width, state.size.height);
    let mut terminal = Terminal::new(backend).unwrap();
    terminal
        .draw(|frame| draw(state, glyphs, frame.buffer_mut()))
        .unwrap();
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut line = String::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.width().max(1) as u16;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn expect(file: ExpectFile, state: &State) {
    file.assert_eq(&text(&frame(state, &UNICODE)));
}

fn details(state: &mut State) {
    let identity = state.sample.rows[10].identity;
    let line = |label: &str, text: &str| (String::from(label), String::from(text));
    let mut lines = vec![
        line("pid", "2000"),
        line("name", "postgres"),
        line("parent", "1 (init)"),
        line("exe", "/usr/lib/postgresql/15/bin/postgres"),
        line("cmdline", "/usr/bin/postgres -D /var/lib/postgresql/15/main"),
    ];
    lines.extend((0..30).map(|number| line("", &format!("continued {number}"))));
    state.selected = Some(identity);
    state.details = Some(Pane {
        identity,
        details: Some(Details {
            identity,
            lines,
            failure: None,
        }),
        scroll: 0,
    });
}

fn target(state: &State) -> Box<Target> {
    let row = &state.sample.rows[10];
    let mut target = Target {
        identity: row.identity,
        program: row.program.clone(),
    };
    Arc::make_mut(&mut target.program).name = "postgres".into();
    Box::new(target)
}

#[test]
fn processes() {
    let mut state = state(110, 30, View::Processes);
    expect(expect_file!["expected/processes.txt"], &state);
    state.listing.tree = true;
    state.selected = Some(state.sample.rows[7].identity);
    state.update(Event::Sample(Box::new(sample())));
    expect(expect_file!["expected/tree.txt"], &state);
}

#[test]
fn processes_on_a_usual_terminal() {
    expect(
        expect_file!["expected/processes-80x24.txt"],
        &state(80, 24, View::Processes),
    );
}

#[test]
fn processes_on_a_small_terminal() {
    expect(
        expect_file!["expected/processes-50x12.txt"],
        &state(50, 12, View::Processes),
    );
}

#[test]
fn processes_without_unicode() {
    let mut state = state(80, 24, View::Processes);
    state.listing.tree = true;
    state.update(Event::Sample(Box::new(sample())));
    let buffer = frame(&state, &ASCII);
    let text = text(&buffer);
    assert!(text.is_ascii(), "{text}");
    expect_file!["expected/ascii.txt"].assert_eq(&text);
}

#[test]
fn disk_network_and_cpus() {
    let mut disk = state(100, 24, View::Disk);
    disk.update(Event::Sample(Box::new(sample())));
    expect(expect_file!["expected/disk.txt"], &disk);
    expect(
        expect_file!["expected/network.txt"],
        &state(100, 24, View::Network),
    );
    expect(expect_file!["expected/cpus.txt"], &state(80, 24, View::Cpus));
}

#[test]
fn the_details_of_a_process() {
    let mut below = state(100, 36, View::Processes);
    details(&mut below);
    expect(expect_file!["expected/details.txt"], &below);
    let mut beside = state(150, 30, View::Processes);
    details(&mut beside);
    expect(expect_file!["expected/details-wide.txt"], &beside);
}

#[test]
fn help_and_questions() {
    let mut state = state(90, 50, View::Processes);
    state.mode = Mode::Help(0);
    expect(expect_file!["expected/help.txt"], &state);
    state.mode = Mode::Choose(target(&state), 1);
    expect(expect_file!["expected/signals.txt"], &state);
    state.mode = Mode::Confirm(target(&state), Signal::TERM);
    expect(expect_file!["expected/confirm.txt"], &state);
}

#[test]
fn many_cpus_are_shown_narrower() {
    let shown = |count: u32, part: &str| {
        let mut state = state(100, 24, View::Processes);
        state.sample.cpus = (0..count)
            .map(|number| (number, Some(f64::from(number))))
            .collect();
        let text = text(&frame(&state, &UNICODE));
        assert!(text.contains("CPU 47.3 %") && text.contains(part), "{text}");
    };
    shown(4, " 3 ·······   3%");
    shown(9, " 8   8%");
    shown(30, "▁▁▂▂▂▃");
    shown(400, "▁");
}

#[test]
fn a_theme_without_colour_has_none() {
    let mut state = state(100, 30, View::Processes);
    details(&mut state);
    state.theme = named("plain").unwrap();
    let plain = frame(&state, &UNICODE);
    assert!(
        plain
            .content
            .iter()
            .all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset))
    );
    let selected = plain
        .content
        .iter()
        .filter(|cell| cell.modifier.contains(Modifier::REVERSED));
    assert!(selected.count() > 100);
    state.theme = named("terminal").unwrap();
    let coloured = frame(&state, &UNICODE);
    assert_eq!(text(&plain), text(&coloured));
    assert!(coloured.content.iter().any(|cell| cell.fg == Color::Green));
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let mut state = state(120, 30, View::Processes);
    for row in &mut state.sample.rows {
        let program = Arc::make_mut(&mut row.program);
        program.name = "\x1b[31mred".into();
        program.command = "\x1b]0;owned\x07 \u{202e}txt.exe \u{9b}2J a\nb".into();
        program.user = "\u{2066}u\r".into();
    }
    details(&mut state);
    let pane = state.details.as_mut().unwrap().details.as_mut().unwrap();
    pane.lines[0].1 = String::from("\x1b[2J\u{2069}");
    state.listing.filter = String::from("\u{202e}");
    state.update(Event::Told(String::from("\x1b[8m")));
    for view in [View::Processes, View::Cpus] {
        state.view = view;
        let buffer = frame(&state, &UNICODE);
        for cell in &buffer.content {
            assert!(!cell.symbol().contains(commands_terminal), "{:?}", cell.symbol());
        }
    }
    assert!(text(&frame(&state, &UNICODE)).contains(r"\x1b[31"));
}

#[test]
fn every_size_can_be_drawn() {
    let steps = |most: u16, fine: u16| {
        (0..=most).filter(move |size| *size <= fine || size % 13 == 0 || *size == most)
    };
    let mut states = Vec::new();
    for view in View::ALL {
        states.push(state(80, 24, view));
    }
    let with = |mode: fn(&State) -> Mode| {
        let mut state = state(80, 24, View::Processes);
        state.mode = mode(&state);
        state
    };
    states.push(with(|_| Mode::Help(3)));
    states.push(with(|_| Mode::Filter));
    states.push(with(|state| Mode::Choose(target(state), 20)));
    states.push(with(|state| Mode::Confirm(target(state), Signal::KILL)));
    let mut open = state(80, 24, View::Disk);
    details(&mut open);
    states.push(open);
    let mut nothing = state(80, 24, View::Cpus);
    nothing.sample = Sample::default();
    states.push(nothing);
    for width in steps(300, 24) {
        for height in steps(100, 24) {
            let is_small = width <= 24 && height <= 24;
            let count = states.len();
            for (place, state) in states.iter_mut().enumerate() {
                if is_small || place == usize::from(width + height) % count {
                    state.update(Event::Resize(width, height));
                    let buffer = &mut Buffer::empty(state.size);
                    draw(state, if place % 2 == 0 { &UNICODE } else { &ASCII }, buffer);
                    assert_eq!(buffer.area, Rect::new(0, 0, width, height));
                }
            }
        }
    }
}
