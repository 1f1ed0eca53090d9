//! The full-screen monitor: `psoxide top`.
//!
//! Three threads: one waits for keys, one asks the machine ([`sample`]), and this one owns the screen. A file system or
//! process that does not answer holds up the second alone: keys are still heard. What an event changes stands in
//! [`state`], what is seen in [`view`].

mod column;
#[cfg(test)]
mod fixture;
mod history;
mod keys;
mod layout;
mod listing;
pub(crate) mod sample;
mod state;
mod terminal;
mod theme;
mod view;

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use psoxide::model::process::Identity;
use psoxide::{Process, Root, Signal};
use ratatui::crossterm::event::{self, Event as TerminalEvent};
use ratatui::layout::Rect;

pub(crate) use self::column::Column;
use self::sample::{Sampler, Wanted};
use self::state::{Effect, Event, State, Target};
pub(crate) use self::state::{Options, View};
use self::terminal::FullScreen;
pub(crate) use self::theme::{THEMES, named};
use crate::failure::Failure;
use crate::protection::protection;

/// The second sample comes so soon, because only it has percentages.
const FIRST_INTERVAL: Duration = Duration::from_millis(500);

/// After so many answers there are no first times any more.
const SETTLED: u32 = 3;

/// What the loop hears.
enum Message {
    Event(Event),
    /// A thread has ended, and why if it knows.
    Lost(String),
}

/// What the thread that asks the machine is asked for.
enum Ask {
    Sample(Wanted),
    Details(Identity),
}

/// What the monitor may do beyond showing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permissions {
    /// Whether the mouse is listened to; the terminal's own selection of text then needs Shift.
    pub(crate) mouse: bool,
    /// Whether signals go to processes that the whole system, or this program, lives by.
    pub(crate) force: bool,
}

/// Shows the monitor until it is quit.
pub(crate) fn run(root: Root, options: Options, permissions: Permissions) -> Result<(), Failure> {
    let sampler = Sampler::new(root.clone())?;
    let glyphs = theme::glyphs(
        ["LC_ALL", "LC_CTYPE", "LANG"]
            .map(|name| std::env::var(name).ok())
            .each_ref()
            .map(|value| value.as_deref()),
    );
    let (sender, messages) = mpsc::channel();
    let asks = start_sampler(sampler, sender.clone())?;
    let mut screen = FullScreen::enter(permissions.mouse)?;
    start_input(sender)?;
    let (width, height) = screen.size()?;
    let mut state = State::new(options, Rect::new(0, 0, width, height));
    let mut clock = Clock::default();
    let mut is_changed = true;
    loop {
        if clock.is_due(&state) {
            clock.asked();
            ask(&asks, Ask::Sample(state.wanted()))?;
            if let Some(pane) = &state.details {
                ask(&asks, Ask::Details(pane.identity))?;
            }
        }
        if is_changed {
            screen.draw(|buffer| view::draw(&state, glyphs, buffer))?;
            is_changed = false;
        }
        let Some(message) = next(&messages, clock.wait(&state))? else {
            continue;
        };
        // Several keys may have come while the screen was drawn.
        let mut waiting = Some(message);
        while let Some(message) = waiting.take() {
            let event = match message {
                Message::Event(event) => event,
                Message::Lost(reason) => return Err(Failure::Request(reason)),
            };
            if let Event::Sample(sample) = &event {
                clock.answered(&state, sample.is_first);
            }
            let effect = state.update(event);
            is_changed |= effect != Effect::Nothing;
            match effect {
                Effect::Nothing | Effect::Draw => {}
                Effect::Sample => clock.hurry(),
                Effect::Details => {
                    if let Some(pane) = &state.details {
                        ask(&asks, Ask::Details(pane.identity))?;
                    }
                }
                Effect::Signal(target, signal) => {
                    let told = send(&root, &target, signal, permissions.force);
                    state.update(Event::Told(told));
                    clock.hurry();
                }
                Effect::Suspend => {
                    screen.suspend()?;
                    clock.hurry();
                }
                Effect::Quit => return Ok(()),
            }
            waiting = messages.try_recv().ok();
        }
    }
}

/// When the next sample is due.
#[derive(Default)]
struct Clock {
    /// Absent while an answer is awaited, and before the first question.
    next: Option<Instant>,
    is_waiting: bool,
    /// Whether the next one was wanted at once while an answer was awaited.
    is_hurried: bool,
}

impl Clock {
    fn is_due(&self, state: &State) -> bool {
        let is_time = self.next.is_none_or(|next| Instant::now() >= next);
        !self.is_waiting && is_time && (!state.paused || self.next.is_none())
    }

    fn asked(&mut self) {
        self.is_waiting = true;
    }

    fn answered(&mut self, state: &State, is_first: bool) {
        let interval = match is_first {
            true => state.interval.min(FIRST_INTERVAL),
            false => state.interval,
        };
        self.is_waiting = false;
        self.next = match std::mem::take(&mut self.is_hurried) {
            true => None,
            false => Some(Instant::now() + interval),
        };
    }

    fn hurry(&mut self) {
        self.next = None;
        self.is_hurried = self.is_waiting;
    }

    /// How long nothing is due.
    fn wait(&self, state: &State) -> Option<Duration> {
        match self.next {
            Some(next) if !self.is_waiting && !state.paused => {
                Some(next.saturating_duration_since(Instant::now()))
            }
            None if !self.is_waiting => Some(Duration::ZERO),
            _ => None,
        }
    }
}

/// The next message; nothing if none came in time.
fn next(messages: &Receiver<Message>, wait: Option<Duration>) -> Result<Option<Message>, Failure> {
    let lost = || Failure::Request(String::from("the monitor's threads have ended"));
    match wait {
        None => messages.recv().map(Some).map_err(|_| lost()),
        Some(wait) => match messages.recv_timeout(wait) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(lost()),
        },
    }
}

fn ask(asks: &Sender<Ask>, question: Ask) -> Result<(), Failure> {
    asks.send(question)
        .map_err(|_| Failure::Request(String::from("the thread that asks the machine has ended")))
}

/// Tells the loop when its thread ends, be it by a panic.
struct Farewell(Sender<Message>, String);

impl Drop for Farewell {
    fn drop(&mut self) {
        // Nobody listens any more once the loop has ended.
        let _ = self.0.send(Message::Lost(std::mem::take(&mut self.1)));
    }
}

fn start_sampler(mut sampler: Sampler, sender: Sender<Message>) -> io::Result<Sender<Ask>> {
    let (asks, questions) = mpsc::channel();
    let work = move || {
        let reason = String::from("the thread that asks the machine has ended");
        let farewell = Farewell(sender, reason);
        let mut samples = 0;
        for question in questions {
            let event = match question {
                Ask::Sample(wanted) => Event::Sample(Box::new(sampler.sample(wanted))),
                Ask::Details(identity) => Event::Details(sampler.details(identity)),
            };
            samples += 1;
            if samples == SETTLED {
                // Parsing the command line and the first look need more memory than all that follows. Where it cannot be
                // given back, it stays.
                let _ = psoxide::heap_trim();
            }
            if farewell.0.send(Message::Event(event)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name(String::from("sampler")).spawn(work)?;
    Ok(asks)
}

fn start_input(sender: Sender<Message>) -> io::Result<()> {
    let work = move || {
        let mut farewell = Farewell(sender, String::from("the thread that waits for keys has ended"));
        loop {
            let event = match event::read() {
                Ok(TerminalEvent::Key(key)) => Event::Key(key),
                Ok(TerminalEvent::Mouse(mouse)) => Event::Mouse(mouse),
                Ok(TerminalEvent::Resize(width, height)) => Event::Resize(width, height),
                Ok(_) => continue,
                Err(error) => {
                    farewell.1 = format!("the terminal cannot be read: {error}");
                    return;
                }
            };
            if farewell.0.send(Message::Event(event)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name(String::from("input")).spawn(work)?;
    Ok(())
}

/// Sends a signal to the very process that was shown, and tells what came of it.
fn send(root: &Root, target: &Target, signal: Signal, force: bool) -> String {
    let process = Process::with(root, target.identity);
    let pid = target.identity.pid;
    if !force && let Some(reason) = protection(&process) {
        return format!("not sent: process {pid} is {reason}; --force sends it all the same");
    }
    match process.send_signal(signal) {
        Ok(()) => format!("sent {signal} to process {pid} ({})", target.program.name),
        Err(error) => format!("not sent: {error}"),
    }
}
