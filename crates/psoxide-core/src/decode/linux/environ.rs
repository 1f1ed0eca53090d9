//! `/proc/<pid>/environ`: `NAME=value` after another, each ended by a NUL.
//!
//! Layout: proc_pid_environ(5).

use crate::decode::bytes::split_once;
use crate::text::Text;

/// The variables in the order of the block, which ends at an empty entry or at one without its NUL (the process may be
/// writing over the block). Entries without a name or without `=` are passed over. Of a name that comes twice both
/// are told.
pub fn variables(bytes: &[u8]) -> Vec<(Text, Text)> {
    let mut variables = Vec::new();
    let mut rest = bytes;
    while let Some((entry, next)) = split_once(rest, 0) {
        if entry.is_empty() {
            break;
        }
        match split_once(entry, b'=') {
            Some((name, value)) if !name.is_empty() => variables.push((Text::from(name), Text::from(value))),
            _ => {}
        }
        rest = next;
    }
    variables
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;

    fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
        variables(bytes)
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_block_as_the_kernel_gives_it() {
        assert_eq!(
            pairs(include_bytes!(
                "../../../../../testdata/linux/process-6.18/proc/4242/environ"
            )),
            [
                pair("LANG", "C"),
                pair("HOME", "/home/alice"),
                pair("TERM", "xterm-256color")
            ]
        );
    }

    #[test]
    fn a_value_may_hold_anything() {
        assert_eq!(
            pairs(b"A=1\0B=x=y\0C=\0D=two\nlines\0"),
            [
                pair("A", "1"),
                pair("B", "x=y"),
                pair("C", ""),
                pair("D", "two\nlines")
            ]
        );
        assert_eq!(variables(b"A=\xff\0")[0].1.as_bytes(), b"\xff");
    }

    #[test]
    fn the_block_ends_where_it_breaks() {
        assert_eq!(pairs(b"A=1\0\0B=2\0"), [pair("A", "1")]);
        assert_eq!(pairs(b"A=1\0B=2"), [pair("A", "1")]);
        assert_eq!(pairs(b"=x\0junk\0A=1\0"), [pair("A", "1")]);
        assert_eq!(pairs(b""), []);
    }

    #[test]
    fn a_captured_process() {
        let file = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/environ");
        let terminal = pair("TERM", "xterm-256color");
        assert_eq!(
            pairs(file),
            [pair("LANG", "C"), pair("HOME", "/home/alice"), terminal]
        );
    }
}
