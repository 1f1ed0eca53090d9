//! A whole host of files, and in it one file at a time that is damaged: what is told all the same is true, and what is
//! not told names the file.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use psoxide::catalog::{ATTRS, PLATFORM, PROBES};
use psoxide::schema::Value;
use psoxide::{ErrorKind, Process, Result, Root};
use rustix::io::Errno;

use crate::roots::{Tree, endless_turn, is_plain_user, testdata};

/// The process of the small host that has a file of every kind.
const PID: u32 = 2001;

/// A copy of the small host.
struct Host {
    tree: Tree,
    /// What is told while no file is damaged.
    whole: Vec<(String, Result<Value>)>,
}

/// What may be wrong with a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Missing,
    Empty,
    Garbage,
    CutAt(usize),
    Directory,
    /// Reading it is the error EIO.
    Unreadable,
    /// Only a plain user is kept from it.
    Denied,
}

impl Host {
    fn new() -> Host {
        let tree = Tree::new();
        copy(&testdata("small-host"), &tree.path("host"));
        let mut host = Host {
            tree,
            whole: Vec::new(),
        };
        host.whole = host.answers();
        host
    }

    fn root(&self) -> Root {
        Root::at(self.folder())
    }

    fn folder(&self) -> PathBuf {
        self.tree.path("host")
    }

    /// The files of the kernel, of all processes only that of [`PID`]; and the list of users.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder().join("proc"), self.folder().join("etc")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let kind = entry.file_type().unwrap();
                let number = entry.file_name().to_str().unwrap().parse::<u32>();
                if kind.is_file() {
                    found.push(entry.path());
                } else if kind.is_dir() && !number.is_ok_and(|number| number < PID) {
                    folders.push(entry.path());
                }
            }
        }
        assert!(found.len() > 30);
        found
    }

    /// Every question about the machine, then every one about the process.
    fn answers(&self) -> Vec<(String, Result<Value>)> {
        let root = self.root();
        let mut answers = Vec::new();
        for probe in PROBES.iter().filter(|probe| probe.on.contains(PLATFORM)) {
            answers.push((format!("{} of the machine", probe.name), (probe.get)(&root)));
        }
        let attrs = ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
        let visit = Process::at(&root, PID).and_then(|process| process.oneshot());
        for (attr, get) in attrs.filter_map(|attr| Some((attr, attr.get?))) {
            let answer = match &visit {
                Ok(visit) => get(visit),
                // As often as there are attributes, so that each has an answer.
                Err(_) => Process::at(&root, PID).and_then(|process| get(&process.oneshot()?)),
            };
            answers.push((attr.name.to_owned(), answer));
        }
        answers
    }

    /// Damages a file, asks everything, and tells how many questions were not answered because of the file.
    fn with(&self, file: &Path, damage: Damage) -> usize {
        let bytes = fs::read(file).unwrap();
        let permissions = fs::metadata(file).unwrap().permissions();
        match damage {
            Damage::Missing | Damage::Directory | Damage::Unreadable => fs::remove_file(file).unwrap(),
            Damage::Empty => fs::write(file, "").unwrap(),
            Damage::Garbage => fs::write(file, b"\xff\xfe\0 garbage\n").unwrap(),
            Damage::CutAt(length) => fs::write(file, &bytes[..length]).unwrap(),
            Damage::Denied => fs::set_permissions(file, Permissions::from_mode(0o0)).unwrap(),
        }
        match damage {
            Damage::Directory => fs::create_dir(file).unwrap(),
            // Nothing is mapped at address 0.
            Damage::Unreadable => symlink("/proc/self/mem", file).unwrap(),
            _ => {}
        }
        let answers = self.answers();
        match damage {
            Damage::Directory => fs::remove_dir(file).unwrap(),
            Damage::Unreadable => fs::remove_file(file).unwrap(),
            Damage::Denied => fs::set_permissions(file, permissions).unwrap(),
            _ => {}
        }
        fs::write(file, bytes).unwrap();

        let mut named = 0;
        for ((question, answer), (_, whole)) in answers.iter().zip(&self.whole) {
            let told = format!("{question}, {} {damage:?}: {answer:?}", file.display());
            match (answer, whole) {
                (Ok(answer), Ok(whole)) => {
                    assert!(
                        is_part(answer, whole) || is_another_truth(question, file),
                        "{told}"
                    );
                }
                (Err(error), Err(whole)) if error.to_string() == whole.to_string() => {}
                (Err(error), _) => {
                    assert!(is_right(damage, error), "{told}");
                    assert!(names(error.what(), file) || error.is_unsupported(), "{told}");
                    named += 1;
                }
                (Ok(_), Err(whole)) => panic!("{told}, but whole: {whole}"),
            }
        }
        named
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Whether a value is the whole one but for what is absent.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Null, _) => true,
        (Value::List(part), Value::List(whole)) => {
            let mut whole = whole.iter();
            part.iter().all(|part| whole.any(|whole| is_part(part, whole)))
        }
        (Value::Map(part), Value::Map(whole)) => {
            let mut whole = whole.iter();
            part.iter()
                .all(|(name, part)| whole.any(|(of, whole)| of == name && is_part(part, whole)))
        }
        (Value::Record(_, part), Value::Record(_, whole)) => {
            part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        _ => part == whole,
    }
}

/// Where another answer is right.
fn is_another_truth(question: &str, file: &Path) -> bool {
    match (question, file.file_name().unwrap().to_str().unwrap()) {
        // Whom no list names goes by number.
        ("username", "passwd") => true,
        // Any bytes are arguments and variables, and the kernel itself cuts them.
        ("cmdline", "cmdline") | ("environ", "environ") => true,
        // A kernel without the line is an older one, for which what is available is estimated.
        ("virtual_memory of the machine", "meminfo") => true,
        // As many as have a line.
        ("cpu_count of the machine", "stat") => true,
        // A process without memory.
        ("memory_footprint" | "memory_full_info", "smaps_rollup") => true,
        _ => false,
    }
}

fn is_right(damage: Damage, error: &psoxide::Error) -> bool {
    match damage {
        Damage::Missing => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NoSuchProcess),
        Damage::Empty | Damage::Garbage | Damage::CutAt(_) => {
            matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::Unsupported)
        }
        Damage::Directory => error.raw_os_error() == Some(Errno::ISDIR.raw_os_error()),
        Damage::Unreadable => error.raw_os_error() == Some(Errno::IO.raw_os_error()),
        Damage::Denied => error.kind() == ErrorKind::AccessDenied,
    }
}

/// Whether a message names the file: by its last two words, since links lead to some.
fn names(what: &str, file: &Path) -> bool {
    let mut words = file.iter().rev().map(|word| word.to_str().unwrap());
    let (name, folder) = (words.next().unwrap(), words.next().unwrap());
    what.ends_with(&format!("{folder}/{name}"))
}

/// Whether every question has an answer without the file.
fn is_unneeded(file: &Path) -> bool {
    let mut words = file.iter().rev().map(|word| word.to_str().unwrap());
    match (words.next().unwrap(), words.next().unwrap()) {
        // Nothing is read from these, or only what is told otherwise or left out.
        ("group" | "swaps" | "uptime" | "pid_max" | "comm" | "vmstat", _) => true,
        // The status of threads; descriptors that are no files; sockets of no network.
        ("status", thread) => thread != PID.to_string() || file.iter().any(|word| word == "task"),
        (descriptor, "fdinfo") => !["1", "6", "7", "8", "9"].contains(&descriptor),
        ("unix", "net") => true,
        _ => false,
    }
}

#[test]
fn a_damaged_file_costs_its_own_answers_only() {
    let host = Host::new();
    for file in host.files() {
        for damage in [Damage::Missing, Damage::Empty, Damage::Garbage, Damage::Directory] {
            host.with(&file, damage);
        }
    }
}

#[test]
fn a_file_that_is_cut_short_has_no_wrong_number_in_it() {
    let host = Host::new();
    for file in host.files() {
        let length = fs::metadata(&file).unwrap().len() as usize;
        // Here and there, and wherever the last number may be cut.
        let places = (0..length).filter(|place| place % (length / 8 + 1) == 7 || place + 6 > length);
        for place in places {
            host.with(&file, Damage::CutAt(place));
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let host = Host::new();
    for file in host.files() {
        let named = host.with(&file, Damage::Unreadable);
        assert!(named > 0 || is_unneeded(&file), "{}", file.display());
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    if !is_plain_user("damage::a_file_that_may_not_be_read_is_named") {
        return;
    }
    let host = Host::new();
    for file in host.files() {
        let named = host.with(&file, Damage::Denied);
        // Android denies the list of types; what is a disk is then told by its name.
        let has_another_way = file.ends_with("proc/filesystems");
        assert!(
            named > 0 || is_unneeded(&file) || has_another_way,
            "{}",
            file.display()
        );
    }
}

#[test]
fn a_file_that_never_ends_is_refused() {
    let host = Host::new();
    for (file, attr) in [
        ("cmdline", "cmdline"),
        ("environ", "environ"),
        ("fdinfo/8", "open_files"),
        ("io", "io_counters"),
        ("limits", "rlimits"),
        ("smaps", "memory_maps"),
        ("smaps_rollup", "memory_footprint"),
        ("stat", "ppid"),
        ("statm", "memory_info"),
        ("status", "uids"),
        ("task/2002/stat", "threads"),
    ] {
        let get = psoxide::catalog::attr(attr).unwrap().get.unwrap();
        let path = host.folder().join(format!("proc/{PID}/{file}"));
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        let turn = endless_turn();
        let answer = Process::at(&host.root(), PID).and_then(|process| get(&process.oneshot()?));
        drop(turn);
        let error = answer.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::FBIG.raw_os_error()), "{error}");
        assert!(names(error.what(), &path), "{error}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
}
