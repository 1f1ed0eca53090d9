//! Text as the kernel gives it: bytes that are nearly always UTF-8, and are kept whole when they are not.

use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;
use std::borrow::Cow;

/// A name, path or line from the kernel.
///
/// On Unix these are the kernel's bytes; on Windows they are UTF-8 made from the system's UTF-16 (with lone
/// surrogates encoded as three bytes each, as `OsStr` does). `Display` replaces what is not UTF-8 by U+FFFD;
/// [`Text::as_bytes`] has everything.
///
/// ```
/// use psoxide_core::Text;
/// let name = Text::from("caf\u{e9}");
/// assert_eq!(name, "caf\u{e9}");
/// assert_eq!(Text::from(vec![b'a', 0xff]).to_string(), "a\u{fffd}");
/// ```
#[derive(Clone)]
pub struct Text(Held);

/// Names of tasks have at most 15 bytes: they need no memory of their own, and fit where a vector would stand.
#[derive(Clone)]
enum Held {
    Short(u8, [u8; SHORT]),
    Long(Vec<u8>),
}

const SHORT: usize = 15;

impl Text {
    /// The bytes as they came.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Held::Short(length, bytes) => bytes.get(..usize::from(*length)).unwrap_or(bytes),
            Held::Long(bytes) => bytes,
        }
    }

    /// From UTF-16. A surrogate that stands alone becomes the three bytes that UTF-8's scheme gives its number, so that
    /// nothing is lost.
    ///
    /// ```
    /// use psoxide_core::Text;
    /// assert_eq!(Text::from_utf16([0x63, 0xe9, 0xd83d, 0xde00]), "cé😀");
    /// assert_eq!(Text::from_utf16([0x61, 0xd800]).as_bytes(), b"a\xed\xa0\x80");
    /// ```
    pub fn from_utf16(units: impl IntoIterator<Item = u16>) -> Text {
        let mut bytes = Vec::new();
        for character in char::decode_utf16(units) {
            match character {
                Ok(character) => {
                    let mut room = [0; 4];
                    bytes.extend_from_slice(character.encode_utf8(&mut room).as_bytes());
                }
                Err(alone) => {
                    let [high, low] = alone.unpaired_surrogate().to_be_bytes();
                    let middle = 0x80 | (high & 0x0f) << 2 | low >> 6;
                    bytes.extend_from_slice(&[0xe0 | high >> 4, middle, 0x80 | low & 0x3f]);
                }
            }
        }
        Text::from(bytes)
    }

    /// From the bytes of UTF-16 in this machine's byte order; half a unit at the end is passed over.
    pub fn from_utf16_ne(bytes: &[u8]) -> Text {
        let (units, _) = bytes.as_chunks::<2>();
        Text::from_utf16(units.iter().map(|unit| u16::from_ne_bytes(*unit)))
    }

    /// The bytes as they came, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.0 {
            Held::Short(..) => self.as_bytes().to_vec(),
            Held::Long(bytes) => bytes,
        }
    }

    /// The text if it is UTF-8.
    pub fn to_str(&self) -> Option<&str> {
        core::str::from_utf8(self).ok()
    }

    /// The text with U+FFFD in place of each byte sequence that is not UTF-8.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }
}

impl Default for Text {
    fn default() -> Self {
        Text(Held::Short(0, [0; SHORT]))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Text) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As its bytes alone would: it is looked up by them.
        self.as_bytes().hash(state);
    }
}

impl Deref for Text {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Text(Held::Long(bytes))
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        let mut short = [0; SHORT];
        match short.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Text(Held::Short(bytes.len() as u8, short))
            }
            None => Text(Held::Long(bytes.to_vec())),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::from(text.into_bytes())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::from(text.as_bytes())
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.to_string_lossy())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_str() {
            Some(text) => write!(formatter, "{text:?}"),
            None => write!(formatter, "b\"{}\"", self.escape_ascii()),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Text {
    /// Written as a string; bytes that are not UTF-8 become U+FFFD.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string_lossy())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Text::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn short_and_long_are_the_same_text() {
        // On a 64-bit machine as small as a `Vec`.
        assert!(size_of::<Text>() <= 24);
        for length in 0..40 {
            let bytes: Vec<u8> = (0..length).collect();
            let (copied, moved) = (Text::from(bytes.as_slice()), Text::from(bytes.clone()));
            assert_eq!(copied, moved);
            assert_eq!(copied.cmp(&moved), Ordering::Equal);
            assert_eq!(copied.as_bytes(), bytes);
            let known = HashMap::from([(copied.clone(), ()), (moved, ())]);
            assert_eq!(known.len(), 1);
            assert!(known.contains_key(bytes.as_slice()));
            assert_eq!(copied.into_bytes(), bytes);
        }
        assert!(Text::default().is_empty());
        let (short, long) = (Text::from("b"), Text::from("a longer text than fits"));
        assert!(short > long);
    }
}
