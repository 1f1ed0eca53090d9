//! The one table of keys: what a key does is looked up here, and the help screen and the bottom line are written from
//! it. What an action means stands in [`super::state`].

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::column::Column;
use super::state::View;

/// What a key, or a click on the name of one, asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Quit,
    Help,
    /// Leaves a filter, the details, the selection: the first of them that is there.
    Back,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Left,
    Right,
    Details,
    Signal,
    Filter,
    SortLeft,
    SortRight,
    Sort(Column),
    Reverse,
    Tree,
    KernelThreads,
    View(View),
    NextView,
    Pause,
    Faster,
    Slower,
    Theme,
    Suspend,
}

/// Which part of the help screen a key stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chapter {
    Move,
    Processes,
    Show,
    Program,
}

impl Chapter {
    /// All of them, in the order of the help screen.
    pub(crate) const ALL: [Chapter; 4] = [Chapter::Move, Chapter::Processes, Chapter::Show, Chapter::Program];

    /// Its heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Chapter::Move => "Move",
            Chapter::Processes => "Processes",
            Chapter::Show => "Show",
            Chapter::Program => "Program",
        }
    }
}

/// The keys of one action.
pub(crate) struct Binding {
    /// Any of them does it; the first is the one that the bottom line names.
    pub(crate) keys: &'static [Key],
    pub(crate) action: Action,
    pub(crate) chapter: Chapter,
    pub(crate) help: &'static str,
    /// The word in the bottom line, for those that stand there.
    pub(crate) hint: Option<&'static str>,
    /// Whether it changes something beyond the screen: such keys do not exist with `--readonly`.
    pub(crate) acts: bool,
}

/// One key, with Ctrl held or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    code: KeyCode,
    control: bool,
}

const fn key(code: KeyCode) -> Key {
    Key { code, control: false }
}

const fn letter(letter: char) -> Key {
    key(KeyCode::Char(letter))
}

const fn control(letter: char) -> Key {
    Key {
        code: KeyCode::Char(letter),
        control: true,
    }
}

const fn shown(keys: &'static [Key], action: Action, chapter: Chapter, help: &'static str) -> Binding {
    Binding {
        keys,
        action,
        chapter,
        help,
        hint: None,
        acts: false,
    }
}

impl Binding {
    const fn hint(self, word: &'static str) -> Binding {
        Binding {
            hint: Some(word),
            ..self
        }
    }

    const fn acts(self) -> Binding {
        Binding { acts: true, ..self }
    }
}

/// Every key. The order is that of the help screen and of the bottom line.
#[rustfmt::skip]
pub(crate) static BINDINGS: [Binding; 32] = [
    shown(&[letter('?'), key(KeyCode::F(1)), letter('h')], Action::Help, Chapter::Program, "this help").hint("Help"),
    shown(&[letter('q'), key(KeyCode::F(10)), control('c')], Action::Quit, Chapter::Program, "quit").hint("Quit"),
    shown(&[letter('/'), key(KeyCode::F(4)), key(KeyCode::F(3))], Action::Filter, Chapter::Processes, "show only what contains these words: in pid, user, command").hint("Filter"),
    shown(&[key(KeyCode::Enter), letter('i')], Action::Details, Chapter::Processes, "everything about the selected process").hint("Details"),
    shown(&[letter('k'), key(KeyCode::F(9))], Action::Signal, Chapter::Processes, "send a signal to the selected process, after a question").hint("Signal").acts(),
    shown(&[letter('t'), key(KeyCode::F(5))], Action::Tree, Chapter::Processes, "each process below its parent").hint("Tree"),
    shown(&[letter('>'), letter('.')], Action::SortRight, Chapter::Processes, "sort by the column to the right").hint("Sort"),
    shown(&[letter('<'), letter(',')], Action::SortLeft, Chapter::Processes, "sort by the column to the left"),
    shown(&[letter('r'), letter('I')], Action::Reverse, Chapter::Processes, "sort the other way round"),
    shown(&[letter('P')], Action::Sort(Column::Cpu), Chapter::Processes, "sort by CPU"),
    shown(&[letter('M')], Action::Sort(Column::Memory), Chapter::Processes, "sort by memory"),
    shown(&[letter('T')], Action::Sort(Column::Time), Chapter::Processes, "sort by CPU time"),
    shown(&[letter('N')], Action::Sort(Column::Pid), Chapter::Processes, "sort by pid"),
    shown(&[letter('K')], Action::KernelThreads, Chapter::Processes, "show or hide the kernel's own threads"),
    shown(&[key(KeyCode::Up)], Action::Up, Chapter::Move, "select the process above"),
    shown(&[key(KeyCode::Down)], Action::Down, Chapter::Move, "select the process below"),
    shown(&[key(KeyCode::PageUp), control('b')], Action::PageUp, Chapter::Move, "a page up, in the details if they are open"),
    shown(&[key(KeyCode::PageDown), control('f')], Action::PageDown, Chapter::Move, "a page down, in the details if they are open"),
    shown(&[key(KeyCode::Home), letter('g')], Action::First, Chapter::Move, "to the first line"),
    shown(&[key(KeyCode::End), letter('G')], Action::Last, Chapter::Move, "to the last line"),
    shown(&[key(KeyCode::Left)], Action::Left, Chapter::Move, "back to the beginning of long commands"),
    shown(&[key(KeyCode::Right)], Action::Right, Chapter::Move, "further along long commands"),
    shown(&[key(KeyCode::Esc)], Action::Back, Chapter::Move, "leave the filter, the details, the selection"),
    shown(&[letter('1')], Action::View(View::Processes), Chapter::Show, "processes"),
    shown(&[letter('2')], Action::View(View::Disk), Chapter::Show, "what processes read and write"),
    shown(&[letter('3')], Action::View(View::Network), Chapter::Show, "network interfaces"),
    shown(&[letter('4')], Action::View(View::Cpus), Chapter::Show, "which process last ran on which CPU"),
    shown(&[key(KeyCode::Tab), letter('v')], Action::NextView, Chapter::Show, "the next of these").hint("View"),
    shown(&[letter(' '), letter('Z')], Action::Pause, Chapter::Program, "stop and go on sampling").hint("Pause"),
    shown(&[letter('+')], Action::Slower, Chapter::Program, "sample less often"),
    shown(&[letter('-')], Action::Faster, Chapter::Program, "sample more often"),
    shown(&[letter('c')], Action::Theme, Chapter::Program, "the next theme of colours"),
];

/// Back to the shell, as in every program on a terminal; it needs no line in the help.
const SUSPEND: Key = control('z');

/// What this key asks for; with `readonly` nothing that acts.
pub(crate) fn action(event: KeyEvent, readonly: bool) -> Option<Action> {
    let pressed = Key {
        code: event.code,
        control: event.modifiers.contains(KeyModifiers::CONTROL),
    };
    if pressed == SUSPEND {
        return Some(Action::Suspend);
    }
    bindings(readonly)
        .find(|binding| binding.keys.contains(&pressed))
        .map(|binding| binding.action)
}

/// The keys that there are.
pub(crate) fn bindings(readonly: bool) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| !(readonly && binding.acts))
}

impl Key {
    /// What is printed on it.
    pub(crate) fn name(self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => String::from("Space"),
            KeyCode::Char(letter) => letter.to_string(),
            KeyCode::F(number) => format!("F{number}"),
            KeyCode::PageUp => String::from("PgUp"),
            KeyCode::PageDown => String::from("PgDn"),
            other => format!("{other:?}"),
        };
        if self.control {
            format!("Ctrl-{name}")
        } else {
            name
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let mut seen: Vec<Key> = vec![SUSPEND];
        for key in BINDINGS.iter().flat_map(|binding| binding.keys) {
            assert!(!seen.contains(key), "{} twice", key.name());
            seen.push(*key);
        }
    }

    #[test]
    fn every_key_is_found_by_its_event() {
        for binding in &BINDINGS {
            for key in binding.keys {
                let modifiers = if key.control {
                    KeyModifiers::CONTROL
                } else {
                    KeyModifiers::NONE
                };
                assert_eq!(
                    action(KeyEvent::new(key.code, modifiers), false),
                    Some(binding.action)
                );
            }
        }
        let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(action(shifted, false), Some(Action::Last));
        assert_eq!(
            action(KeyEvent::new(KeyCode::Char('~'), KeyModifiers::NONE), false),
            None
        );
    }

    #[test]
    fn a_read_only_monitor_has_no_key_that_acts() {
        let kill = KeyEvent::new(KeyCode::Char('k'), KeyModifiers::NONE);
        assert_eq!(action(kill, false), Some(Action::Signal));
        assert_eq!(action(kill, true), None);
        assert!(bindings(true).all(|binding| binding.action != Action::Signal));
    }

    #[test]
    fn keys_are_called_as_on_a_keyboard() {
        assert_eq!(letter('/').name(), "/");
        assert_eq!(letter(' ').name(), "Space");
        assert_eq!(key(KeyCode::F(10)).name(), "F10");
        assert_eq!(key(KeyCode::PageUp).name(), "PgUp");
        assert_eq!(key(KeyCode::Enter).name(), "Enter");
        assert_eq!(control('c').name(), "Ctrl-c");
    }
}
