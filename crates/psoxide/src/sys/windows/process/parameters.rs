//! What a process was started with: its command line, environment and working directory. They lie in its own memory,
//! where the process may have put anything: every place is read by the kernel, which checks it, and at most so much is
//! read as a text can have.

use std::os::windows::io::OwnedHandle;
use std::time::Duration;

use psoxide_core::Text;
use psoxide_core::decode::windows::peb::{Parameters, Stretch, Width};
use psoxide_core::decode::windows::{command_line, environment_block, nt_path, unicode_string};
use psoxide_core::model::Pid;
use windows_sys::Wdk::System::Threading::{
    ProcessBasicInformation, ProcessCommandLineInformation, ProcessWow64Information,
};
use windows_sys::Win32::Foundation::{
    ERROR_INVALID_ADDRESS, ERROR_INVALID_PARAMETER, ERROR_NOACCESS, ERROR_NOT_SUPPORTED, ERROR_PARTIAL_COPY,
};
use windows_sys::Win32::System::Threading::PROCESS_VM_READ;

use super::control::{asking, handle, refuse_ended};
use super::ffi;
use super::reader::{Reader, identity};
use crate::error::{Error, ErrorKind, Result};
use crate::sys::windows::error::{code, process_error};

/// Pages that an environment may have.
const PAGES: usize = 1024;
const PAGE: u64 = 4096;
/// A process that has just been started may not have its texts yet: one looks again after this, twice that and so on …
const FIRST_PAUSE: Duration = Duration::from_micros(100);
/// … until it was looked for so often, which takes a tenth of a second.
const LOOKS: u32 = 11;

pub(crate) fn cmdline(reader: &Reader) -> Result<Vec<Text>> {
    const WHAT: &str = "NtQueryInformationProcess: ProcessCommandLineInformation";
    if reader.is_kernel() {
        return identity(reader).map(|_| Vec::new());
    }
    let process = asking(reader)?;
    match ffi::query(process, ProcessCommandLineInformation, 0x400) {
        Ok(answer) => unicode_string::text(answer.bytes(), answer.address())
            .map(command_line::arguments)
            .map_err(|error| Error::decode(WHAT, error).of(reader.pid())),
        // Before Windows 8.1.
        Err(error) if code(&error) == Some(ERROR_NOT_SUPPORTED) => {
            let line = look(reader, |process, parameters| {
                text(process, parameters.command_line)
            })?;
            Ok(command_line::arguments(&line))
        }
        Err(error) => Err(process_error(error, reader.pid(), WHAT)),
    }
}

pub(crate) fn cwd(reader: &Reader) -> Result<Text> {
    let path = look(reader, |process, parameters| {
        text(process, parameters.current_directory)
    })?;
    Ok(nt_path::without_end(&Text::from_utf16_ne(&path)))
}

pub(crate) fn environ(reader: &Reader) -> Result<Vec<(Text, Text)>> {
    if reader.is_kernel() {
        return identity(reader).map(|_| Vec::new());
    }
    let block = look(reader, |process, parameters| {
        environment(process, parameters.environment)
    })?;
    Ok(environment_block::variables(&block))
}

/// What became of reading something in the memory of a process.
enum Found<T> {
    There(T),
    /// It points nowhere, or to where nothing is.
    Nowhere,
}

/// Looks at where a process has its parameters, until what is wanted is there.
fn look<T>(
    reader: &Reader,
    find: impl Fn(&OwnedHandle, &Parameters) -> std::io::Result<Found<T>>,
) -> Result<T> {
    let pid = reader.pid();
    if reader.is_kernel() {
        identity(reader)?;
        return Err(Error::new(ErrorKind::AccessDenied, "a process of the kernel's own has none").of(pid));
    }
    let process = handle(reader, PROCESS_VM_READ)?;
    let mut pause = FIRST_PAUSE;
    for look in 1..=LOOKS {
        let found = match parameters(&process) {
            Ok(Found::There(parameters)) => find(&process, &parameters),
            Ok(Found::Nowhere) => Ok(Found::Nowhere),
            Err(error) => Err(error),
        };
        match found {
            Ok(Found::There(found)) => return Ok(found),
            Ok(Found::Nowhere) => {}
            Err(error) => return Err(process_error(error, pid, "ReadProcessMemory")),
        }
        refuse_ended(&process, pid)?;
        if look < LOOKS {
            std::thread::sleep(pause);
            pause *= 2;
        }
    }
    let what = "the process environment block does not tell it";
    Err(Error::new(ErrorKind::AccessDenied, what).of(pid))
}

/// The parameters of a process of either width.
fn parameters(process: &OwnedHandle) -> std::io::Result<Found<Parameters>> {
    let (peb, width) = match word(process, ProcessWow64Information, 0) {
        Ok(peb) if peb != 0 => (peb, Width::WOW64),
        // That there are no such processes here.
        Err(error) if code(&error) != Some(ERROR_NOT_SUPPORTED) => return Err(error),
        _ => (word(process, ProcessBasicInformation, 1)?, Width::NATIVE),
    };
    let Found::There(block) = read(process, peb, width.peb_size())? else {
        return Ok(Found::Nowhere);
    };
    let Ok(place) = width.parameters_of(&block) else {
        return Ok(Found::Nowhere);
    };
    let Found::There(block) = read(process, place, width.parameters_size())? else {
        return Ok(Found::Nowhere);
    };
    Ok(width.parameters(&block).map_or(Found::Nowhere, Found::There))
}

/// The process that it was started by.
pub(super) fn parent(process: &OwnedHandle) -> std::io::Result<Pid> {
    let parent = word(process, ProcessBasicInformation, 5)?;
    Pid::try_from(parent).map_err(|_| std::io::ErrorKind::InvalidData.into())
}

/// The word at a place of what the kernel tells.
fn word(process: &OwnedHandle, class: i32, place: usize) -> std::io::Result<u64> {
    let answer = ffi::query(process, class, if place == 0 { 8 } else { 48 })?;
    let (words, _) = answer.bytes().as_chunks::<8>();
    Ok(words.get(place).map_or(0, |word| u64::from_ne_bytes(*word)))
}

/// A text in the memory of a process.
fn text(process: &OwnedHandle, stretch: Stretch) -> std::io::Result<Found<Vec<u8>>> {
    match stretch.length {
        0 => Ok(Found::There(Vec::new())),
        length => read(process, stretch.address, length.into()),
    }
}

/// An environment, page by page up to its end: what it tells of its length itself is not believed.
fn environment(process: &OwnedHandle, address: u64) -> std::io::Result<Found<Vec<u8>>> {
    let mut block = Vec::new();
    let mut place = address;
    for _ in 0..PAGES {
        let length = PAGE - place % PAGE;
        // The end may lie across two pages, and is one between units.
        let new = (block.len() & !1).saturating_sub(2);
        match read(process, place, length as usize)? {
            Found::There(bytes) => block.extend(bytes),
            Found::Nowhere if block.is_empty() => return Ok(Found::Nowhere),
            // It has no end, and what stands before is whole.
            Found::Nowhere => return Ok(Found::There(block)),
        }
        if block.get(new..).is_some_and(environment_block::is_whole) {
            return Ok(Found::There(block));
        }
        let Some(next) = place.checked_add(length) else {
            return Ok(Found::There(block));
        };
        place = next;
    }
    Ok(Found::Nowhere)
}

fn read(process: &OwnedHandle, address: u64, length: usize) -> std::io::Result<Found<Vec<u8>>> {
    match ffi::read(process, address, length) {
        Ok(bytes) if bytes.len() == length => Ok(Found::There(bytes)),
        Ok(_) => Ok(Found::Nowhere),
        Err(error) => match code(&error) {
            Some(ERROR_PARTIAL_COPY | ERROR_NOACCESS | ERROR_INVALID_ADDRESS | ERROR_INVALID_PARAMETER) => {
                Ok(Found::Nowhere)
            }
            _ => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::time::Instant;

    use windows_sys::Win32::System::Threading::{PROCESS_VM_OPERATION, PROCESS_VM_WRITE};

    use super::*;
    use crate::root::Root;

    /// A child whose memory is written to.
    struct Victim {
        child: Child,
        process: OwnedHandle,
        peb: u64,
        /// Where its parameters lie, and what they were.
        place: u64,
        parameters: Vec<u8>,
    }

    impl Victim {
        fn start() -> Victim {
            let child = Command::new("cmd.exe")
                .args(["/c", "echo ready& set /p line="])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn();
            let mut child = child.unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.take().unwrap())
                .read_line(&mut line)
                .unwrap();
            let rights = PROCESS_VM_READ | PROCESS_VM_WRITE | PROCESS_VM_OPERATION | 0x1000;
            let process = ffi::open(child.id(), rights).unwrap();
            let peb = word(&process, ProcessBasicInformation, 1).unwrap();
            let block = ffi::read(&process, peb, Width::NATIVE.peb_size()).unwrap();
            let place = Width::NATIVE.parameters_of(&block).unwrap();
            let parameters = ffi::read(&process, place, Width::NATIVE.parameters_size()).unwrap();
            Victim {
                child,
                process,
                peb,
                place,
                parameters,
            }
        }

        fn reader(&self) -> Reader {
            Reader::open(&Root::default(), self.child.id()).unwrap()
        }

        /// Writes a number where the parameters have one.
        fn set(&self, offset: u64, number: u64) {
            ffi::write(&self.process, self.place + offset, &number.to_ne_bytes()).unwrap();
        }

        fn restore(&self) {
            ffi::write(&self.process, self.place, &self.parameters).unwrap();
        }

        /// None of the three takes long or ends in anything but an answer or a refusal.
        fn is_borne(&self) {
            let began = Instant::now();
            let reader = self.reader();
            for error in [
                cmdline(&reader).map(drop),
                cwd(&reader).map(drop),
                environ(&reader).map(drop),
            ] {
                assert!(
                    error.is_ok() || error.as_ref().unwrap_err().is_access_denied(),
                    "{error:?}"
                );
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        }
    }

    impl Drop for Victim {
        fn drop(&mut self) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }

    /// Every line of so many of these letters, after a program's name.
    #[test]
    fn command_lines_are_taken_apart_as_windows_does() {
        const LETTERS: [u16; 5] = [b'a' as u16, b'"' as u16, b'\\' as u16, b' ' as u16, b'\t' as u16];
        for length in 0..=6 {
            for number in 0..LETTERS.len().pow(length) {
                let mut line: Vec<u16> = "x ".encode_utf16().collect();
                let letters =
                    (0..length).map(|place| LETTERS[number / LETTERS.len().pow(place) % LETTERS.len()]);
                line.extend(letters);
                is_split_as_windows_does(&line[2..]);
                is_split_as_windows_does(&line);
            }
        }
    }

    fn is_split_as_windows_does(line: &[u16]) {
        // Of an empty one Windows tells its own program.
        if line.is_empty() {
            return;
        }
        let bytes: Vec<u8> = line.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        let ended: Vec<u16> = line.iter().copied().chain([0]).collect();
        let expected: Vec<Text> = ffi::arguments(&ended).into_iter().map(Text::from_utf16).collect();
        assert_eq!(
            command_line::arguments(&bytes),
            expected,
            "{}",
            String::from_utf16_lossy(line)
        );
    }

    const CURRENT_DIRECTORY: u64 = 0x38;
    const COMMAND_LINE: u64 = 0x70;
    const ENVIRONMENT: u64 = 0x80;

    /// Each page is looked at for the end as it comes: that of a variable at the end of one is none.
    #[test]
    fn a_variable_may_end_where_its_page_does() {
        let victim = Victim::start();
        let units = PAGE as usize / 2;
        for before_the_page_ends in [0, 1, 2] {
            let mut block = b"A=".to_vec();
            block.resize(units - before_the_page_ends - 1, b'x');
            block.extend(b"\0B=");
            block.resize(2 * units + 1, b'x');
            block.extend(b"\0C=D\0\0");
            let block: Vec<u8> = block.into_iter().flat_map(|letter| [letter, 0]).collect();
            let size = 3 * PAGE as usize;
            let place = ffi::fill(&victim.process, size, size).unwrap();
            ffi::write(&victim.process, place, &block).unwrap();
            victim.set(ENVIRONMENT, place);
            let told = environ(&victim.reader()).unwrap();
            let names: Vec<&[u8]> = told.iter().map(|(name, _)| &**name).collect();
            assert_eq!(names, [b"A", b"B", b"C"]);
        }
    }

    #[test]
    fn a_block_that_points_nowhere_is_refused() {
        let victim = Victim::start();
        assert!(!environ(&victim.reader()).unwrap().is_empty());
        for nowhere in [
            0,
            1,
            0xfff,
            u64::MAX,
            u64::MAX - 0x100,
            0x8000_0000_0000,
            victim.peb + (1 << 40),
        ] {
            ffi::write(&victim.process, victim.peb + 0x20, &nowhere.to_ne_bytes()).unwrap();
            let reader = victim.reader();
            let error = environ(&reader).unwrap_err();
            assert!(error.is_access_denied(), "{error}");
            assert!(cwd(&reader).unwrap_err().is_access_denied());
            victim.is_borne();
        }
    }

    #[test]
    fn what_is_not_there_yet_is_looked_for_again() {
        let victim = Victim::start();
        let looks = Cell::new(0);
        let there_at = |wanted| {
            looks.set(0);
            look(&victim.reader(), |_, _| {
                looks.set(looks.get() + 1);
                Ok(match looks.get() == wanted {
                    true => Found::There(()),
                    false => Found::Nowhere,
                })
            })
        };
        assert!(there_at(LOOKS).is_ok());
        assert!(there_at(LOOKS + 1).unwrap_err().is_access_denied());
        assert_eq!(looks.get(), LOOKS);
    }

    #[test]
    fn a_block_that_points_at_itself_is_borne() {
        let victim = Victim::start();
        for itself in [victim.peb, victim.peb + 0x20, victim.place - 8, victim.place + 1] {
            ffi::write(&victim.process, victim.peb + 0x20, &itself.to_ne_bytes()).unwrap();
            victim.is_borne();
        }
    }

    #[test]
    fn texts_that_are_nowhere_or_too_long_are_borne() {
        let victim = Victim::start();
        for nowhere in [0, 1, u64::MAX, victim.peb, victim.place] {
            for offset in [CURRENT_DIRECTORY, COMMAND_LINE] {
                victim.set(offset, 0xffff_ffff_ffff_ffff);
                victim.set(offset + 8, nowhere);
            }
            victim.set(ENVIRONMENT, nowhere);
            victim.is_borne();
            victim.restore();
        }
        assert!(!cwd(&victim.reader()).unwrap().is_empty());
    }

    #[test]
    fn an_environment_without_an_end_is_read_up_to_a_limit() {
        let victim = Victim::start();
        // 2 GiB that hold nothing but one letter, of which no more may be read than an environment can have.
        let size = 1 << 31;
        let Ok(place) = ffi::fill(&victim.process, size, PAGES * PAGE as usize + 1) else {
            println!("there is no memory for it");
            return;
        };
        victim.set(ENVIRONMENT, place);
        let error = environ(&victim.reader()).unwrap_err();
        assert!(error.is_access_denied(), "{error}");
    }

    #[test]
    fn a_process_that_has_ended_is_told_as_such() {
        let mut victim = Victim::start();
        let reader = victim.reader();
        assert!(identity(&reader).is_ok());
        victim.child.kill().unwrap();
        victim.child.wait().unwrap();
        for error in [
            cmdline(&reader).map(drop),
            cwd(&reader).map(drop),
            environ(&reader).map(drop),
        ] {
            assert!(error.unwrap_err().is_no_such_process());
        }
    }
}
