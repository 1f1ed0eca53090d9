//! A command line as arguments, by the rules of `CommandLineToArgvW`: a program of Windows is given one text, and these
//! are how nearly all of them take it apart.
//!
//! <https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw>

use crate::text::Text;

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;

/// The arguments of a command line in UTF-16; none if it is empty.
pub fn arguments(bytes: &[u8]) -> Vec<Text> {
    let (units, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units
        .iter()
        .map(|unit| u16::from_ne_bytes(*unit))
        .take_while(|unit| *unit != 0)
        .collect();
    if units.is_empty() {
        return Vec::new();
    }
    let (program, mut rest) = program(&units);
    let mut arguments = vec![Text::from_utf16(program.iter().copied())];
    loop {
        let blanks = rest.iter().take_while(|unit| is_blank(**unit)).count();
        rest = rest.get(blanks..).unwrap_or_default();
        if rest.is_empty() {
            return arguments;
        }
        let (argument, behind) = argument(rest);
        arguments.push(Text::from_utf16(argument));
        rest = behind;
    }
}

/// The first, in which nothing but quotes around it means anything, and what follows.
fn program(units: &[u16]) -> (&[u16], &[u16]) {
    match units.split_first() {
        Some((&QUOTE, quoted)) => {
            let end = quoted
                .iter()
                .position(|unit| *unit == QUOTE)
                .unwrap_or(quoted.len());
            let (program, rest) = quoted.split_at(end);
            (program, rest.get(1..).unwrap_or_default())
        }
        _ => {
            let end = units
                .iter()
                .position(|unit| is_blank(*unit))
                .unwrap_or(units.len());
            units.split_at(end)
        }
    }
}

/// One of the others, and what follows.
fn argument(units: &[u16]) -> (Vec<u16>, &[u16]) {
    let mut argument = Vec::new();
    let mut quoted = false;
    let mut rest = units;
    while let Some((&unit, behind)) = rest.split_first() {
        if is_blank(unit) && !quoted {
            break;
        }
        let slashes = rest.iter().take_while(|unit| **unit == BACKSLASH).count();
        let after = rest.get(slashes..).unwrap_or_default();
        if after.first() != Some(&QUOTE) {
            // They stand for themselves, and so does whatever else it is.
            argument.extend(rest.iter().take(slashes.max(1)));
            rest = if slashes == 0 { behind } else { after };
            continue;
        }
        // Before a quote each two are one, and one that is left makes it a letter.
        argument.extend(std::iter::repeat_n(BACKSLASH, slashes / 2));
        let mut quotes = after.iter().take_while(|unit| **unit == QUOTE).count();
        rest = after.get(quotes..).unwrap_or_default();
        if slashes % 2 == 1 {
            argument.push(QUOTE);
            quotes -= 1;
        }
        // One opens, one closes, and a third right behind them is a letter. One that is open already counts.
        let (letters, open) = run_of_quotes(quotes, quoted);
        argument.extend(std::iter::repeat_n(QUOTE, letters));
        quoted = open;
    }
    (argument, rest)
}

/// How many letters a run of quotes is, and whether it leaves a quotation open.
fn run_of_quotes(count: usize, quoted: bool) -> (usize, bool) {
    let count = count + usize::from(quoted);
    (count / 3, count % 3 == 1)
}

fn is_blank(unit: u16) -> bool {
    unit == u16::from(b' ') || unit == u16::from(b'\t')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const LINES: &str = include_str!("../../../../../testdata/windows/windows-10/command_lines.txt");
    const LINE: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/command_line.bin");

    fn split(line: &str) -> Vec<String> {
        let bytes: Vec<u8> = line.encode_utf16().flat_map(u16::to_ne_bytes).collect();
        arguments(&bytes).iter().map(ToString::to_string).collect()
    }

    /// Each line has a command line and, behind a `→`, its arguments in brackets.
    #[test]
    fn every_rule_holds() {
        let mut count = 0;
        for line in LINES.lines() {
            let (command, expected) = line.split_once(" → ").unwrap();
            let told: String = split(command).iter().map(|word| format!("[{word}]")).collect();
            assert_eq!(told, expected, "{command}");
            count += 1;
        }
        assert!(count > 20, "{count}");
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn surrogates_that_stand_alone_survive() {
        let told = arguments(LINE);
        let told: Vec<&[u8]> = told.iter().map(|word| &**word).collect();
        assert_eq!(
            told,
            [&b"C:\\a b\\x.exe"[..], b"\xed\xa0\x80", "caf\u{e9}".as_bytes()]
        );
    }

    #[test]
    fn what_is_empty_or_cut_has_no_arguments() {
        assert!(arguments(b"").is_empty());
        assert!(arguments(b"a").is_empty());
        assert!(split("\0a b").is_empty());
        assert_eq!(split("a b\0c"), ["a", "b"]);
        assert_eq!(split(" a"), ["", "a"]);
    }
}
