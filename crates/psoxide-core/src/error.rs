//! The one error of the decoders: which structure, where in its bytes, and what was expected there.

use core::fmt;

/// Bytes that are not what the kernel's format says they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    structure: &'static str,
    offset: usize,
    expected: &'static str,
}

impl DecodeError {
    /// `structure` is the kernel's name for the source ("stat", "meminfo"), `offset` the byte where decoding
    /// stopped, `expected` what should have stood there.
    pub const fn new(structure: &'static str, offset: usize, expected: &'static str) -> Self {
        DecodeError {
            structure,
            offset,
            expected,
        }
    }

    /// The kernel's name for the structure or file that was decoded.
    pub const fn structure(&self) -> &'static str {
        self.structure
    }

    /// The byte at which decoding stopped.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What should have stood there.
    pub const fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: expected {} at byte {}",
            self.structure, self.expected, self.offset
        )
    }
}

impl std::error::Error for DecodeError {}
