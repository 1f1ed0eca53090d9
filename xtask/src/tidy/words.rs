//! What neither the files nor the history may say: the project speaks of itself, never of the machine that it was
//! written on.

use super::{assert_none, files};
use crate::workspace;

/// Beginnings of paths that exist on one machine only; in two parts, so that this file holds none.
const MACHINE_PATHS: [(&str, &str); 4] = [
    ("/wor", "k/"),
    ("/tmp/", "wt/"),
    ("/tmp/tar", "get-"),
    ("/ro", "ot/."),
];

fn names_a_machine_path(place: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (first, second) in MACHINE_PATHS {
            let path = format!("{first}{second}");
            // The folder at the root, not one of that name elsewhere.
            let own = line.match_indices(&path).any(|(start, _)| {
                let before = line[..start].chars().next_back();
                !before
                    .is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '}'))
            });
            if own {
                breaches.push(format!(
                    "{place}:{}: `{path}` is a path of one machine",
                    number + 1
                ));
            }
        }
    }
    breaches
}

#[test]
fn files_name_no_path_of_one_machine() {
    let endings = [
        "rs", "md", "toml", "py", "sh", "yml", "yaml", "txt", "tsv", "json",
    ];
    let breaches: Vec<String> = files(&endings)
        .iter()
        // Fixtures are what some machine told.
        .filter(|(path, _)| !path.starts_with("testdata/") || path.ends_with(".md"))
        .flat_map(|(path, text)| names_a_machine_path(path, text))
        .collect();
    assert_none(&breaches);
}

#[test]
fn commits_name_no_path_of_one_machine() {
    let log = workspace::command("git")
        .args(["-c", "safe.directory=*", "log", "--format=%H%n%B"])
        .output();
    match log {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            assert_none(&names_a_machine_path("git log", &text));
        }
        _ => println!("not checked: this is no clone, or there is no git"),
    }
}

#[test]
fn a_path_of_one_machine_is_found() {
    let text = format!("see {}{}x\nand a{}{}x", "/wor", "k/", "/wor", "k/");
    assert_eq!(names_a_machine_path("a.md", &text).len(), 1);
}
