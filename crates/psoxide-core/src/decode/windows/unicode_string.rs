//! `UNICODE_STRING` in a buffer that the kernel filled: so many bytes of UTF-16 at a pointer, which holds for the place
//! where the buffer lay then.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;

const STRUCTURE: &str = "UNICODE_STRING";
/// Size of the structure.
const SIZE: usize = 16;

/// The text of the structure at the start of a buffer that lay at `address`, in bytes of UTF-16; empty if it has none.
pub fn text(bytes: &[u8], address: u64) -> Result<&[u8], DecodeError> {
    let string = Layout::new(STRUCTURE, bytes, SIZE)?;
    part(bytes, address, string.u64(8)?, string.u16(0)?)
}

/// The bytes that a pointer and a length name in a buffer that lay at `address`.
pub(super) fn part(bytes: &[u8], address: u64, pointer: u64, length: u16) -> Result<&[u8], DecodeError> {
    if length == 0 {
        return Ok(&[]);
    }
    let start = pointer
        .checked_sub(address)
        .and_then(|start| usize::try_from(start).ok())
        .ok_or(DecodeError::new(STRUCTURE, 8, "a text in the buffer"))?;
    start
        .checked_add(usize::from(length))
        .and_then(|end| bytes.get(start..end))
        .ok_or(DecodeError::new(STRUCTURE, start, "the whole text"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;
    use crate::text::Text;

    const NAME: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/unicode_string.bin");
    /// Where the fixture says that it lay.
    const ADDRESS: u64 = 0x1_0000;

    #[cfg(target_endian = "little")]
    #[test]
    fn the_text_is_found_behind_the_structure() {
        let told = Text::from_utf16_ne(text(NAME, ADDRESS).unwrap());
        assert_eq!(
            told.as_bytes(),
            b"\\Device\\HarddiskVolume3\\caf\xc3\xa9\xed\xa0\x80.txt"
        );
        assert_eq!(text(&[0; 16], ADDRESS), Ok(&[][..]));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn pointers_and_lengths_that_lie_are_refused() {
        for length in 0..NAME.len() {
            assert!(text(&NAME[..length], ADDRESS).is_err(), "{length}");
        }
        for address in [0, ADDRESS - 2, ADDRESS + 0x100, u64::MAX] {
            assert!(text(NAME, address).is_err(), "{address:x}");
        }
        let mut longer = NAME.to_vec();
        longer[..2].fill(0xff);
        assert!(text(&longer, ADDRESS).is_err());
    }
}
