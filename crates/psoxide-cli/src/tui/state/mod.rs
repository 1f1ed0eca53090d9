//! What the monitor shows and how that changes: events in, effects out. Pure: nothing here asks the machine, draws, or
//! sends a signal; the loop in [`super`] does what an [`Effect`] says.

mod input;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use psoxide::Signal;
use psoxide::model::Pid;
use psoxide::model::process::{Identity, Status};
use ratatui::crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use super::column::Column;
use super::history::History;
use super::layout::Areas;
use super::listing::{Line, Listing};
use super::sample::{Details, Program, Row, Sample, Wanted};

/// What fills the screen below the graphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Processes,
    Disk,
    Network,
    Cpus,
}

impl View {
    /// All of them, in the order of their keys.
    pub(crate) const ALL: [View; 4] = [View::Processes, View::Disk, View::Network, View::Cpus];

    /// Its key and its name.
    pub(crate) fn title(self) -> &'static str {
        match self {
            View::Processes => "1 Processes",
            View::Disk => "2 Disk",
            View::Network => "3 Network",
            View::Cpus => "4 CPUs",
        }
    }
}

/// What happens to the monitor.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Resize(u16, u16),
    Sample(Box<Sample>),
    Details(Details),
    /// What came of something that was asked for.
    Told(String),
}

/// What the loop is to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// Nothing: the screen is as it should be.
    Nothing,
    /// Draw the screen.
    Draw,
    /// Draw, and take a sample now.
    Sample,
    /// Draw, and ask for the details of the process that [`State::details`] names.
    Details,
    /// Send this signal to this process.
    Signal(Box<Target>, Signal),
    /// Give the terminal back to the shell until it hands it over again.
    Suspend,
    /// End.
    Quit,
}

/// Who listens to the keys.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mode {
    /// The table.
    Browse,
    /// The help screen, from this line on.
    Help(usize),
    /// The filter that is being written.
    Filter,
    /// The list of signals, at this one.
    Choose(Box<Target>, usize),
    /// The question whether to send it.
    Confirm(Box<Target>, Signal),
}

/// The process that a signal is meant for, as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) identity: Identity,
    pub(crate) program: Arc<Program>,
}

/// The pane with everything about one process.
#[derive(Debug, Clone)]
pub(crate) struct Pane {
    pub(crate) identity: Identity,
    /// What was told last; nothing before the first answer.
    pub(crate) details: Option<Details>,
    pub(crate) scroll: usize,
}

/// What the caller chose.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) view: View,
    pub(crate) interval: Duration,
    pub(crate) sort: Option<Column>,
    pub(crate) reversed: bool,
    pub(crate) tree: bool,
    pub(crate) filter: String,
    pub(crate) pids: Vec<Pid>,
    pub(crate) users: Vec<String>,
    pub(crate) readonly: bool,
    /// The theme's place among the themes.
    pub(crate) theme: usize,
}

/// Intervals that the keys step through, in milliseconds.
const INTERVALS: [u64; 9] = [250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000];

/// The whole of it.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) size: Rect,
    pub(crate) view: View,
    pub(crate) mode: Mode,
    pub(crate) listing: Listing,
    pub(crate) sample: Sample,
    pub(crate) history: History,
    /// The lines of the table.
    pub(crate) lines: Vec<Line>,
    /// The first line that is shown.
    pub(crate) scroll: usize,
    /// How many columns of the commands are scrolled away.
    pub(crate) shift: usize,
    /// The selected process: it stays selected wherever it moves.
    pub(crate) selected: Option<Identity>,
    pub(crate) details: Option<Pane>,
    pub(crate) interval: Duration,
    pub(crate) paused: bool,
    pub(crate) readonly: bool,
    pub(crate) theme: usize,
    /// What came of the last action, until the next key.
    pub(crate) message: Option<String>,
    /// What the other view with processes is sorted by.
    other_sort: (Column, bool),
}

impl State {
    /// As the program starts: nothing is known yet.
    pub(crate) fn new(options: Options, size: Rect) -> State {
        let own_sort = default_sort(options.view);
        let other = if options.view == View::Disk {
            View::Processes
        } else {
            View::Disk
        };
        State {
            size,
            view: options.view,
            mode: Mode::Browse,
            listing: Listing {
                sort: options.sort.unwrap_or(own_sort),
                reversed: options.reversed,
                tree: options.tree,
                kernel_threads: true,
                filter: options.filter,
                pids: options.pids,
                users: options.users,
            },
            sample: Sample::default(),
            history: History::default(),
            lines: Vec::new(),
            scroll: 0,
            shift: 0,
            selected: None,
            details: None,
            interval: options.interval,
            paused: false,
            readonly: options.readonly,
            theme: options.theme,
            message: None,
            other_sort: (default_sort(other), false),
        }
    }

    /// What the next sample must hold.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            processes: self.view != View::Network || self.details.is_some(),
            io: self.view == View::Disk,
        }
    }

    /// Lets something happen.
    pub(crate) fn update(&mut self, event: Event) -> Effect {
        match event {
            Event::Key(key) => self.key(key),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Resize(width, height) => {
                self.size = Rect::new(0, 0, width, height);
                self.keep_in_sight();
                Effect::Draw
            }
            Event::Sample(sample) => {
                self.accept(*sample);
                Effect::Draw
            }
            Event::Details(details) => match &mut self.details {
                Some(pane) if pane.identity == details.identity => {
                    pane.scroll = pane.scroll.min(details.lines.len().saturating_sub(1));
                    pane.details = Some(details);
                    Effect::Draw
                }
                // Of another process by now.
                _ => Effect::Nothing,
            },
            Event::Told(message) => {
                self.message = Some(message);
                Effect::Draw
            }
        }
    }

    /// The parts of the screen.
    pub(crate) fn areas(&self) -> Areas {
        Areas::of(self.size, self.details.is_some())
    }

    /// The row of a line of the table.
    pub(crate) fn row(&self, line: usize) -> Option<&Row> {
        self.sample.rows.get(self.lines.get(line)?.row)
    }

    /// How many lines there are to scroll through.
    fn count(&self) -> usize {
        match self.view {
            View::Processes | View::Disk => self.lines.len(),
            View::Network => self.sample.nics.len(),
            View::Cpus => 0,
        }
    }

    fn accept(&mut self, sample: Sample) {
        self.history.add(&sample);
        let in_sight = self.is_in_sight();
        let place = self.selected_line();
        self.sample = sample;
        self.list();
        if self.selected.is_some() && self.selected_line().is_none() {
            // It has ended, or does not pass the filter any more: the selection stays where it was on the screen.
            let line = place.unwrap_or(0).min(self.lines.len().saturating_sub(1));
            self.selected = self.row(line).map(|row| row.identity);
        }
        if in_sight {
            self.keep_in_sight();
        }
        self.limit_scroll();
    }

    /// Makes the lines of the table anew.
    fn list(&mut self) {
        self.lines = self.listing.lines(&self.sample.rows);
        self.limit_scroll();
    }

    /// After the way of listing has changed.
    fn relist(&mut self) -> Effect {
        self.list();
        if self.selected_line().is_none() {
            self.selected = None;
            self.scroll = 0;
        }
        self.keep_in_sight();
        Effect::Draw
    }

    /// The line of the selected process.
    pub(crate) fn selected_line(&self) -> Option<usize> {
        let selected = self.selected?;
        (0..self.lines.len()).find(|line| self.row(*line).is_some_and(|row| row.identity == selected))
    }

    /// How many lines of the table are shown at once.
    fn page(&self) -> usize {
        usize::from(self.areas().lines().height)
    }

    fn is_in_sight(&self) -> bool {
        let lines = self.scroll..self.scroll.saturating_add(self.page());
        self.selected_line().is_some_and(|line| lines.contains(&line))
    }

    fn keep_in_sight(&mut self) {
        let page = self.page().max(1);
        if let Some(line) = self.selected_line() {
            self.scroll = self.scroll.clamp((line + 1).saturating_sub(page), line);
        }
        self.limit_scroll();
    }

    fn limit_scroll(&mut self) {
        self.scroll = self.scroll.min(self.count().saturating_sub(self.page()));
    }

    /// Selects so many lines further down, or up.
    fn select(&mut self, by: isize) -> Effect {
        if !matches!(self.view, View::Processes | View::Disk) {
            return self.scroll_table(by);
        }
        let Some(last) = self.lines.len().checked_sub(1) else {
            return Effect::Nothing;
        };
        let line = match self.selected_line() {
            Some(line) => line.saturating_add_signed(by),
            None if by > 0 => self.scroll.saturating_add_signed(by - 1),
            None => self.scroll,
        };
        self.select_line(line.min(last))
    }

    fn select_line(&mut self, line: usize) -> Effect {
        self.selected = self.row(line).map(|row| row.identity);
        self.keep_in_sight();
        match (&self.details, self.selected) {
            (Some(pane), Some(selected)) if pane.identity != selected => self.open_details(),
            _ => Effect::Draw,
        }
    }

    fn scroll_table(&mut self, by: isize) -> Effect {
        self.scroll = self.scroll.saturating_add_signed(by);
        self.limit_scroll();
        Effect::Draw
    }

    fn scroll_details(&mut self, by: isize) -> Effect {
        if let Some(pane) = &mut self.details {
            let lines = pane.details.as_ref().map_or(0, |details| details.lines.len());
            pane.scroll = pane.scroll.saturating_add_signed(by).min(lines.saturating_sub(1));
        }
        Effect::Draw
    }

    /// Opens the details of the selected process, or of the first one.
    fn open_details(&mut self) -> Effect {
        if self.selected.is_none() {
            self.selected = self.row(self.scroll).map(|row| row.identity);
        }
        let Some(identity) = self.selected else {
            return Effect::Nothing;
        };
        self.details = Some(Pane {
            identity,
            details: None,
            scroll: 0,
        });
        self.keep_in_sight();
        Effect::Details
    }

    fn show(&mut self, view: View) -> Effect {
        if view == self.view {
            return Effect::Nothing;
        }
        let has_processes = |view| matches!(view, View::Processes | View::Disk);
        if has_processes(view) && !Column::of(view).contains(&self.listing.sort) {
            let sort = std::mem::replace(&mut self.other_sort, (self.listing.sort, self.listing.reversed));
            (self.listing.sort, self.listing.reversed) = sort;
        }
        self.view = view;
        self.scroll = 0;
        self.shift = 0;
        if !has_processes(view) {
            self.selected = None;
            self.details = None;
        }
        self.list();
        self.keep_in_sight();
        Effect::Sample
    }

    fn sort(&mut self, column: Column) -> Effect {
        if !Column::of(self.view).contains(&column) {
            return Effect::Nothing;
        }
        if self.listing.sort == column {
            self.listing.reversed = !self.listing.reversed;
        } else {
            self.listing.sort = column;
            self.listing.reversed = false;
        }
        self.relist()
    }

    /// Sorts by the column so many places to the right.
    fn sort_beside(&mut self, by: isize) -> Effect {
        let columns = Column::of(self.view);
        let place = columns.iter().position(|column| *column == self.listing.sort);
        let beside = place.unwrap_or(0).saturating_add_signed(by);
        match columns.get(beside) {
            Some(column) if *column != self.listing.sort => self.sort(*column),
            _ => Effect::Nothing,
        }
    }

    fn change_interval(&mut self, longer: bool) -> Effect {
        let now = self.interval.as_millis() as u64;
        let next = if longer {
            INTERVALS.iter().find(|interval| **interval > now)
        } else {
            INTERVALS.iter().rev().find(|interval| **interval < now)
        };
        match next {
            Some(next) => {
                self.interval = Duration::from_millis(*next);
                Effect::Sample
            }
            None => Effect::Nothing,
        }
    }

    /// The process that a signal would go to: the selected one, as it is shown.
    fn target(&self) -> Option<Target> {
        let row = self.row(self.selected_line()?)?;
        Some(Target {
            identity: row.identity,
            program: row.program.clone(),
        })
    }
}

/// The signals to choose from: those that people send first, then all others by number.
pub(crate) fn signals() -> Vec<Signal> {
    let mut signals = vec![
        Signal::TERM,
        Signal::KILL,
        Signal::INT,
        Signal::HUP,
        Signal::STOP,
        Signal::CONT,
        Signal::USR1,
        Signal::USR2,
    ];
    let mut others: Vec<Signal> = Signal::all().filter(|signal| !signals.contains(signal)).collect();
    others.sort_by_key(|signal| signal.number());
    signals.append(&mut others);
    signals.retain(|signal| signal.number().is_some());
    signals
}

/// How many processes run, and how many there are.
pub(crate) fn tasks(rows: &[Row]) -> (usize, usize) {
    let is_running = |row: &&Row| row.status == Some(Status::Running);
    (rows.iter().filter(is_running).count(), rows.len())
}

fn default_sort(view: View) -> Column {
    match view {
        View::Disk => Column::IoRate,
        _ => Column::Cpu,
    }
}
