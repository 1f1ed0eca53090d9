//! `docs/coverage.md`: every call of psutil's interface and every capability of the checklist, with its state on Linux.

use psoxide::catalog::{ATTRS, PROBES};
use psoxide::schema::Platforms;

use super::checklist::CHECKLIST;
use super::inventory::{METHODS, QUESTIONS};
use super::state::{Finder, Place, State};
use super::windows::Windows;
use super::{head, row};

/// The page's text. Its states are those of the system it is made on, which is Linux.
pub(super) fn page() -> Result<String, Box<dyn std::error::Error>> {
    let finder = Finder::new()?;
    let windows = Windows::read()?;
    let mut page = String::from(
        "# Coverage\n\n\
         What psutil 7.2.2 (with 8.0's additions) answers and where psoxide answers it. Written by \
         `cargo xtask generate`, which asks every attribute and probe on the Linux it runs on and looks for every \
         function, command and test in the sources; do not edit.\n\n\
         Of Windows it tells what `cargo xtask cross windows --run` found under wine: *as psutil*: compared with psutil's own \
         wheel on the same processes; *run under wine*: it answers there, and psutil cannot or means something else; *decoded \
         from bytes*: wine tells nothing of it, so only its decoder is tested; *compiled*: none of these.\n\n",
    );
    let mut missing = Vec::new();
    let mut tell = |states: &[State]| -> String {
        missing.extend(states.iter().filter_map(|state| match state {
            State::Missing(what) => Some(what.clone()),
            _ => None,
        }));
        told(states)
    };

    let mut tables = String::new();
    tables.push_str("## Attributes of a process\n\n");
    tables.push_str(&platforms_head("attribute"));
    for attr in ATTRS {
        let state = tell(&[finder.state(Place::Attr(attr.name))]);
        tables.push_str(&platforms_row(attr.name, attr.on, &state, &windows));
    }
    tables.push_str("\n## Calls on a process and on many\n\n");
    tables.push_str(&head(&["psutil", "psoxide", "on Linux"]));
    for (name, places) in METHODS {
        let states: Vec<State> = places.iter().map(|place| finder.state(*place)).collect();
        tables.push_str(&row(&[
            &format!("`{name}`"),
            &places_told(places),
            &tell(&states),
        ]));
    }
    tables.push_str("\n## Questions about the machine\n\n");
    tables.push_str(&platforms_head("probe"));
    for probe in PROBES {
        let state = tell(&[finder.state(Place::Probe(probe.name))]);
        tables.push_str(&platforms_row(probe.name, probe.on, &state, &windows));
    }
    tables.push_str("\n## Calls about the machine\n\n");
    tables.push_str(&head(&["psutil", "psoxide", "on Linux"]));
    for (name, places) in QUESTIONS {
        let states: Vec<State> = places.iter().map(|place| finder.state(*place)).collect();
        tables.push_str(&row(&[
            &format!("`{name}`"),
            &places_told(places),
            &tell(&states),
        ]));
    }
    tables.push_str(
        "\n## Checklist\n\n\
         Every capability and behaviour that psutil's release notes from 4.0.0 to 5.3.0 and the exit-function recipe \
         speak of, by number.\n\n",
    );
    tables.push_str(&head(&["#", "capability", "psoxide", "on Linux"]));
    for (number, (what, places)) in (1..).zip(CHECKLIST) {
        let states: Vec<State> = places.iter().map(|place| finder.state(*place)).collect();
        let number = format!("{number}");
        tables.push_str(&row(&[&number, what, &places_told(places), &tell(&states)]));
    }

    missing.sort();
    missing.dedup();
    if missing.is_empty() {
        page.push_str("Nothing is missing on Linux.\n\n");
    } else {
        page.push_str(&format!("Missing on Linux: {}.\n\n", missing.join(", ")));
    }
    Ok(page + &tables)
}

fn platforms_head(first: &str) -> String {
    let mut cells = vec![first];
    cells.extend(Platforms::EACH.iter().map(|(_, name)| *name));
    cells.extend(["on Linux now", "on Windows"]);
    head(&cells)
}

fn platforms_row(name: &str, on: Platforms, state: &str, windows: &Windows) -> String {
    let quoted = format!("`{name}`");
    let mut cells = vec![quoted.as_str()];
    cells.extend(
        Platforms::EACH
            .iter()
            .map(|(platform, _)| if on.contains(*platform) { "yes" } else { "–" }),
    );
    cells.push(state);
    cells.push(match on.contains(Platforms::WINDOWS) {
        true => windows.state(name),
        false => "–",
    });
    row(&cells)
}

fn places_told(places: &[Place]) -> String {
    let told: Vec<String> = places
        .iter()
        .filter_map(|place| match place {
            Place::Attr(name) => Some(format!("`Process::{name}`")),
            Place::Probe(name) => Some(format!("`{name}`")),
            Place::Rust(path) => Some(format!("`{path}`")),
            Place::Cli(name) => Some(format!("`psoxide {name}`")),
            Place::Python(test) => Some(format!("Python: `{test}`")),
            Place::File(path) => Some((*path).to_owned()),
            Place::Later(_) | Place::Nothing(_) => None,
        })
        .collect();
    told.join(", ")
}

/// The states of one row in words: what is missing first, then what is there, then what comes later.
fn told(states: &[State]) -> String {
    let missing: Vec<&str> = states
        .iter()
        .filter_map(|state| match state {
            State::Missing(what) => Some(what.as_str()),
            _ => None,
        })
        .collect();
    if !missing.is_empty() {
        return format!("**missing**: {}", missing.join(", "));
    }
    let mut words = Vec::new();
    if states.contains(&State::There) {
        words.push("answered".to_owned());
    }
    for state in states {
        match state {
            State::Later(face) => words.push(format!("{face}: not yet")),
            State::Nothing(reason) => words.push((*reason).to_owned()),
            State::There | State::Missing(_) => {}
        }
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checklist_is_whole_and_each_row_has_a_place() {
        assert_eq!(CHECKLIST.len(), 148);
        for (number, (what, places)) in (1..).zip(CHECKLIST) {
            assert!(!what.is_empty() && !places.is_empty(), "row {number}");
        }
    }

    #[test]
    fn what_is_missing_is_not_hidden_by_what_is_there() {
        let missing = State::Missing("fly".into());
        assert_eq!(
            told(&[State::There, missing, State::Later("x")]),
            "**missing**: fly"
        );
        assert_eq!(
            told(&[State::There, State::Later("Python")]),
            "answered; Python: not yet"
        );
    }
}
