//! What keys and the mouse mean, in each mode.

use ratatui::crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Position;

use super::{Effect, Mode, State, View, signals};
use crate::tui::keys::{self, Action};
use crate::tui::layout::{columns, hints, line_at, tabs};
use crate::tui::theme::THEMES;
use crate::tui::view::{dialog, own_cost_width};

/// How long a filter may become.
const LONGEST_FILTER: usize = 200;
/// How far a turn of the wheel goes.
const WHEEL: isize = 3;
/// How far a key moves long commands.
const SHIFT: usize = 16;

impl State {
    pub(super) fn key(&mut self, key: KeyEvent) -> Effect {
        if key.kind == KeyEventKind::Release {
            return Effect::Nothing;
        }
        let action = keys::action(key, self.readonly);
        if key.modifiers.contains(KeyModifiers::CONTROL)
            && let Some(action @ (Action::Quit | Action::Suspend)) = action
        {
            // These are heard everywhere.
            return self.act(action);
        }
        match self.mode {
            Mode::Browse => {
                self.message = None;
                action.map_or(Effect::Draw, |action| self.act(action))
            }
            Mode::Help(_) => self.key_in_help(action),
            Mode::Filter => self.key_in_filter(key, action),
            Mode::Choose(..) => self.key_in_choice(action),
            Mode::Confirm(..) => self.key_in_question(key),
        }
    }

    /// Does what a key of the table asks for.
    pub(super) fn act(&mut self, action: Action) -> Effect {
        let page = self.page().max(1) as isize;
        match action {
            Action::Quit => Effect::Quit,
            Action::Suspend => Effect::Suspend,
            Action::Help => {
                self.mode = Mode::Help(0);
                Effect::Draw
            }
            Action::Back => self.back(),
            Action::Up => self.select(-1),
            Action::Down => self.select(1),
            Action::PageUp if self.details.is_some() => self.scroll_details(-self.details_page()),
            Action::PageDown if self.details.is_some() => self.scroll_details(self.details_page()),
            Action::PageUp => self.select(-page),
            Action::PageDown => self.select(page),
            Action::First => self.select(isize::MIN / 2),
            Action::Last => self.select(isize::MAX / 2),
            Action::Left => {
                self.shift = self.shift.saturating_sub(SHIFT);
                Effect::Draw
            }
            Action::Right => {
                self.shift = (self.shift + SHIFT).min(64 * SHIFT);
                Effect::Draw
            }
            Action::Details if self.details.is_some() => {
                self.details = None;
                self.keep_in_sight();
                Effect::Draw
            }
            Action::Details => match self.view {
                View::Processes | View::Disk => self.open_details(),
                View::Network | View::Cpus => Effect::Nothing,
            },
            Action::Signal => self.choose_signal(),
            Action::Filter => match self.view {
                View::Network => Effect::Nothing,
                _ => {
                    self.mode = Mode::Filter;
                    Effect::Draw
                }
            },
            Action::SortLeft => self.sort_beside(-1),
            Action::SortRight => self.sort_beside(1),
            Action::Sort(column) => self.sort(column),
            Action::Reverse => {
                self.listing.reversed = !self.listing.reversed;
                self.relist()
            }
            Action::Tree => {
                self.listing.tree = !self.listing.tree;
                self.relist()
            }
            Action::KernelThreads => {
                self.listing.kernel_threads = !self.listing.kernel_threads;
                self.relist()
            }
            Action::View(view) => self.show(view),
            Action::NextView => {
                let place = View::ALL.iter().position(|view| *view == self.view).unwrap_or(0);
                let next = View::ALL.get(place + 1).copied();
                self.show(next.unwrap_or(View::Processes))
            }
            Action::Pause => {
                self.paused = !self.paused;
                if self.paused { Effect::Draw } else { Effect::Sample }
            }
            Action::Faster => self.change_interval(false),
            Action::Slower => self.change_interval(true),
            Action::Theme => {
                self.theme = (self.theme + 1) % THEMES.len();
                Effect::Draw
            }
        }
    }

    fn back(&mut self) -> Effect {
        if self.details.take().is_some() {
            self.keep_in_sight();
            return Effect::Draw;
        }
        if !self.listing.filter.is_empty() {
            self.listing.filter.clear();
            return self.relist();
        }
        self.selected = None;
        self.scroll = 0;
        Effect::Draw
    }

    fn details_page(&self) -> isize {
        // Without the frame.
        self.areas().details.height.saturating_sub(2).max(1) as isize
    }

    fn choose_signal(&mut self) -> Effect {
        match self.target() {
            Some(target) => self.mode = Mode::Choose(Box::new(target), 0),
            None => self.message = Some(String::from("select a process first: Up, Down, or a click")),
        }
        Effect::Draw
    }

    fn key_in_help(&mut self, action: Option<Action>) -> Effect {
        let Mode::Help(scroll) = &mut self.mode else {
            return Effect::Nothing;
        };
        let last = dialog::help_lines(self.readonly).len().saturating_sub(1);
        match action {
            Some(Action::Up) => *scroll = scroll.saturating_sub(1),
            Some(Action::Down) => *scroll = (*scroll + 1).min(last),
            Some(Action::PageUp) => *scroll = scroll.saturating_sub(10),
            Some(Action::PageDown) => *scroll = (*scroll + 10).min(last),
            _ => self.mode = Mode::Browse,
        }
        Effect::Draw
    }

    fn key_in_filter(&mut self, key: KeyEvent, action: Option<Action>) -> Effect {
        match key.code {
            KeyCode::Enter => self.mode = Mode::Browse,
            KeyCode::Esc => {
                self.mode = Mode::Browse;
                self.listing.filter.clear();
            }
            KeyCode::Backspace => {
                self.listing.filter.pop();
            }
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.listing.filter.clear();
            }
            KeyCode::Char(letter)
                if !key
                    .modifiers
                    .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
                    && !letter.is_control()
                    && self.listing.filter.len() < LONGEST_FILTER =>
            {
                self.listing.filter.push(letter);
            }
            KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown => {
                return action.map_or(Effect::Nothing, |action| self.act(action));
            }
            _ => return Effect::Nothing,
        }
        self.relist()
    }

    fn key_in_choice(&mut self, action: Option<Action>) -> Effect {
        let Mode::Choose(target, place) = &mut self.mode else {
            return Effect::Nothing;
        };
        let signals = signals();
        let last = signals.len().saturating_sub(1);
        match action {
            Some(Action::Up) => *place = place.saturating_sub(1),
            Some(Action::Down) => *place = (*place + 1).min(last),
            Some(Action::First) => *place = 0,
            Some(Action::Last) => *place = last,
            Some(Action::Details) => {
                if let Some(signal) = signals.get(*place) {
                    self.mode = Mode::Confirm(target.clone(), *signal);
                }
            }
            Some(Action::Back | Action::Quit) => self.mode = Mode::Browse,
            _ => return Effect::Nothing,
        }
        Effect::Draw
    }

    /// Only `y` is a yes.
    fn key_in_question(&mut self, key: KeyEvent) -> Effect {
        match std::mem::replace(&mut self.mode, Mode::Browse) {
            Mode::Confirm(target, signal) if key.code == KeyCode::Char('y') => Effect::Signal(target, signal),
            _ => Effect::Draw,
        }
    }

    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> Effect {
        let position = Position::new(mouse.column, mouse.row);
        match (&self.mode, mouse.kind) {
            (Mode::Browse | Mode::Filter, MouseEventKind::Down(MouseButton::Left)) => self.click(position),
            (Mode::Browse | Mode::Filter, MouseEventKind::ScrollDown) => self.wheel(position, WHEEL),
            (Mode::Browse | Mode::Filter, MouseEventKind::ScrollUp) => self.wheel(position, -WHEEL),
            (Mode::Help(_), MouseEventKind::ScrollDown) => self.key_in_help(Some(Action::Down)),
            (Mode::Help(_), MouseEventKind::ScrollUp) => self.key_in_help(Some(Action::Up)),
            (Mode::Choose(..), MouseEventKind::ScrollDown) => self.key_in_choice(Some(Action::Down)),
            (Mode::Choose(..), MouseEventKind::ScrollUp) => self.key_in_choice(Some(Action::Up)),
            // A click beside a question is a no, and one on it nothing: only keys say yes.
            (Mode::Help(_) | Mode::Choose(..) | Mode::Confirm(..), MouseEventKind::Down(_)) => {
                self.mode = Mode::Browse;
                Effect::Draw
            }
            _ => Effect::Nothing,
        }
    }

    fn wheel(&mut self, position: Position, by: isize) -> Effect {
        if self.areas().details.contains(position) {
            return self.scroll_details(by);
        }
        self.scroll_table(by)
    }

    fn click(&mut self, position: Position) -> Effect {
        self.mode = Mode::Browse;
        self.message = None;
        let areas = self.areas();
        if let Some((view, _)) = tabs(areas.tabs)
            .into_iter()
            .find(|(_, area)| area.contains(position))
        {
            return self.show(view);
        }
        let hints = hints(areas.footer, own_cost_width(self), self.readonly);
        if let Some((action, ..)) = hints.into_iter().find(|(.., area)| area.contains(position)) {
            return self.act(action);
        }
        let Some(line) = line_at(areas.table, position) else {
            return Effect::Draw;
        };
        let x = position.x - areas.table.x;
        let columns = columns(self.view, areas.table.width);
        match line.checked_sub(1) {
            None => match columns
                .into_iter()
                .find(|(_, start, width)| (*start..=start + width).contains(&x))
            {
                Some((column, ..)) => self.sort(column),
                None => Effect::Draw,
            },
            Some(line) => {
                let line = self.scroll + line;
                let clicked = self.row(line).map(|row| row.identity);
                if clicked.is_none() || columns.is_empty() {
                    return Effect::Draw;
                }
                if clicked == self.selected && self.details.is_none() {
                    return self.open_details();
                }
                self.select_line(line)
            }
        }
    }
}
