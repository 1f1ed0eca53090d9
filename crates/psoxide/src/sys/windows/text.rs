//! Kernel text as the standard library's strings: UTF-8, with lone surrogates as three bytes, back to UTF-16.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;

use psoxide_core::Text;

pub(crate) fn os_string(text: Text) -> OsString {
    match String::from_utf8(text.into_bytes()) {
        Ok(text) => OsString::from(text),
        Err(error) => OsString::from_wide(&utf16(error.as_bytes())),
    }
}

/// UTF-16 of text in which surrogates may stand alone.
pub(super) fn utf16(bytes: &[u8]) -> Vec<u16> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if let [0xed, middle @ 0xa0..=0xbf, last @ 0x80..=0xbf, ..] = rest {
            units.push(0xd000 | u16::from(middle & 0x3f) << 6 | u16::from(last & 0x3f));
            rest = &rest[3..];
            continue;
        }
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
        };
        // a byte that starts nothing valid stands for itself, so that nothing is lost in silence
        if valid.is_empty() {
            units.push(if first < 0x80 { u16::from(first) } else { 0xfffd });
            rest = &rest[1..];
        } else {
            units.extend(valid.encode_utf16());
            rest = &rest[valid.len()..];
        }
    }
    units
}
