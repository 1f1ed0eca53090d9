//! How answers leave the program: lines for people, JSON for programs. Only [`Screen`] writes to standard output, and
//! no line passes it with what could command a terminal.

pub(crate) mod json;
pub(crate) mod printable;
pub(crate) mod table;

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use unicode_width::UnicodeWidthChar;

use crate::output::printable::printable;

/// Bold and green, for labels.
const LABEL: &str = "\x1b[1;32m";
/// Back to plain text.
const PLAIN: &str = "\x1b[0m";

/// Standard output, and what is known of it.
pub(crate) struct Screen {
    out: BufWriter<StdoutLock<'static>>,
    width: Option<usize>,
    terminal: bool,
    colour: bool,
}

impl Screen {
    /// Standard output as it is: a terminal of some width, or a file or pipe without one.
    pub(crate) fn stdout() -> Screen {
        let terminal = io::stdout().is_terminal();
        let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Screen {
            out: BufWriter::with_capacity(64 << 10, io::stdout().lock()),
            width: width.filter(|width| terminal && *width > 0),
            terminal,
            colour: terminal && !no_colour,
        }
    }

    /// Writes a line as it is, however long.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(printable(text).trim_end().as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Writes a line, cut to the width of the terminal if it is one.
    pub(crate) fn cut_line(&mut self, text: &str) -> io::Result<()> {
        let text = printable(text);
        let text = self.width.map_or(&*text, |width| cut(&text, width));
        self.line(text)
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

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
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
