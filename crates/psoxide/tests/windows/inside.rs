//! What a process has inside: its program, what it was started with, its memory and its files.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::windows::ffi::OsStringExt;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use psoxide::model::process::MemoryMap;
use psoxide::{Process, processes};

use crate::child::Interpreter;

/// What a program can have in its arguments and variables: letters of other planes, and surrogates that stand alone.
fn odd() -> OsString {
    let units: Vec<u16> = "gr\u{fc}n \u{1f600} ".encode_utf16().chain([0xd800]).collect();
    OsString::from_wide(&units)
}

/// As the library tells it: UTF-8 with surrogates that stand alone.
fn bytes(text: &OsStr) -> &[u8] {
    text.as_encoded_bytes()
}

/// A new, empty folder.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("psoxide {} {name}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Windows' own programs write a drive now in this case and now in that.
fn is_same(one: &Path, other: &Path) -> bool {
    let plain = |path: &Path| {
        let text = path.to_str().unwrap().to_lowercase();
        text.trim_start_matches(r"\\?\").to_owned()
    };
    plain(one) == plain(other)
}

#[test]
fn programs_are_files() {
    let mine = Process::current().unwrap().exe().unwrap();
    assert!(is_same(&mine, &std::env::current_exe().unwrap()), "{mine:?}");
    let child = Interpreter::start();
    let theirs = child.process().exe().unwrap();
    assert!(theirs.is_file(), "{theirs:?}");
    let name = theirs.file_name().unwrap().to_str().unwrap();
    assert_eq!(name.to_lowercase(), "cmd.exe");
}

#[test]
fn every_process_has_a_program_and_a_command_line() {
    let child = Interpreter::start();
    for visit in processes().unwrap() {
        let pid = visit.pid();
        match (visit.exe(), visit.cmdline()) {
            (Ok(_), Ok(line)) => assert!(pid != child.0.id() || !line.is_empty()),
            (exe, line) => {
                for error in [exe.map(drop), line.map(drop)]
                    .into_iter()
                    .filter_map(Result::err)
                {
                    assert!(error.is_no_such_process() || error.is_access_denied(), "{error}");
                }
            }
        }
    }
}

#[test]
fn this_process_knows_its_arguments() {
    let told = Process::current().unwrap().cmdline().unwrap();
    let expected: Vec<OsString> = std::env::args_os().collect();
    assert_eq!(told.len(), expected.len());
    for (told, expected) in told.iter().zip(&expected).skip(1) {
        assert_eq!(told.as_bytes(), bytes(expected));
    }
}

#[test]
fn arguments_are_those_that_a_child_was_given() {
    let mut command = Command::new("cmd.exe");
    command.args(["/c", "echo ready& set /p line=& rem"]);
    command.raw_arg(r#"a "b c" "d\"e" """" \\x\\ "#);
    command.arg(odd());
    let child = Interpreter::of(&mut command).ready();
    let told = child.process().cmdline().unwrap();
    let told: Vec<&[u8]> = told.iter().map(|word| word.as_bytes()).collect();
    let odd = odd();
    let expected: [&[u8]; 8] = [
        b"/c",
        b"echo ready& set /p line=& rem",
        b"a",
        b"b c",
        b"d\"e",
        b"\" \\\\x\\\\ gr\xc3\xbcn",
        b"",
        b"",
    ];
    // A quotation is open behind the four quotes, up to the one that the last argument begins with.
    assert_eq!(told[1..6], expected[..5]);
    let rest = told[6..].join(&b' ');
    let last = bytes(&odd).rsplit(|byte| *byte == b' ').next().unwrap();
    assert!(rest.ends_with(last), "{rest:?}");
}

#[test]
fn variables_are_those_that_a_child_was_given() {
    let long = "x".repeat(20_000);
    let mut command = Command::new("cmd.exe");
    command.args(["/c", "echo ready& set /p line="]);
    command
        .env("psoxide_stra\u{df}e", odd())
        .env("Psoxide_Empty_", "=")
        .env("PSOXIDE_LONG", &long);
    let child = Interpreter::of(&mut command).ready();
    let told = child.process().environ().unwrap();
    let value = |name: &str| {
        let found = told.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_bytes().to_vec())
    };
    assert_eq!(value("PSOXIDE_STRASSE").as_deref(), Some(bytes(&odd())));
    assert_eq!(value("PSOXIDE_EMPTY_").as_deref(), Some(&b"="[..]));
    assert_eq!(value("PSOXIDE_LONG").as_deref(), Some(long.as_bytes()));
    // What it got from this process.
    for (name, expected) in std::env::vars_os() {
        let name = name.to_str().unwrap().to_uppercase();
        if !name.starts_with('=') {
            assert_eq!(value(&name).as_deref(), Some(bytes(&expected)), "{name}");
        }
    }
    assert!(told.iter().all(|(name, _)| !name.is_empty()));
}

#[test]
fn a_child_is_where_it_was_started() {
    let folder = Folder::new("gr\u{fc}n");
    let mut command = Command::new("cmd.exe");
    command
        .args(["/c", "echo ready& set /p line="])
        .current_dir(&folder.0);
    let mut child = Interpreter::of(&mut command).ready();
    let told = child.process().cwd().unwrap();
    assert!(
        is_same(&told, &folder.0),
        "{told:?} {folder:?}",
        folder = folder.0
    );
    // It holds the folder.
    child.end();
    let mine = Process::current().unwrap().cwd().unwrap();
    assert!(is_same(&mine, &std::env::current_dir().unwrap()), "{mine:?}");
}

#[test]
fn the_program_is_mapped() {
    let process = Process::current().unwrap();
    let maps = process.memory_maps().unwrap();
    let program = std::env::current_exe().unwrap();
    let mine: Vec<_> = maps
        .iter()
        .filter(|map| is_same(Path::new(map.path.to_str().unwrap()), &program))
        .collect();
    let permissions = |wanted: &str| mine.iter().any(|map| *map.perms.as_ref().unwrap() == wanted);
    assert!(permissions("xr") && permissions("r"), "{mine:?}");
    let ranges: Vec<_> = maps.iter().map(|map| map.addr.unwrap()).collect();
    assert!(ranges.is_sorted());
    for (map, range) in maps.iter().zip(&ranges) {
        assert_eq!(map.rss, range.end - range.start);
    }
    for pair in ranges.windows(2) {
        assert!(pair[0].end <= pair[1].start);
    }
    let grouped = MemoryMap::group(maps.clone());
    assert!(grouped.len() < maps.len());
    let sum = |maps: &[MemoryMap]| maps.iter().map(|map| map.rss).sum::<u64>();
    assert_eq!(sum(&grouped), sum(&maps));
    let child = Interpreter::start();
    let theirs = child.process().memory_maps().unwrap();
    let is_library = |path: &str| path.to_lowercase().ends_with("ntdll.dll");
    assert!(
        theirs.iter().any(|map| is_library(map.path.to_str().unwrap())),
        "{theirs:?}"
    );
}

#[test]
fn what_is_its_own_is_part_of_what_it_holds() {
    let process = Process::current().unwrap();
    match process.memory_footprint() {
        Err(error) if error.is_unsupported() => println!("not told here: {error}"),
        told => {
            let held = vec![1u8; 64 << 20];
            let more = process.memory_footprint().unwrap().uss;
            assert!(more >= told.unwrap().uss.saturating_add(32 << 20));
            assert!(more <= process.memory_info().unwrap().peak_wset.unwrap());
            drop(held);
        }
    }
}

fn files(process: &Process) -> Vec<PathBuf> {
    let told = process.open_files().unwrap();
    told.iter()
        .map(|file| PathBuf::from(file.path.to_str().unwrap()))
        .collect()
}

#[test]
fn files_are_listed_while_they_are_open() {
    let folder = Folder::new("files");
    let (read, written, deleted) = (
        folder.0.join("read"),
        folder.0.join("gr\u{fc}n"),
        folder.0.join("deleted"),
    );
    fs::write(&read, "x").unwrap();
    let process = Process::current().unwrap();
    let is_open = |path: &Path| files(&process).iter().any(|file| is_same(file, path));
    let held = (File::open(&read).unwrap(), File::create(&written).unwrap());
    let again = File::open(&read).unwrap();
    assert!(is_open(&read) && is_open(&written));
    let told = files(&process);
    assert_eq!(told.iter().filter(|file| is_same(file, &read)).count(), 1);
    assert!(told.iter().all(|file| !file.is_dir()), "{told:?}");
    drop((held, again));
    assert!(!is_open(&read) && !is_open(&written));
    let held = File::create(&deleted).unwrap();
    fs::remove_file(&deleted).unwrap();
    // Windows may keep its name until the last handle is closed.
    assert_eq!(is_open(&deleted), deleted.exists());
    drop(held);
}

#[test]
fn files_of_a_child_are_listed() {
    let folder = Folder::new("child");
    let path = folder.0.join("errors");
    let mut command = Command::new("cmd.exe");
    command.args(["/c", "echo ready& set /p line="]);
    command.stderr(Stdio::from(File::create(&path).unwrap()));
    let mut child = Interpreter::of(&mut command).ready();
    drop(command);
    let process = child.process();
    let told = files(&process);
    // Its standard input and output are pipes.
    assert!(told.iter().any(|file| is_same(file, &path)), "{told:?}");
    assert!(told.iter().all(|file| file.is_file()), "{told:?}");
    child.end();
    assert!(process.open_files().unwrap_err().is_no_such_process());
}
