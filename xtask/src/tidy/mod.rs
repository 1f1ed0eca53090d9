//! The laws of the source tree, as tests: plain `cargo test` finds a breach. A law is a function from a source to its
//! breaches; one test holds it over the whole tree, another shows that it finds one. Exceptions are data beside the law,
//! each with its reason.

mod code;
mod decoders;
mod layers;
mod shape;
mod unsafety;
mod words;

use std::fs;
use std::path::Path;

use crate::workspace;

/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 7] = [
    ".git",
    ".venv",
    "target",
    "corpus",
    "artifacts",
    "__pycache__",
    "node_modules",
];

/// A file of the tree.
struct Source {
    /// Below the workspace's folder, with `/` on every system.
    path: String,
    text: String,
    /// The text with comments and what stands in literals blanked, line for line.
    code: String,
    /// The code with `#[cfg(test)]` items blanked too.
    shipped: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let code = code::without_comments_and_literals(text);
        let shipped = code::without_tests(&code);
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            shipped,
        }
    }

    /// `path:line: what`, for a byte of the text.
    fn breach(&self, offset: usize, what: &str) -> String {
        let line = self.text.as_bytes()[..offset]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        format!("{}:{}: {what}", self.path, line + 1)
    }

    /// Whether the file is a test, an example or a benchmark of a crate as a whole.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.contains("/benches/") || self.path.starts_with("bench/")
    }

    fn in_sys(&self) -> bool {
        self.path.contains("/src/sys/")
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Every Rust file of the tree, in the order of their paths.
fn rust_sources() -> Vec<Source> {
    files(&["rs"])
        .into_iter()
        .map(|(path, text)| Source::new(&path, &text))
        .collect()
}

/// Path and text of every file with one of these endings.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(workspace::root(), "", &mut |path| {
        let ending = path.rsplit('.').next().unwrap_or_default();
        if endings.contains(&ending) {
            let text = fs::read_to_string(workspace::root().join(path))
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            found.push((path.to_owned(), text));
        }
    });
    assert!(!found.is_empty(), "no files with the endings {endings:?}");
    found.sort();
    found
}

fn collect(folder: &Path, prefix: &str, take: &mut impl FnMut(&str)) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("the folder can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type().expect("the kind of an entry");
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(&entry.path(), &path, take);
            }
        } else if kind.is_file() {
            take(&path);
        }
    }
}

/// Holds a law over every Rust file.
fn hold(law: impl Fn(&Source) -> Vec<String>) {
    let breaches: Vec<String> = rust_sources().iter().flat_map(law).collect();
    assert_none(&breaches);
}

fn assert_none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

/// What a law finds in a snippet that stands at `path`.
fn found(law: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    law(&Source::new(path, text)).len()
}
