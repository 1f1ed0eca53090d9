//! What events do to the state: keys, the mouse, samples, in any order.

use ratatui::crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEventKind};

use super::*;
use crate::tui::fixture::{row, sample};
use crate::tui::layout::{columns, hints, tabs};
use crate::tui::view::{self, own_cost_width};

fn options() -> Options {
    Options {
        view: View::Processes,
        interval: Duration::from_secs(2),
        sort: None,
        reversed: false,
        tree: false,
        filter: String::new(),
        pids: Vec::new(),
        users: Vec::new(),
        readonly: false,
        theme: 0,
    }
}

fn started(options: Options) -> State {
    let mut state = State::new(options, Rect::new(0, 0, 100, 30));
    assert_eq!(state.update(Event::Sample(Box::new(sample()))), Effect::Draw);
    state
}

fn press(state: &mut State, code: KeyCode) -> Effect {
    state.update(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

fn write(state: &mut State, text: &str) {
    for letter in text.chars() {
        press(state, KeyCode::Char(letter));
    }
}

fn click(state: &mut State, x: u16, y: u16) -> Effect {
    state.update(Event::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: x,
        row: y,
        modifiers: KeyModifiers::NONE,
    }))
}

fn selected(state: &State) -> Option<u32> {
    state.selected.map(|identity| identity.pid)
}

#[test]
fn the_selection_follows_the_process_not_the_line() {
    let mut state = started(options());
    assert_eq!(selected(&state), None);
    press(&mut state, KeyCode::Down);
    assert_eq!(selected(&state), Some(1301)); // the busiest
    press(&mut state, KeyCode::Down);
    assert_eq!(selected(&state), Some(1302));
    let mut later = sample();
    later.rows[8].cpu_percent = Some(0.0);
    state.update(Event::Sample(Box::new(later)));
    assert_eq!(selected(&state), Some(1302));
    assert!(state.selected_line() > Some(2));
    press(&mut state, KeyCode::Home);
    assert_eq!(selected(&state), Some(1301));
    press(&mut state, KeyCode::Up);
    assert_eq!(selected(&state), Some(1301));
    press(&mut state, KeyCode::End);
    assert_eq!(state.selected_line(), Some(state.lines.len() - 1));
    press(&mut state, KeyCode::Esc);
    assert_eq!((selected(&state), state.scroll), (None, 0));
}

#[test]
fn the_selection_stays_on_its_line_when_the_process_ends() {
    let mut state = started(options());
    press(&mut state, KeyCode::Down);
    press(&mut state, KeyCode::Down);
    let mut later = sample();
    later.rows.remove(8);
    state.update(Event::Sample(Box::new(later)));
    assert_eq!((state.selected_line(), selected(&state)), (Some(1), Some(2000)));
    // A process that has taken over the number is another.
    let mut later = sample();
    later.rows[10].identity.start = Some(1);
    let before = state.selected;
    state.update(Event::Sample(Box::new(later)));
    assert_ne!(state.selected, before);
    // With nobody left there is no selection.
    state.update(Event::Sample(Box::default()));
    assert_eq!(selected(&state), None);
    assert_eq!(press(&mut state, KeyCode::Down), Effect::Nothing);
}

#[test]
fn a_signal_needs_a_selection_a_choice_and_a_yes() {
    let mut state = started(options());
    press(&mut state, KeyCode::Char('k'));
    assert_eq!(state.mode, Mode::Browse);
    assert!(
        state
            .message
            .as_ref()
            .is_some_and(|message| message.contains("select"))
    );
    press(&mut state, KeyCode::Down);
    press(&mut state, KeyCode::Char('k'));
    assert!(matches!(&state.mode, Mode::Choose(target, 0) if target.identity.pid == 1301));
    // The process is another's line by now, and the target the same.
    let mut later = sample();
    later.rows.remove(7);
    state.update(Event::Sample(Box::new(later)));
    press(&mut state, KeyCode::Down);
    press(&mut state, KeyCode::Enter);
    let Mode::Confirm(target, signal) = state.mode.clone() else {
        panic!("{:?}", state.mode);
    };
    assert_eq!((target.identity.pid, signal), (1301, Signal::KILL));
    let mut no = state.clone();
    for key in [
        KeyCode::Enter,
        KeyCode::Char('n'),
        KeyCode::Char('Y'),
        KeyCode::Esc,
        KeyCode::Char(' '),
    ] {
        no.mode = state.mode.clone();
        assert_eq!(press(&mut no, key), Effect::Draw);
        assert_eq!(no.mode, Mode::Browse);
    }
    assert_eq!(
        press(&mut state, KeyCode::Char('y')),
        Effect::Signal(target, Signal::KILL)
    );
    assert_eq!(state.mode, Mode::Browse);
}

#[test]
fn a_click_never_says_yes() {
    let mut state = started(options());
    press(&mut state, KeyCode::Down);
    press(&mut state, KeyCode::Char('k'));
    press(&mut state, KeyCode::Enter);
    assert!(matches!(state.mode, Mode::Confirm(..)));
    assert_eq!(click(&mut state, 50, 15), Effect::Draw);
    assert_eq!(state.mode, Mode::Browse);
}

#[test]
fn nothing_is_sent_read_only() {
    let mut state = started(Options {
        readonly: true,
        ..options()
    });
    press(&mut state, KeyCode::Down);
    press(&mut state, KeyCode::Char('k'));
    press(&mut state, KeyCode::F(9));
    assert_eq!(state.mode, Mode::Browse);
}

#[test]
fn a_filter_is_written_kept_and_left() {
    let mut state = started(options());
    press(&mut state, KeyCode::Char('/'));
    write(&mut state, "cc1 q");
    // Letters that are keys elsewhere are letters here.
    assert_eq!(state.mode, Mode::Filter);
    assert_eq!(state.lines.len(), 2);
    press(&mut state, KeyCode::Backspace);
    assert_eq!(state.lines.len(), 3);
    press(&mut state, KeyCode::Enter);
    assert_eq!((&state.mode, state.lines.len()), (&Mode::Browse, 3));
    press(&mut state, KeyCode::Esc);
    assert_eq!(state.lines.len(), 11);
    press(&mut state, KeyCode::Char('/'));
    write(&mut state, "größe");
    assert_eq!(state.lines.len(), 1);
    press(&mut state, KeyCode::Esc);
    assert_eq!((&state.mode, state.lines.len()), (&Mode::Browse, 11));
    press(&mut state, KeyCode::Char('/'));
    write(&mut state, &"long ".repeat(100));
    assert!(state.listing.filter.len() <= 200);
}

#[test]
fn ctrl_c_and_ctrl_z_are_heard_everywhere() {
    let control = |letter| Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL));
    for key in ['?', '/', 'k'] {
        let mut state = started(options());
        press(&mut state, KeyCode::Down);
        press(&mut state, KeyCode::Char(key));
        assert_ne!(state.mode, Mode::Browse);
        assert_eq!(state.update(control('z')), Effect::Suspend);
        assert_eq!(state.update(control('c')), Effect::Quit);
    }
}

#[test]
fn sorting_goes_from_column_to_column_and_back() {
    let mut state = started(options());
    assert_eq!(state.listing.sort, Column::Cpu);
    press(&mut state, KeyCode::Char('>'));
    assert_eq!(state.listing.sort, Column::Memory);
    assert_eq!(state.row(0).map(|row| row.identity.pid), Some(2000));
    press(&mut state, KeyCode::Char('r'));
    assert!(state.row(0).is_some_and(|row| row.rss == Some(0)));
    for _ in 0..30 {
        press(&mut state, KeyCode::Char('<'));
    }
    assert_eq!(state.listing.sort, Column::Pid);
    assert_eq!(press(&mut state, KeyCode::Char('<')), Effect::Nothing);
    press(&mut state, KeyCode::Char('T'));
    assert_eq!(state.listing.sort, Column::Time);
}

#[test]
fn each_view_keeps_its_own_sort() {
    let mut state = started(options());
    press(&mut state, KeyCode::Char('N'));
    assert_eq!(press(&mut state, KeyCode::Char('2')), Effect::Sample);
    assert!(state.wanted().io);
    // Processes by their number are in both.
    assert_eq!(state.listing.sort, Column::Pid);
    press(&mut state, KeyCode::Char('1'));
    press(&mut state, KeyCode::Char('M'));
    press(&mut state, KeyCode::Char('2'));
    assert_eq!(state.listing.sort, Column::IoRate);
    press(&mut state, KeyCode::Char('P'));
    assert_eq!(state.listing.sort, Column::IoRate); // no such column here
    press(&mut state, KeyCode::Tab);
    assert_eq!((state.view, state.wanted().processes), (View::Network, false));
    press(&mut state, KeyCode::Tab);
    press(&mut state, KeyCode::Tab);
    assert_eq!(
        (state.view, state.listing.sort),
        (View::Processes, Column::Memory)
    );
}

#[test]
fn details_are_asked_for_whom_is_selected() {
    let mut state = started(options());
    assert_eq!(press(&mut state, KeyCode::Enter), Effect::Details);
    let pane = state.details.clone().unwrap();
    assert_eq!(pane.identity.pid, 1301);
    let details = |identity| Details {
        identity,
        lines: vec![(String::from("pid"), String::from("1")); 50],
        failure: None,
    };
    assert_eq!(state.update(Event::Details(details(pane.identity))), Effect::Draw);
    press(&mut state, KeyCode::PageDown);
    assert!(state.details.as_ref().is_some_and(|pane| pane.scroll > 0));
    // The pane follows the selection, and an answer that comes too late is none.
    assert_eq!(press(&mut state, KeyCode::Down), Effect::Details);
    assert_eq!(
        state.update(Event::Details(details(pane.identity))),
        Effect::Nothing
    );
    assert!(state.details.as_ref().is_some_and(|pane| pane.details.is_none()));
    assert_eq!(press(&mut state, KeyCode::Enter), Effect::Draw);
    assert!(state.details.is_none());
}

#[test]
fn the_mouse_means_what_is_seen() {
    let mut state = started(options());
    let areas = state.areas();
    let columns = columns(View::Processes, areas.table.width);
    let (_, x, width) = columns
        .iter()
        .find(|(column, ..)| *column == Column::Resident)
        .unwrap();
    click(&mut state, x + width - 1, areas.table.y);
    assert_eq!(state.listing.sort, Column::Resident);
    click(&mut state, x + width - 1, areas.table.y);
    assert!(state.listing.reversed);
    click(&mut state, x + width - 1, areas.table.y);
    click(&mut state, 5, areas.lines().y + 1);
    assert_eq!(selected(&state), state.row(1).map(|row| row.identity.pid));
    assert_eq!(click(&mut state, 5, areas.lines().y + 1), Effect::Details);
    press(&mut state, KeyCode::Esc);
    let (view, tab) = tabs(areas.tabs)[2];
    assert_eq!(click(&mut state, tab.x + 1, tab.y), Effect::Sample);
    assert_eq!(state.view, view);
    let hints = hints(areas.footer, own_cost_width(&state), false);
    let (_, name, _, place) = &hints[0];
    assert_eq!(name, "?");
    click(&mut state, place.x, place.y);
    assert_eq!(state.mode, Mode::Help(0));
    // Below the last line there is nobody.
    let mut state = started(options());
    click(&mut state, 5, areas.lines().bottom() - 1);
    assert_eq!(selected(&state), None);
}

#[test]
fn the_interval_has_steps_and_ends() {
    let mut state = started(options());
    assert_eq!(press(&mut state, KeyCode::Char('-')), Effect::Sample);
    assert_eq!(state.interval, Duration::from_millis(1_500));
    while press(&mut state, KeyCode::Char('-')) == Effect::Sample {}
    assert_eq!(state.interval, Duration::from_millis(250));
    while press(&mut state, KeyCode::Char('+')) == Effect::Sample {}
    assert_eq!(state.interval, Duration::from_secs(30));
    // One that is no step goes to the next one.
    state.interval = Duration::from_millis(1_700);
    press(&mut state, KeyCode::Char('+'));
    assert_eq!(state.interval, Duration::from_secs(2));
}

#[test]
fn signals_are_offered_once_each() {
    let signals = signals();
    assert_eq!(signals[..2], [Signal::TERM, Signal::KILL]);
    for (place, signal) in signals.iter().enumerate() {
        assert_eq!(signals.iter().position(|other| other == signal), Some(place));
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn whatever_happens_the_state_is_sound_and_can_be_drawn() {
    let codes: Vec<KeyCode> = "?/itkK><rIPMTN1234vZ+-cgGhyn "
        .chars()
        .map(KeyCode::Char)
        .collect();
    let others = [
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::Backspace,
    ];
    let dice = &mut Dice(7);
    let mut state = started(options());
    for _ in 0..6_000 {
        let event = match dice.roll(20) {
            0 => {
                let mut sample = sample();
                for _ in 0..dice.roll(40) {
                    let pid = 3_000 + dice.roll(60) as u32;
                    sample
                        .rows
                        .push(row(pid, dice.roll(4_000) as u32, "some \u{202e}thing\n"));
                }
                sample.rows.truncate(dice.roll(60) as usize);
                sample.cpus = (0..dice.roll(300) as u32)
                    .map(|number| (number, Some(dice.roll(101) as f64)))
                    .collect();
                Event::Sample(Box::new(sample))
            }
            1 => Event::Resize(1 + dice.roll(200) as u16, 1 + dice.roll(60) as u16),
            2 => match state.details.as_ref().map(|pane| pane.identity) {
                Some(identity) => Event::Details(Details {
                    identity,
                    lines: vec![(String::from("label"), String::from("text")); dice.roll(80) as usize],
                    failure: None,
                }),
                None => Event::Told(String::from("told")),
            },
            3..6 => Event::Mouse(MouseEvent {
                kind: match dice.roll(3) {
                    0 => MouseEventKind::ScrollDown,
                    1 => MouseEventKind::ScrollUp,
                    _ => MouseEventKind::Down(MouseButton::Left),
                },
                column: dice.roll(210) as u16,
                row: dice.roll(70) as u16,
                modifiers: KeyModifiers::NONE,
            }),
            6..12 => Event::Key(KeyEvent::new(
                others[dice.roll(others.len() as u64) as usize],
                KeyModifiers::NONE,
            )),
            _ => Event::Key(KeyEvent::new(
                codes[dice.roll(codes.len() as u64) as usize],
                KeyModifiers::NONE,
            )),
        };
        state.update(event);
        assert!(state.lines.iter().all(|line| line.row < state.sample.rows.len()));
        assert!(state.scroll <= state.count().saturating_sub(state.page()));
        if let Some(pane) = &state.details {
            assert!(matches!(state.view, View::Processes | View::Disk), "{pane:?}");
        }
        if dice.roll(4) == 0 {
            let glyphs = &crate::tui::theme::UNICODE;
            view::draw(&state, glyphs, &mut ratatui::buffer::Buffer::empty(state.size));
        }
    }
}
