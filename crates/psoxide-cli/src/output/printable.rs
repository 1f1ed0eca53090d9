//! Text that cannot command a terminal: names and arguments of processes are chosen by whoever started them.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

/// The text with control characters, line separators and marks that turn the direction of writing shown as escapes
/// (`\x1b`, `\n`, `\u{202e}`) instead of obeyed.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.contains(commands_terminal) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            _ if !commands_terminal(character) => shown.push(character),
            // Writing into a String cannot fail.
            _ if u32::from(character) < 0x100 => {
                let _ = write!(shown, "\\x{:02x}", u32::from(character));
            }
            _ => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
        }
    }
    Cow::Owned(shown)
}

/// How many columns of a terminal the printable text takes.
pub(crate) fn width(text: &str) -> usize {
    if is_plain(text) { text.len() } else { text.width() }
}

/// Whether the text is of printable ASCII alone, as nearly all is: a column and a byte a character.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// Whether a terminal would act on the character rather than show it.
pub(crate) fn commands_terminal(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::{printable, width};

    #[test]
    fn a_character_takes_no_one_or_two_columns() {
        assert_eq!(
            ["", "ab ~", "größe", "日本", "e\u{301}"].map(width),
            [0, 4, 5, 4, 1]
        );
    }

    #[test]
    fn what_commands_a_terminal_is_shown_as_an_escape() {
        assert_eq!(printable("plain (sd-pam)"), "plain (sd-pam)");
        assert_eq!(printable("größe 日本\u{fffd}"), "größe 日本\u{fffd}");
        assert_eq!(printable("\x1b]0;owned\x07"), "\\x1b]0;owned\\x07");
        assert_eq!(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
        assert_eq!(printable("\u{9b}31m\u{7f}"), "\\x9b31m\\x7f");
        assert_eq!(printable("\u{202e}exe.txt"), "\\u{202e}exe.txt");
    }

    #[test]
    fn printable_text_stays_as_it_is() {
        let once = printable("\x1b[2J\\x1b").into_owned();
        assert_eq!(printable(&once), once);
    }
}
