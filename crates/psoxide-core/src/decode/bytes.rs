//! Walking bytes: lines, words and numbers of the kernel's text files, and bounds-checked reads of C layouts. The
//! only place with arithmetic on offsets.

use crate::error::DecodeError;

/// The lines of a text without their newlines; a last line without one counts too.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, next) = split_once(rest, b'\n').unwrap_or((rest, b""));
        rest = next;
        Some(line)
    })
}

/// A number of eight bytes that are 1.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Where a byte first stands. Looks at eight at a time: files of many lines are mostly searched for their ends.
pub fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    let pattern = EACH * u64::from(wanted);
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let difference = u64::from_le_bytes(*word) ^ pattern;
        // The lowest set bit is the top bit of the first byte that does not differ.
        let same = difference.wrapping_sub(EACH) & !difference & (EACH << 7);
        if same != 0 {
            return Some(index * 8 + (same.trailing_zeros() / 8) as usize);
        }
    }
    let place = tail.iter().position(|byte| *byte == wanted)?;
    Some(words.len() * 8 + place)
}

/// Where a byte last stands. Blocks that do not have it are passed over at once: it is often at the other end.
pub fn find_last(bytes: &[u8], wanted: u8) -> Option<usize> {
    let mut rest = bytes;
    while let Some((before, block)) = rest.split_last_chunk::<32>() {
        // No early end, so that all are compared together.
        if block.iter().fold(false, |found, byte| found | (*byte == wanted)) {
            break;
        }
        rest = before;
    }
    while let Some((before, word)) = rest.split_last_chunk::<8>() {
        let marks = marks(*word, wanted);
        if marks != 0 {
            return Some(before.len() + (7 - marks.leading_zeros() as usize / 8));
        }
        rest = before;
    }
    rest.iter().rposition(|byte| *byte == wanted)
}

/// What follows a byte that stands there `count` times before; `None` if it does not.
pub fn after(bytes: &[u8], wanted: u8, mut count: usize) -> Option<&[u8]> {
    let mut rest = bytes;
    while count > 0
        && let Some((word, next)) = rest.split_first_chunk()
    {
        let mut marks = marks(*word, wanted);
        // The sum of eight bytes that are 0 or 1.
        let found = ((marks >> 7).wrapping_mul(EACH) >> 56) as usize;
        if found >= count {
            for _ in 1..count {
                // Without its lowest bit.
                marks &= marks.wrapping_sub(1);
            }
            return rest.get((marks.trailing_zeros() / 8) as usize + 1..);
        }
        count -= found;
        rest = next;
    }
    for _ in 0..count {
        rest = split_once(rest, wanted)?.1;
    }
    Some(rest)
}

/// The top bit of each byte that is the one that is wanted.
fn marks(word: [u8; 8], wanted: u8) -> u64 {
    const LOW: u64 = EACH * 0x7f;
    let difference = u64::from_le_bytes(word) ^ (EACH * u64::from(wanted));
    !(((difference & LOW) + LOW) | difference | LOW)
}

/// The bytes of a file whose every line ends in a newline. One whose last line does not was cut short, and its last
/// number may be a part of one: it is refused. An empty file passes.
pub fn finished<'a>(structure: &'static str, bytes: &'a [u8]) -> Result<&'a [u8], DecodeError> {
    match bytes.last() {
        None | Some(b'\n') => Ok(bytes),
        Some(_) => Err(DecodeError::new(structure, bytes.len(), "a newline at the end")),
    }
}

/// The words of a line: what stands between blanks and tabs.
pub fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let mut rest = line;
    core::iter::from_fn(move || {
        // Columns are filled up with many blanks.
        let start = rest.iter().position(|byte| !is_blank(byte))?;
        let word = rest.get(start..)?;
        let end = word.iter().position(is_blank).unwrap_or(word.len());
        let (word, next) = word.split_at_checked(end)?;
        rest = next;
        Some(word)
    })
}

/// What stands before and after the first `separator`.
pub fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let place = find(bytes, separator)?;
    Some((bytes.get(..place)?, bytes.get(place + 1..)?))
}

/// What stands before and after the last `separator`.
pub fn rsplit_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let place = find_last(bytes, separator)?;
    Some((bytes.get(..place)?, bytes.get(place + 1..)?))
}

/// A decimal number and nothing else; `None` if it is not one or does not fit.
pub fn decimal(word: &[u8]) -> Option<u64> {
    match leading_decimal(word)? {
        (number, []) => Some(number),
        _ => None,
    }
}

/// The decimal number that a text begins with, and what follows its digits; `None` if there is no digit, or if the number
/// does not fit.
pub fn leading_decimal(text: &[u8]) -> Option<(u64, &[u8])> {
    if let Some(word) = text.first_chunk()
        && let Some((number, digits)) = short_decimal(*word)
    {
        return (digits > 0).then_some((number, text.get(digits..)?));
    }
    let mut number: u64 = 0;
    let mut rest = text;
    while let [byte, next @ ..] = rest {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
        rest = next;
    }
    (rest.len() < text.len()).then_some((number, rest))
}

/// The number that the digits at the start of eight bytes make, and how many they are; `None` if all are digits. It does not
/// branch at each digit, for the processor guesses wrong where most numbers end.
fn short_decimal(word: [u8; 8]) -> Option<(u64, usize)> {
    let values = u64::from_le_bytes(word) ^ (EACH * u64::from(b'0'));
    // The lowest of these bits belongs to the first byte that is more than 9.
    let others = (values.wrapping_add(EACH * (0x7f - 9)) | values) & (EACH << 7);
    if others == 0 {
        return None;
    }
    let digits = others.trailing_zeros() / 8;
    // The digits and, before them, zeros; then each two, four, eight of them as one number.
    let ones = values.checked_shl(64 - 8 * digits).unwrap_or(0);
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    let number = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
    Some((number, digits as usize))
}

/// A decimal number that may have a minus sign, and nothing else.
pub fn signed(word: &[u8]) -> Option<i64> {
    match leading_signed(word)? {
        (number, []) => Some(number),
        _ => None,
    }
}

/// The decimal number that a text begins with, which may have a minus sign, and what follows it; as [`leading_decimal`].
pub fn leading_signed(text: &[u8]) -> Option<(i64, &[u8])> {
    match text {
        [b'-', digits @ ..] => {
            let (number, rest) = leading_decimal(digits)?;
            Some((0i64.checked_sub_unsigned(number)?, rest))
        }
        _ => {
            let (number, rest) = leading_decimal(text)?;
            Some((i64::try_from(number).ok()?, rest))
        }
    }
}

/// A decimal number with or without a fraction, as `0.52`; no sign, no exponent.
pub fn fraction(word: &[u8]) -> Option<f64> {
    if !word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
        return None;
    }
    core::str::from_utf8(word).ok()?.parse().ok()
}

/// A hexadecimal number without prefix.
pub fn hexadecimal(word: &[u8]) -> Option<u64> {
    if word.is_empty() || word.len() > 16 {
        return None;
    }
    let mut number: u64 = 0;
    for byte in word {
        number = number << 4 | u64::from((*byte as char).to_digit(16)?);
    }
    Some(number)
}

/// An octal number without prefix.
pub fn octal(word: &[u8]) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    let mut number: u64 = 0;
    for byte in word {
        number = number
            .checked_mul(8)?
            .checked_add(u64::from((*byte as char).to_digit(8)?))?;
    }
    Some(number)
}

/// The number of a line `Key:   1234 kB`, in bytes; the kernel's kB are 1024 bytes. Saturates.
pub fn kibibytes(value: &[u8]) -> Option<u64> {
    let mut rest = value;
    // Columns are filled up with many blanks.
    while let Some((b"        ", next)) = rest.split_first_chunk() {
        rest = next;
    }
    match leading_decimal(rest.trim_ascii_start())? {
        (number, [] | [b' ' | b'\t', ..]) => Some(number.saturating_mul(1024)),
        _ => None,
    }
}

/// A C layout: fixed fields at known offsets, in the byte order of the machine that wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    structure: &'static str,
    bytes: &'a [u8],
}

impl<'a> Layout<'a> {
    /// The bytes of one `structure`, of which at least `size` must be there.
    pub fn new(structure: &'static str, bytes: &'a [u8], size: usize) -> Result<Layout<'a>, DecodeError> {
        if bytes.len() < size {
            return Err(DecodeError::new(structure, bytes.len(), "more bytes"));
        }
        Ok(Layout { structure, bytes })
    }

    /// The same of bytes that are known to be enough.
    pub const fn whole(structure: &'static str, bytes: &'a [u8]) -> Layout<'a> {
        Layout { structure, bytes }
    }

    /// `N` bytes at an offset.
    pub fn array<const N: usize>(&self, offset: usize) -> Result<[u8; N], DecodeError> {
        offset
            .checked_add(N)
            .and_then(|end| self.bytes.get(offset..end))
            .and_then(|part| part.try_into().ok())
            .ok_or(DecodeError::new(self.structure, offset, "more bytes"))
    }

    /// A byte.
    pub fn u8(&self, offset: usize) -> Result<u8, DecodeError> {
        self.array::<1>(offset).map(u8::from_ne_bytes)
    }

    /// A 16-bit number in this machine's byte order.
    pub fn u16(&self, offset: usize) -> Result<u16, DecodeError> {
        self.array(offset).map(u16::from_ne_bytes)
    }

    /// A 16-bit number in network byte order.
    pub fn u16_be(&self, offset: usize) -> Result<u16, DecodeError> {
        self.array(offset).map(u16::from_be_bytes)
    }

    /// A 32-bit number in this machine's byte order.
    pub fn u32(&self, offset: usize) -> Result<u32, DecodeError> {
        self.array(offset).map(u32::from_ne_bytes)
    }

    /// A signed 32-bit number in this machine's byte order.
    pub fn i32(&self, offset: usize) -> Result<i32, DecodeError> {
        self.array(offset).map(i32::from_ne_bytes)
    }

    /// A 64-bit number in this machine's byte order.
    pub fn u64(&self, offset: usize) -> Result<u64, DecodeError> {
        self.array(offset).map(u64::from_ne_bytes)
    }

    /// Text of at most `length` bytes, up to the first NUL.
    pub fn text(&self, offset: usize, length: usize) -> Result<&'a [u8], DecodeError> {
        let field = offset
            .checked_add(length)
            .and_then(|end| self.bytes.get(offset..end))
            .ok_or(DecodeError::new(self.structure, offset, "more bytes"))?;
        Ok(field.split(|byte| *byte == 0).next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn lines_keep_empty_ones_and_need_no_last_newline() {
        assert_eq!(lines(b"a\n\nb").collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
        assert_eq!(lines(b"a\nb\n").count(), 2);
        assert_eq!(lines(b"").count(), 0);
    }

    #[test]
    fn the_first_of_a_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            let mut bytes = vec![b'\t'; length];
            assert_eq!(find(&bytes, b'\n'), None);
            for place in (0..length).rev() {
                bytes[place] = b'\n';
                assert_eq!(find(&bytes, b'\n'), Some(place));
                // Neighbours that a borrow of the subtraction could take for it.
                bytes[place] = b'\x0b';
                assert_eq!(find(&bytes, b'\n'), bytes.iter().position(|byte| *byte == b'\n'));
                bytes[place] = b'\n';
            }
        }
        assert_eq!(find(b"\x80\x00\xff\x01\x00", 0), Some(1));
    }

    #[test]
    fn the_last_of_a_byte_and_those_before_are_found_wherever_they_stand() {
        for length in 0..80 {
            let mut bytes = vec![b'\n' ^ 0x80; length];
            assert_eq!(find_last(&bytes, b'\n'), None);
            assert_eq!(after(&bytes, b'\n', 0), Some(bytes.as_slice()));
            assert_eq!(after(&bytes, b'\n', 1), None);
            for place in 0..length {
                bytes[place] = b'\n';
                assert_eq!(find_last(&bytes, b'\n'), Some(place));
                // All up to here, or every second.
                assert_eq!(after(&bytes, b'\n', place + 1), bytes.get(place + 1..));
                assert_eq!(after(&bytes, b'\n', place + 2), None);
                let mut other = bytes.clone();
                for skipped in (0..place).rev().skip(1).step_by(2) {
                    other[skipped] = b'\n' + 1;
                }
                let count = other.iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(after(&other, b'\n', count), bytes.get(place + 1..));
                assert_eq!(after(&other, b'\n', count + 1), None);
            }
        }
        assert_eq!(after(b"", b' ', 1), None);
        assert_eq!(find_last(b"\x80\x00\xff\x01\x01", 0), Some(1));
    }

    #[test]
    fn numbers_of_any_length_before_any_byte() {
        let mut number: u64 = 9;
        for round in 0..2000_u64 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round);
            let number = number >> (round % 64);
            for next in 0..=u8::MAX {
                let mut text = number.to_string().into_bytes();
                if next.is_ascii_digit() {
                    continue;
                }
                let digits = text.len();
                text.extend_from_slice(&[next, b'1', 0xff, b'9', b' ', 0, b':', b'/', b'2']);
                for end in digits..text.len() {
                    assert_eq!(leading_decimal(&text[..end]), Some((number, &text[digits..end])));
                }
            }
        }
        assert_eq!(leading_decimal(b"00000012345 "), Some((12345, &b" "[..])));
        assert_eq!(leading_decimal(b"0000001 "), Some((1, &b" "[..])));
        assert_eq!(leading_decimal(b" 1234567"), None);
        assert_eq!(leading_decimal(b"/1234567"), None);
        assert_eq!(leading_decimal(b":1234567"), None);
    }

    #[test]
    fn numbers_refuse_what_is_not_one() {
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(decimal(b"18446744073709551616"), None);
        assert_eq!(decimal(b""), None);
        assert_eq!(decimal(b"+1"), None);
        assert_eq!(decimal(b"1 "), None);
        assert_eq!(leading_decimal(b"12 kB"), Some((12, &b" kB"[..])));
        assert_eq!(leading_decimal(b"7"), Some((7, &b""[..])));
        assert_eq!(leading_decimal(b"kB"), None);
        assert_eq!(leading_decimal(b"18446744073709551616 "), None);
        assert_eq!(kibibytes(b"\t7"), Some(7168));
        assert_eq!(kibibytes(b" 7kB"), None);
        assert_eq!(signed(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(signed(b"-"), None);
        assert_eq!(fraction(b"2592.113"), Some(2592.113));
        assert_eq!(fraction(b"1e3"), None);
        assert_eq!(fraction(b"inf"), None);
        assert_eq!(fraction(b"1.2.3"), None);
        assert_eq!(fraction(b""), None);
        assert_eq!(hexadecimal(b"fF"), Some(255));
        assert_eq!(octal(b"0100002"), Some(0o100_002));
        assert_eq!(octal(b"8"), None);
        for blanks in 0..30 {
            let value = format!("{}12 kB", " ".repeat(blanks));
            assert_eq!(kibibytes(value.as_bytes()), Some(12_288));
        }
        assert_eq!(kibibytes(b"                "), None);
    }

    #[test]
    fn layouts_end_where_the_bytes_end() {
        let bytes = [1, 0, 0, 0, b'h', b'i', 0, b'x'];
        let layout = Layout::new("test", &bytes, 8).unwrap();
        assert_eq!(layout.u8(0), Ok(1));
        assert_eq!(layout.text(4, 4), Ok(&b"hi"[..]));
        assert!(layout.u32(5).is_err());
        assert!(layout.u64(usize::MAX).is_err());
        assert!(Layout::new("test", &bytes, 9).is_err());
    }
}
