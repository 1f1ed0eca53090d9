//! Whether something is there, found out rather than said: an attribute or probe is asked, a function is looked for in the
//! sources, a command or a page among the files.

use std::fs;
use std::path::Path;

use psoxide::catalog::{self, PLATFORM};
use psoxide::{Process, Root};

use crate::workspace::root;

/// Where a capability is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// An attribute of the catalogue.
    Attr(&'static str),
    /// A probe of the catalogue.
    Probe(&'static str),
    /// A public item of the library: `Type::method`, `function` or `Type`.
    Rust(&'static str),
    /// A subcommand of the command line tool.
    Cli(&'static str),
    /// Answered in Python, as this test of `python/tests` shows.
    Python(&'static str),
    /// A file of the repository: a test, a page.
    File(&'static str),
    /// A face that is not built yet.
    Later(&'static str),
    /// Nothing to build; why.
    Nothing(&'static str),
}

/// What the state of a place is.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(super) enum State {
    There,
    Missing(String),
    Later(&'static str),
    Nothing(&'static str),
}

/// Looks for places; holds the text of all public sources.
pub(super) struct Finder {
    sources: String,
    python_tests: String,
}

impl Finder {
    pub(super) fn new() -> Result<Finder, Box<dyn std::error::Error>> {
        let mut sources = String::new();
        for folder in ["crates/psoxide/src", "crates/psoxide-core/src"] {
            read(&root().join(folder), "rs", &mut sources)?;
        }
        let mut python_tests = String::new();
        read(&root().join("python/tests"), "py", &mut python_tests)?;
        Ok(Finder {
            sources,
            python_tests,
        })
    }

    /// The state of a place on this system.
    pub(super) fn state(&self, place: Place) -> State {
        match place {
            Place::Attr(name) => attr_state(name),
            Place::Probe(name) => probe_state(name),
            Place::Rust(path) => present(self.has_item(path), path),
            Place::Cli(name) => {
                let commands = root().join("crates/psoxide-cli/src/commands");
                let there = commands.join(format!("{name}.rs")).exists() || commands.join(name).is_dir();
                present(there, &format!("psoxide {name}"))
            }
            Place::Python(test) => present(self.python_tests.contains(&format!("def {test}(")), test),
            Place::File(path) => present(root().join(path).exists(), path),
            Place::Later(face) => State::Later(face),
            Place::Nothing(reason) => State::Nothing(reason),
        }
    }

    /// Whether every part of the path is declared: the type as a struct or enum, the rest as a function or constant.
    fn has_item(&self, path: &str) -> bool {
        path.split("::").all(|name| {
            let is_type = name.starts_with(|letter: char| letter.is_uppercase());
            let kinds: &[&str] = if is_type {
                &["pub struct ", "pub enum ", "pub const ", "pub static "]
            } else {
                &["pub fn ", "pub const fn ", "pub mod "]
            };
            // A variant of an enum is declared by its name alone.
            declared(&self.sources, kinds, name)
                || is_type && path.contains("::") && self.sources.contains(&format!("    {name},\n"))
        })
    }
}

fn declared(sources: &str, kinds: &[&str], name: &str) -> bool {
    kinds.iter().any(|kind| {
        let declaration = format!("{kind}{name}");
        sources.match_indices(&declaration).any(|(place, _)| {
            let after = sources[place + declaration.len()..].chars().next();
            !after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
        })
    })
}

fn read(folder: &Path, ending: &str, sources: &mut String) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            // What stands in the backends is not public.
            if entry.file_name() != "sys" {
                read(&entry.path(), ending, sources)?;
            }
        } else if entry.path().extension().is_some_and(|found| found == ending) {
            sources.push_str(&fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

fn present(there: bool, what: &str) -> State {
    if there {
        State::There
    } else {
        State::Missing(what.to_owned())
    }
}

/// Asked of this very process. That an answer is refused or empty here is no gap; that the system is said to lack it is.
fn attr_state(name: &str) -> State {
    let Some(attr) = catalog::attr(name) else {
        return State::Missing(name.to_owned());
    };
    if !attr.on.contains(PLATFORM) {
        return State::Nothing("not on this system");
    }
    let Some(get) = attr.get else {
        return State::There;
    };
    let answer = Process::current()
        .and_then(|process| process.oneshot())
        .and_then(|visit| get(&visit));
    present(!answer.is_err_and(|error| error.is_unsupported()), name)
}

fn probe_state(name: &str) -> State {
    let Some(probe) = catalog::probe(name) else {
        return State::Missing(name.to_owned());
    };
    if !probe.on.contains(PLATFORM) {
        return State::Nothing("not on this system");
    }
    let answer = (probe.get)(&Root::default());
    present(!answer.is_err_and(|error| error.is_unsupported()), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_missing() {
        let finder = Finder::new().unwrap();
        assert_eq!(finder.state(Place::Rust("Process::new")), State::There);
        assert_eq!(
            finder.state(Place::Rust("ErrorKind::NoSuchProcess")),
            State::There
        );
        let missing = |place| matches!(finder.state(place), State::Missing(_));
        assert!(missing(Place::Rust("Process::fly")));
        assert!(missing(Place::Rust("Proces")));
        assert!(missing(Place::Attr("wings")));
        assert!(missing(Place::Probe("wings")));
        assert!(missing(Place::Cli("fly")));
        assert!(missing(Place::File("docs/flying.md")));
        assert!(missing(Place::Python("test_flying")));
    }
}
