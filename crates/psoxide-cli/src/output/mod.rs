//! How answers leave the program: lines for people, and a file for each format for programs, all of them a [`Format`].
//! Only [`Screen`] writes to standard output, and no line passes it with what could command a terminal.

pub(crate) mod chosen;
pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod object;
pub(crate) mod pager;
pub(crate) mod printable;
pub(crate) mod table;

use std::io::{self, BufWriter, IsTerminal, Write};

use unicode_width::UnicodeWidthChar;

use crate::failure::Failure;
use crate::keys::Key;
use crate::output::object::Object;
use crate::output::pager::Sink;
use crate::output::printable::printable;

/// Bold and green, for labels.
const LABEL: &str = "\x1b[1;32m";
/// Back to plain text.
const PLAIN: &str = "\x1b[0m";
/// Clears a terminal, and goes to its upper left corner.
const CLEAR: &[u8] = b"\x1b[2J\x1b[H";

/// How rows are written. Each format is a file of this folder.
pub(crate) trait Format {
    /// What stands before the rows, whose keys are these.
    fn begin(&mut self, _out: &mut dyn Write, _keys: &[Key]) -> Result<(), Failure> {
        Ok(())
    }

    /// One row.
    fn row(&mut self, out: &mut dyn Write, object: &Object) -> Result<(), Failure>;

    /// What stands behind the rows.
    fn end(&mut self, _out: &mut dyn Write) -> Result<(), Failure> {
        Ok(())
    }
}

/// When there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal that has some, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also into a file or a pipe
    Always,
    /// Nowhere
    Never,
}

/// Standard output, and what is known of it.
pub(crate) struct Screen {
    out: BufWriter<Sink>,
    width: Option<usize>,
    height: Option<usize>,
    terminal: bool,
    colour: bool,
    /// Whether tables for people and CSV have a line of names.
    pub(crate) headers: bool,
}

impl Screen {
    /// Standard output as it is: a terminal of some size, or a file or pipe without one.
    pub(crate) fn stdout(colour: Colour) -> Screen {
        let terminal = io::stdout().is_terminal();
        if terminal {
            // Some consoles take escape sequences only when they are told to.
            anstyle_query::windows::enable_ansi_colors();
        }
        let size = terminal_size::terminal_size_of(io::stdout()).filter(|_| terminal);
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Screen {
            out: BufWriter::with_capacity(64 << 10, Sink::new(None)),
            width: size
                .map(|(width, _)| usize::from(width.0))
                .filter(|width| *width > 0),
            height: size
                .map(|(_, height)| usize::from(height.0))
                .filter(|height| *height > 0),
            terminal,
            colour: match colour {
                Colour::Auto => terminal && !no_colour,
                Colour::Always => true,
                Colour::Never => false,
            },
            headers: true,
        }
    }

    /// Goes through a pager if there is more to read than the terminal has lines.
    pub(crate) fn page(&mut self) {
        if self.height.is_some() {
            self.out = BufWriter::with_capacity(4 << 10, Sink::new(self.height));
        }
    }

    /// Clears the terminal, if it is one.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        if self.terminal {
            self.out.write_all(CLEAR)
        } else {
            Ok(())
        }
    }

    /// How many columns the terminal has, if it is one.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Writes a line as it is, however long.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        self.printable_line(&printable(text))
    }

    /// Writes a line, cut to the width of the terminal if it is one.
    pub(crate) fn cut_line(&mut self, text: &str) -> io::Result<()> {
        let text = printable(text);
        self.printable_line(self.width.map_or(&*text, |width| cut(&text, width)))
    }

    fn printable_line(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.trim_end().as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Writes the names of a table's columns, unless they are not wanted.
    pub(crate) fn header(&mut self, text: &str) -> io::Result<()> {
        if self.headers { self.cut_line(text) } else { Ok(()) }
    }

    /// Writes a label and what it is the label of; an empty label continues the line above.
    pub(crate) fn labelled_line(&mut self, label: &str, text: &str) -> io::Result<()> {
        let width = if self.terminal { 13 } else { 11 };
        if self.colour {
            write!(self.out, "{LABEL}{label:<width$}{PLAIN} ")?;
            return self.line(text);
        }
        self.line(&format!("{label:<width$} {text}"))
    }

    /// Where a format writes.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Hands on what was written, and waits until it was read.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        flushed.and(self.out.get_mut().finish())
    }
}

/// The beginning of the text that fits into so many columns of a terminal.
pub(crate) fn cut(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (place, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > width {
            return text.get(..place).unwrap_or(text);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn text_is_cut_at_columns_not_bytes() {
        assert_eq!(cut("abc", 5), "abc");
        assert_eq!(cut("abc", 2), "ab");
        assert_eq!(cut("größe", 3), "grö");
        assert_eq!(cut("日本語", 5), "日本"); // two columns each: the third would need a sixth
        assert_eq!(cut("e\u{301}x", 1), "e\u{301}"); // an accent needs no column
        assert_eq!(cut("abc", 0), "");
    }
}
