//! The process environment block and `RTL_USER_PROCESS_PARAMETERS`, where a process keeps what it was started with, in
//! the layouts of 64-bit processes and of 32-bit ones on a 64-bit kernel.
//!
//! They lie in the process's own memory, which it may fill with anything: what is decoded here are places that one may
//! try to read there, and of which nothing follows.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;

const PEB: &str = "PEB";
const PARAMETERS: &str = "RTL_USER_PROCESS_PARAMETERS";

/// A width of pointers, and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width {
    is_64: bool,
    /// Of `PEB.ProcessParameters`.
    parameters: usize,
    current_directory: usize,
    command_line: usize,
    environment: usize,
}

/// Bytes in the memory of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where they begin.
    pub address: u64,
    /// How many they are.
    pub length: u16,
}

/// Where the texts of a process lie in its memory, in UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// Its working directory.
    pub current_directory: Stretch,
    /// The command line that it was started with.
    pub command_line: Stretch,
    /// Its environment, whose end only its bytes tell.
    pub environment: u64,
}

impl Width {
    /// Processes of 64 bits.
    pub const NATIVE: Width = Width {
        is_64: true,
        parameters: 0x20,
        current_directory: 0x38,
        command_line: 0x70,
        environment: 0x80,
    };
    /// Processes of 32 bits on a 64-bit kernel.
    pub const WOW64: Width = Width {
        is_64: false,
        parameters: 0x10,
        current_directory: 0x24,
        command_line: 0x40,
        environment: 0x48,
    };

    /// How many bytes of a process environment block are looked at.
    pub const fn peb_size(&self) -> usize {
        self.parameters + self.pointer_size()
    }

    /// How many bytes of the parameters are looked at.
    pub const fn parameters_size(&self) -> usize {
        self.environment + self.pointer_size()
    }

    const fn pointer_size(&self) -> usize {
        if self.is_64 { 8 } else { 4 }
    }

    /// Where the parameters of a process environment block lie; 0 as long as there are none.
    pub fn parameters_of(&self, peb: &[u8]) -> Result<u64, DecodeError> {
        self.pointer(&Layout::new(PEB, peb, self.peb_size())?, self.parameters)
    }

    /// What the parameters tell.
    pub fn parameters(&self, bytes: &[u8]) -> Result<Parameters, DecodeError> {
        let parameters = Layout::new(PARAMETERS, bytes, self.parameters_size())?;
        Ok(Parameters {
            current_directory: self.stretch(&parameters, self.current_directory)?,
            command_line: self.stretch(&parameters, self.command_line)?,
            environment: self.pointer(&parameters, self.environment)?,
        })
    }

    /// A `UNICODE_STRING`.
    fn stretch(&self, layout: &Layout<'_>, offset: usize) -> Result<Stretch, DecodeError> {
        Ok(Stretch {
            address: self.pointer(layout, offset + self.pointer_size())?,
            length: layout.u16(offset)?,
        })
    }

    fn pointer(&self, layout: &Layout<'_>, offset: usize) -> Result<u64, DecodeError> {
        match self.is_64 {
            true => layout.u64(offset),
            false => layout.u32(offset).map(u64::from),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!(
                "../../../../../testdata/windows/windows-10/",
                $name
            ))
        };
    }

    const PEB64: &[u8] = fixture!("peb.bin");
    const PEB32: &[u8] = fixture!("peb_wow64.bin");
    const PARAMETERS64: &[u8] = fixture!("process_parameters.bin");
    const PARAMETERS32: &[u8] = fixture!("process_parameters_wow64.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn both_widths_are_told() {
        assert_eq!(Width::NATIVE.parameters_of(PEB64), Ok(0x1a2_0000_1230));
        assert_eq!(Width::WOW64.parameters_of(PEB32), Ok(0x00a2_1230));
        let at = |address, length| Stretch { address, length };
        assert_eq!(
            Width::NATIVE.parameters(PARAMETERS64),
            Ok(Parameters {
                current_directory: at(0x1a2_0000_2000, 26),
                command_line: at(0x1a2_0000_3000, 0xfffe),
                environment: 0x1a2_0000_4000,
            })
        );
        assert_eq!(
            Width::WOW64.parameters(PARAMETERS32),
            Ok(Parameters {
                current_directory: at(0x00a2_2000, 26),
                command_line: at(0x00a2_3000, 0xfffe),
                environment: 0x00a2_4000,
            })
        );
    }

    #[test]
    fn blocks_that_are_cut_are_refused() {
        for width in [Width::NATIVE, Width::WOW64] {
            for length in 0..width.peb_size() {
                assert!(width.parameters_of(&PEB64[..length]).is_err(), "{length}");
            }
            for length in 0..width.parameters_size() {
                assert!(width.parameters(&PARAMETERS64[..length]).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn what_points_anywhere_is_told_as_it_is() {
        let bytes = [0xff; 0x100];
        let told = Width::NATIVE.parameters(&bytes).unwrap();
        assert_eq!((told.environment, told.command_line.length), (u64::MAX, u16::MAX));
        assert_eq!(Width::WOW64.parameters_of(&bytes), Ok(u64::from(u32::MAX)));
        assert_eq!(Width::NATIVE.parameters_of(&[0; 0x100]), Ok(0));
    }
}
