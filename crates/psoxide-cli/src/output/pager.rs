//! Where output goes: straight to standard output or, for people at a terminal with more to read than it has lines,
//! through the pager that `PSOXIDE_PAGER` or `PAGER` names (`less` if neither does; an empty one is none).

use std::io::{self, IsTerminal, StdoutLock, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Where output goes.
pub(crate) enum Sink {
    /// Standard output.
    Direct(StdoutLock<'static>),
    /// Held back until there is more than the terminal can show.
    Held { bytes: Vec<u8>, height: usize },
    /// A pager that was started.
    Paged { pager: Child, input: ChildStdin },
}

impl Sink {
    /// A pager once so many lines are exceeded, if both ends of this command are a terminal.
    pub(crate) fn new(height: Option<usize>) -> Sink {
        match height {
            Some(height)
                if io::stdin().is_terminal() && io::stdout().is_terminal() && program().is_some() =>
            {
                Sink::Held {
                    bytes: Vec::new(),
                    height,
                }
            }
            _ => Sink::Direct(io::stdout().lock()),
        }
    }

    /// Writes what was held back, and waits for the reader to leave the pager.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        let flushed = self.flush();
        if let Sink::Paged { .. } = self
            && let Sink::Paged { mut pager, input } =
                std::mem::replace(self, Sink::Direct(io::stdout().lock()))
        {
            // The end of its input is what a pager waits for.
            drop(input);
            pager.wait()?;
        }
        flushed
    }

    fn page(held: &[u8]) -> io::Result<Option<Sink>> {
        let Some(program) = program() else {
            return Ok(None);
        };
        let mut words = program.split_whitespace();
        let Some(name) = words.next() else {
            return Ok(None);
        };
        let mut command = Command::new(name);
        command.args(words).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            command.env("LESS", "-RS");
        }
        // One that is not there is none.
        let Ok(mut pager) = command.spawn() else {
            return Ok(None);
        };
        let Some(mut input) = pager.stdin.take() else {
            return Ok(None);
        };
        // Ctrl-C is the pager's; who asks twice for a handler has one already.
        let _ = ctrlc::set_handler(|| {});
        input.write_all(held)?;
        Ok(Some(Sink::Paged { pager, input }))
    }
}

impl Write for Sink {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Direct(out) => out.write(buffer),
            Sink::Paged { input, .. } => input.write(buffer),
            Sink::Held { bytes, height } => {
                bytes.extend_from_slice(buffer);
                let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
                if lines >= *height {
                    let held = std::mem::take(bytes);
                    match Sink::page(&held)? {
                        Some(paged) => *self = paged,
                        None => {
                            let mut out = io::stdout().lock();
                            out.write_all(&held)?;
                            *self = Sink::Direct(out);
                        }
                    }
                }
                Ok(buffer.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Direct(out) => out.flush(),
            Sink::Paged { input, .. } => input.flush(),
            Sink::Held { bytes, .. } => {
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()?;
                *self = Sink::Direct(out);
                Ok(())
            }
        }
    }
}

/// The pager's command line; none where it is told to be none.
fn program() -> Option<String> {
    let told = ["PSOXIDE_PAGER", "PAGER"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok());
    let program = told.unwrap_or_else(|| String::from("less"));
    Some(program).filter(|program| !matches!(program.trim(), "" | "cat"))
}
