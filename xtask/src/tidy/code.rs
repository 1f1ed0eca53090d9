//! Just enough of Rust's syntax for the laws: where comments, literals, test modules and macros are. Everything keeps
//! its place, so that an offset into the result is an offset into the file.

/// The text with comments, and the contents of string and character literals, replaced by blanks.
pub(super) fn without_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut result = bytes.to_vec();
    let mut place = 0;
    while place < bytes.len() {
        let end = match bytes[place] {
            b'/' if bytes[place..].starts_with(b"//") => line_end(bytes, place),
            b'/' if bytes[place..].starts_with(b"/*") => comment_end(bytes, place),
            b'"' => string_end(bytes, place),
            b'r' if !follows_word(bytes, place) => raw_string_end(bytes, place).unwrap_or(place),
            b'b' if !follows_word(bytes, place) && bytes.get(place + 1) == Some(&b'r') => {
                raw_string_end(bytes, place + 1).unwrap_or(place)
            }
            b'\'' => character_end(bytes, place).unwrap_or(place),
            _ => place,
        };
        blank(&mut result[place..end]);
        place = end.max(place + 1);
    }
    String::from_utf8(result).expect("whole characters are blanked")
}

/// Code with each item that `#[cfg(test)]` stands above replaced by blanks.
pub(super) fn without_tests(code: &str) -> String {
    let mut result = code.as_bytes().to_vec();
    let mut from = 0;
    while let Some(start) = code[from..].find("#[cfg(test)]").map(|place| from + place) {
        let end = item_end(code.as_bytes(), start);
        blank(&mut result[start..end]);
        from = end;
    }
    String::from_utf8(result).expect("whole characters are blanked")
}

/// Where each whole word `word` begins.
pub(super) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(word)
        .map(|(place, _)| place)
        .filter(move |place| {
            let after = bytes.get(place + word.len()).copied().unwrap_or(b' ');
            !follows_word(bytes, *place) && !is_word(after)
        })
}

/// The insides of each bracket that follows `opening`, as `cfg` in `cfg(…)`, with the place where they begin.
pub(super) fn bracketed<'a>(code: &'a str, opening: &'a str) -> Vec<(usize, &'a str)> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    for place in words(code, opening) {
        let mut open = place + opening.len();
        while bytes.get(open).is_some_and(u8::is_ascii_whitespace) {
            open += 1;
        }
        if matches!(bytes.get(open), Some(b'(' | b'[' | b'{')) {
            let end = bracket_end(bytes, open);
            found.push((open + 1, &code[open + 1..end.saturating_sub(1).max(open + 1)]));
        }
    }
    found
}

/// The insides of every macro definition and of every macro call, with the place where they begin.
pub(super) fn macros(code: &str) -> Vec<(usize, &str)> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    for (place, _) in code.match_indices('!') {
        if !follows_word(bytes, place) {
            continue;
        }
        let mut open = place + 1;
        // `macro_rules! name {` has a name between.
        while bytes
            .get(open)
            .is_some_and(|byte| byte.is_ascii_whitespace() || is_word(*byte))
        {
            open += 1;
        }
        if matches!(bytes.get(open), Some(b'(' | b'[' | b'{')) {
            let end = bracket_end(bytes, open);
            found.push((open + 1, &code[open + 1..end.saturating_sub(1).max(open + 1)]));
        }
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether what begins here is the middle of a word, or a lifetime.
fn follows_word(bytes: &[u8], place: usize) -> bool {
    place > 0 && (is_word(bytes[place - 1]) || bytes[place - 1] == b'\'')
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| start + length)
}

fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut place = start;
    while place < bytes.len() {
        if bytes[place..].starts_with(b"/*") {
            depth += 1;
            place += 2;
        } else if bytes[place..].starts_with(b"*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += 1;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut place = start + 1;
    while place < bytes.len() {
        match bytes[place] {
            b'\\' => place += 2,
            b'"' => return place + 1,
            _ => place += 1,
        }
    }
    bytes.len()
}

fn raw_string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let hashes = bytes[start + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    if bytes.get(start + 1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut closing = vec![b'"'];
    closing.resize(1 + hashes, b'#');
    let inside = start + 2 + hashes;
    let length = bytes[inside..]
        .windows(closing.len())
        .position(|window| window == closing);
    Some(length.map_or(bytes.len(), |length| inside + length + closing.len()))
}

/// The end of a character literal; `None` for a lifetime.
fn character_end(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start + 1) == Some(&b'\\') {
        let from = start + 3;
        let length = bytes.get(from..)?.iter().position(|byte| *byte == b'\'')?;
        return Some(from + length + 1);
    }
    // One character may be up to four bytes.
    (start + 2..=start + 5)
        .find(|place| bytes.get(*place) == Some(&b'\''))
        .filter(|end| {
            std::str::from_utf8(&bytes[start + 1..*end]).is_ok_and(|text| text.chars().count() == 1)
        })
        .map(|end| end + 1)
}

/// The end of the item that begins here: its closing brace, or its semicolon.
fn item_end(bytes: &[u8], start: usize) -> usize {
    let mut place = start;
    while place < bytes.len() {
        match bytes[place] {
            b'[' | b'(' => place = bracket_end(bytes, place),
            b'{' => return bracket_end(bytes, place),
            b';' => return place + 1,
            _ => place += 1,
        }
    }
    bytes.len()
}

/// The place after the bracket that closes the one at `open`.
fn bracket_end(bytes: &[u8], open: usize) -> usize {
    let mut depth = 0usize;
    for (place, byte) in bytes.iter().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return place + 1;
                }
            }
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_in_place() {
        let text = "let a = \"unsafe // \\\" x\"; // static\nlet b: &'static str = r#\"mod \"x\"#; '\"' /* a /* b */ c */ '\\'' é";
        let code = without_comments_and_literals(text);
        assert_eq!(code.len(), text.len());
        assert!(!code.contains("unsafe") && !code.contains("mod") && !code.contains('"'));
        assert!(code.contains("&'static str") && code.ends_with('é'));
        assert_eq!(words(&code, "static").count(), 0);
    }

    #[test]
    fn tests_are_blanked_and_what_follows_is_kept() {
        let code =
            "fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}";
        let shipped = without_tests(code);
        assert!(!shipped.contains("fn b") && !shipped.contains("mod d"));
        assert!(shipped.contains("fn a") && shipped.contains("fn c") && shipped.contains("fn e"));
    }

    #[test]
    fn brackets_and_macros_are_found_whole() {
        let code = "#[cfg(all(unix, x))] macro_rules! m { () => { mod a; } } n!(b); if a != (c) {}";
        assert_eq!(bracketed(code, "cfg")[0].1, "all(unix, x)");
        let insides: Vec<&str> = macros(code).into_iter().map(|(_, inside)| inside).collect();
        assert_eq!(insides, [" () => { mod a; } ", "b"]);
    }
}
