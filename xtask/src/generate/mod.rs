//! `cargo xtask generate`: writes the pages of `docs/` and the Python types that follow from the catalogue. With
//! `--check` it writes nothing and fails where a file is not what it would write.

mod attributes;
mod checklist;
mod coverage;
mod inventory;
mod state;
mod stubs;
mod windows;

use std::fs;
use std::process::Stdio;

use crate::Outcome;
use crate::workspace::{cargo, root};

/// The arguments of `cargo xtask generate`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only compare, and fail where a page differs.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.check { check() } else { write() }
}

/// Each page with its text.
fn pages() -> Result<Vec<(&'static str, String)>, Box<dyn std::error::Error>> {
    Ok(vec![
        ("docs/attributes.md", attributes::page()),
        ("docs/cli.md", cli_page()?),
        ("docs/coverage.md", coverage::page()?),
        ("python/psoxide/_ntuples.pyi", stubs::stub()),
    ])
}

/// The command's own manual.
fn cli_page() -> Result<String, Box<dyn std::error::Error>> {
    let answer = cargo(["run", "--quiet", "-p", "psoxide-cli", "--", "manual"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()?;
    if !answer.status.success() {
        return Err(format!("psoxide manual ended with {}", answer.status).into());
    }
    Ok(String::from_utf8(answer.stdout)?)
}

fn write() -> Outcome {
    for (path, text) in pages()? {
        fs::create_dir_all(root().join("docs"))?;
        fs::write(root().join(path), text)?;
        println!("wrote {path}");
    }
    Ok(())
}

/// Fails where a page differs from what would be written.
pub(crate) fn check() -> Outcome {
    let mut stale = Vec::new();
    for (path, text) in pages()? {
        let found = fs::read_to_string(root().join(path)).unwrap_or_default();
        match first_difference(&found, &text) {
            None => println!("{path} is current"),
            Some(difference) => stale.push(format!("{path}, {difference}")),
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("run `cargo xtask generate`: {}", stale.join("; ")).into())
}

/// The first line in which two texts differ, with what stands there in each.
fn first_difference(found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let same = found
        .lines()
        .zip(wanted.lines())
        .take_while(|(left, right)| left == right)
        .count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("its end").to_owned();
    Some(format!(
        "line {}: found {:?}, wanted {:?}",
        same + 1,
        line(found),
        line(wanted)
    ))
}

/// A row of a Markdown table.
fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a Markdown table.
fn head(cells: &[&str]) -> String {
    format!("{}|{}\n", row(cells), "---|".repeat(cells.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_page_is_found() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert!(
            first_difference("a\nb\n", "a\nc\n")
                .unwrap()
                .starts_with("line 2: found \"b\"")
        );
        assert!(first_difference("a\n", "a\nb\n").unwrap().contains("its end"));
        assert!(first_difference("a\n", "a").is_some());
    }

    #[test]
    fn rows_are_escaped() {
        assert_eq!(row(&["a|b", "c"]), "| a\\|b | c |\n");
        assert_eq!(head(&["a", "b"]), "| a | b |\n|---|---|\n");
    }
}
