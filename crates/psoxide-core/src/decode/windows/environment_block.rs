//! The environment of a process as it lies in its memory: `NAME=value` in UTF-16, each ended by a NUL, and one more NUL.

use crate::text::Text;

/// Whether the block has its end within these bytes.
pub fn is_whole(bytes: &[u8]) -> bool {
    let (units, _) = bytes.as_chunks::<2>();
    units.windows(2).any(|pair| *pair == [[0, 0]; 2])
}

/// The variables in their order, up to an empty one or one without an end. Names are the same in any case, and given in
/// upper case, as psutil does; what has no name, as the directories of drives have not, is none.
pub fn variables(bytes: &[u8]) -> Vec<(Text, Text)> {
    let (units, _) = bytes.as_chunks::<2>();
    let mut variables = Vec::new();
    let mut rest = units;
    while let Some(end) = rest.iter().position(|unit| *unit == [0, 0]) {
        let (variable, behind) = rest.split_at(end);
        if variable.is_empty() {
            break;
        }
        rest = behind.get(1..).unwrap_or_default();
        let text = Text::from_utf16(variable.iter().map(|unit| u16::from_ne_bytes(*unit)));
        let sign = text.iter().position(|byte| *byte == b'=');
        if let Some((name, value)) = sign
            .filter(|place| *place > 0)
            .and_then(|place| text.split_at_checked(place))
        {
            let value = value.get(1..).unwrap_or_default();
            variables.push((upper_case(name), Text::from(value.to_vec())));
        }
    }
    variables
}

/// In upper case, but for surrogates that stand alone.
fn upper_case(name: &[u8]) -> Text {
    let mut upper = Vec::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        upper.extend(chunk.valid().to_uppercase().into_bytes());
        upper.extend(chunk.invalid());
    }
    Text::from(upper)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const BLOCK: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/environment_block.bin");

    fn block(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_ne_bytes).collect()
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn variables_have_names_and_values() {
        let told = variables(BLOCK);
        let told: Vec<(&[u8], &[u8])> = told.iter().map(|(name, value)| (&**name, &**value)).collect();
        let expected: [(&[u8], &[u8]); 5] = [
            (b"EMPTY", b""),
            (b"PATH", b"C:\\Windows;C:\\a=b"),
            (b"STRASSE", "gro\u{df}".as_bytes()),
            (b"A\xed\xa0\x80", b"\xed\xb0\x80"),
            (b"USERNAME", "Ren\u{e9}".as_bytes()),
        ];
        assert_eq!(told, expected);
        assert!(is_whole(BLOCK));
    }

    #[test]
    fn the_end_is_two_nuls_side_by_side() {
        assert!(!is_whole(&block("A=B\0")));
        assert!(!is_whole(&block("A=B\0C=D\0")));
        assert!(is_whole(&block("A=B\0\0")));
        assert!(is_whole(&block("\0\0")));
        assert!(!is_whole(b""));
        // Bytes may be looked at from the last unit of a variable on.
        assert!(!is_whole(&block("\0C=D\0")));
        // Half a unit is no end: the last letter and two NULs are three bytes of zero.
        assert!(!is_whole(&[0x41, 0, 0, 0, 0]));
    }

    #[test]
    fn what_has_no_end_or_no_name_is_no_variable() {
        assert!(variables(&block("A=B")).is_empty());
        assert_eq!(variables(&block("A=B\0C=D")).len(), 1);
        assert_eq!(variables(&block("A=B\0\0C=D\0\0")).len(), 1);
        assert!(variables(&block("=C:=C:\\x\0word\0\0")).is_empty());
        assert!(variables(&[0xff; 7]).is_empty());
    }
}
