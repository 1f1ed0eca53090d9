//! The program of a process, and the paths of the kernel in the words of programs.

use std::cell::OnceCell;

use psoxide_core::Text;
use psoxide_core::decode::windows::nt_path;
use psoxide_core::decode::windows::process_information::IDLE;
use windows_sys::Win32::Foundation::ERROR_INVALID_PARAMETER;

use super::ffi;
use super::listing::pid_exists;
use super::reader::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::sys::windows::error::{code, process_error};

/// What one may ask of every process, whoever it belongs to. A process without a file has one word here, or none.
pub(crate) fn exe(reader: &Reader) -> Result<Text> {
    const WHAT: &str = "NtQuerySystemInformation: SystemProcessIdInformation";
    reader.refuse_sealed()?;
    let pid = reader.pid();
    if pid == IDLE {
        return Err(Error::new(ErrorKind::AccessDenied, "the idle process has no program").of(pid));
    }
    // The kernel takes other numbers for the multiple of 4 below them.
    let missing = || Error::new(ErrorKind::NoSuchProcess, WHAT).of(pid);
    if !pid.is_multiple_of(4) {
        return Err(missing());
    }
    match ffi::program(pid) {
        // Told of a process that has ended, too, as long as somebody has a handle on it.
        Ok(_) if !pid_exists(reader.root(), pid)? => Err(missing()),
        Ok(path) => Ok(Drives::ask().path(&Text::from_utf16(path))),
        Err(error) if code(&error) == Some(ERROR_INVALID_PARAMETER) && !pid_exists(reader.root(), pid)? => {
            Err(missing())
        }
        Err(error) => Err(process_error(error, pid, WHAT)),
    }
}

/// The drives that there are, each with the device that it stands for, which is asked for at most once.
pub(super) struct Drives(Vec<(u8, OnceCell<Option<Text>>)>);

impl Drives {
    pub(super) fn ask() -> Drives {
        let there = ffi::drives();
        let letters = (b'A'..=b'Z')
            .zip(0..)
            .filter(|(_, place)| there >> place & 1 == 1);
        Drives(letters.map(|(letter, _)| (letter, OnceCell::new())).collect())
    }

    /// A path of the kernel as programs write it.
    pub(super) fn path(&self, path: &Text) -> Text {
        let devices = self.0.iter().filter_map(|(letter, device)| {
            let device = device.get_or_init(|| {
                let name = [u16::from(*letter), u16::from(b':'), 0];
                // One that has gone stands for nothing.
                ffi::device(&name).ok().map(Text::from_utf16)
            });
            Some((Text::from(vec![*letter, b':']), device.clone()?))
        });
        nt_path::to_dos(path, devices)
    }
}
