//! The terminal while the monitor has it, and giving it back: at the end, after a panic, and on the signals that end a
//! program. What is drawn stands in [`super::view`].

use std::io::{self, BufWriter, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use psoxide::exit::{ExitFunction, Registration};
use psoxide::{Process, Signal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::Rect;

/// Whether the terminal is the monitor's; whoever takes that back, restores it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal as long as it is the monitor's.
pub(super) struct FullScreen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
    registration: Option<Registration>,
}

impl FullScreen {
    /// Takes the terminal.
    pub(super) fn enter(mouse: bool) -> io::Result<FullScreen> {
        restore_after_panics();
        // Before the terminal is changed: a signal may come at any moment after that.
        let signals = [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT];
        let registration = match ExitFunction::new(restore).on(signals).register() {
            Ok(registration) => Some(registration),
            // A system that ends programs without asking them.
            Err(error) if error.is_unsupported() => None,
            Err(error) => return Err(io::Error::other(error)),
        };
        // A frame leaves in one piece.
        let out = BufWriter::with_capacity(64 << 10, io::stdout());
        let terminal = Terminal::new(CrosstermBackend::new(out))?;
        let mut screen = FullScreen {
            terminal,
            mouse,
            registration,
        };
        screen.take()?;
        Ok(screen)
    }

    /// How many columns and lines there are.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Draws a frame, unless the terminal is no longer the monitor's.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        // Held until the frame is written: whoever restores the terminal waits for that.
        let _held = io::stdout().lock();
        if TAKEN.load(Ordering::SeqCst) {
            self.terminal.draw(|frame| view(frame.buffer_mut()))?;
        }
        Ok(())
    }

    /// Gives the terminal to the shell, and takes it again when the shell lets the monitor go on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        restore();
        let stopped = Process::current().and_then(|this| this.suspend());
        self.take()?;
        // Draws everything anew. `clear` would ask where the cursor is, and the thread that waits for keys would hear it.
        let (width, height) = self.size()?;
        self.terminal.resize(Rect::new(0, 0, width, height))?;
        stopped.map_err(io::Error::other)
    }

    fn take(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        if self.mouse {
            execute!(io::stdout(), EnableMouseCapture)?;
        }
        Ok(())
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        restore();
        if let Some(registration) = self.registration.take() {
            registration.cancel();
        }
    }
}

/// Puts the terminal back as it was, if it is not so already. Errors are left: the terminal may be what is gone.
fn restore() {
    let mut out = io::stdout().lock();
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(out, DisableMouseCapture, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// Has a panic, in whichever thread, restore the terminal before its message is written.
fn restore_after_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
    });
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn a_panic_gives_the_terminal_back() {
        use std::fs::{File, OpenOptions};
        use std::io::Read;
        use std::process::Command;

        use ratatui::style::Style;
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

        const TEST: &str = "tui::terminal::tests::a_panic_gives_the_terminal_back";
        const INSIDE: &str = "PSOXIDE_TEST_INSIDE";
        if std::env::var_os(INSIDE).is_some() {
            let mut screen = super::FullScreen::enter(true).unwrap();
            let draw = |buffer: &mut super::Buffer| buffer.set_string(0, 0, "frame", Style::new());
            screen.draw(draw).unwrap();
            panic!("the message of the panic");
        }
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).unwrap();
        let reader = std::thread::spawn(move || {
            let mut written = Vec::new();
            // The end of a terminal is an error.
            File::from(controller).read_to_end(&mut written).unwrap_err();
            String::from_utf8_lossy(&written).into_owned()
        });
        let before = tcgetattr(&terminal).unwrap();
        assert!(before.local_modes.contains(LocalModes::ICANON | LocalModes::ECHO));
        let status = Command::new(std::env::current_exe().unwrap())
            .args([TEST, "--exact", "--nocapture"])
            .env(INSIDE, "yes")
            .stdin(terminal.try_clone().unwrap())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal.try_clone().unwrap())
            .status()
            .unwrap();
        assert!(!status.success());
        let after = tcgetattr(&terminal).unwrap();
        assert_eq!(after.local_modes, before.local_modes);
        assert_eq!(after.input_modes, before.input_modes);
        assert_eq!(after.output_modes, before.output_modes);
        drop(terminal);
        let written = reader.join().unwrap();
        let place = |text: &str| {
            written
                .find(text)
                .unwrap_or_else(|| panic!("{text:?} is not in {written:?}"))
        };
        let order = [
            "\x1b[?1049h",
            "frame",
            "\x1b[?1049l",
            "\x1b[?25h",
            "the message of the panic",
        ]
        .map(place);
        assert!(order.is_sorted(), "{order:?} in {written:?}");
    }
}
