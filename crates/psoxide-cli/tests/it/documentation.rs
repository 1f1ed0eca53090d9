//! `docs/json.md` says what the commands write: its tables are those of the catalogue, and what is written has the keys
//! of the tables. Run with `UPDATE_EXPECT=1` to write the tables anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use psoxide::catalog::{self, PLATFORM};
use psoxide::model::disk::{DiskUsage, Partition};
use psoxide::schema::{Platforms, Type, Typed, Unit};
use serde_json::Value;

use crate::command::{at, json, psoxide};

/// The commands, each with arguments that make it write JSON over the fixtures.
const COMMANDS: &[(&str, &[&str])] = &[
    ("ps", &["ps", "--json"]),
    ("procinfo", &["procinfo", "2001", "--json"]),
    ("procsmem", &["procsmem", "--json"]),
    ("free", &["free", "--json"]),
    ("meminfo", &["meminfo", "--json"]),
    ("pidof", &["pidof", "init", "--json"]),
    ("pmap", &["pmap", "2001", "--json"]),
    ("pstree", &["pstree", "--json"]),
    ("disk-usage", &["disk-usage", "--json"]),
    ("netstat", &["netstat", "--json"]),
    ("sensors", &["sensors", "--json"]),
    ("temperatures", &["temperatures", "--json"]),
    ("fans", &["fans", "--json"]),
    ("battery", &["battery", "--json"]),
    ("who", &["who", "--json"]),
    ("ifconfig", &["ifconfig", "--json"]),
];

/// What the command writes: over the small host, over one that has sensors, or of the running system, which alone can be
/// asked for its interfaces.
fn answer(command: &str, arguments: &[&str]) -> Value {
    match command {
        "ifconfig" => json(psoxide().args(arguments)),
        "sensors" | "temperatures" | "fans" | "battery" => json(at("system-laptop").args(arguments)),
        _ => json(at("small-host").args(arguments)),
    }
}

/// A line of a table.
struct Row {
    key: String,
    ty: String,
    unit: &'static str,
    on: Platforms,
    doc: String,
}

#[test]
fn the_tables_are_those_of_the_catalogue() {
    let path = document();
    let mut text = fs::read_to_string(&path).unwrap();
    for (command, arguments) in COMMANDS.iter().copied() {
        let table = format!("\n{}", table(&rows(&keys(&answer(command, arguments)))));
        let (start, end) = place(&text, command);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            text.replace_range(start..end, &table);
            fs::write(&path, &text).unwrap();
        }
        let (start, end) = place(&text, command);
        assert_eq!(text[start..end], table, "docs/json.md: {command} is stale");
    }
}

#[test]
fn what_is_written_over_fixtures_is_documented_and_the_other_way_round() {
    for (command, arguments) in COMMANDS.iter().copied() {
        compare(command, &answer(command, arguments));
    }
}

#[test]
fn what_is_written_of_the_running_system_is_documented_and_the_other_way_round() {
    for command in [
        "ps", "procinfo", "procsmem", "free", "meminfo", "pstree", "netstat", "who",
    ] {
        compare(command, &json(psoxide().args([command, "--json"])));
    }
    compare("pidof", &json(psoxide().args(["pidof", "psoxide", "--json"])));
    let own = std::process::id().to_string();
    compare("pmap", &json(psoxide().args(["pmap", &own, "--json"])));
}

#[test]
fn procinfo_has_the_whole_catalogue_in_its_order() {
    let attributes = catalog::ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
    let mut expected: Vec<&str> = attributes.map(|attr| attr.name).collect();
    expected.extend(["parent", "children", "errors"]);
    assert_eq!(keys(&json(psoxide().args(["procinfo", "--json"]))), expected);
}

/// Holds the keys of an answer against those that its table tells.
fn compare(command: &str, answer: &Value) {
    let rows = rows(&keys(answer));
    let text = fs::read_to_string(document()).unwrap();
    let (start, end) = place(&text, command);
    let documented: BTreeSet<String> = text[start..end]
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()))
        .collect();
    let here: BTreeSet<String> = rows
        .into_iter()
        .filter(|row| row.on.contains(PLATFORM))
        .map(|row| row.key)
        .collect();
    let mut written = BTreeSet::new();
    let mut silent = BTreeSet::new();
    match answer {
        Value::Array(objects) => {
            for object in objects {
                walk("", object, &documented, &mut written, &mut silent);
            }
        }
        object => walk("", object, &documented, &mut written, &mut silent),
    }
    let unknown: Vec<_> = written.difference(&documented).collect();
    assert!(unknown.is_empty(), "{command}: not documented: {unknown:?}");
    let missing: Vec<_> = here
        .difference(&written)
        // Nothing is written below what is null or empty.
        .filter(|key| !silent.iter().any(|parent| key.starts_with(parent.as_str())))
        .collect();
    assert!(missing.is_empty(), "{command}: not written: {missing:?}");
}

/// The keys of an object, in the order in which they are written; of an array, those of its first object.
fn keys(answer: &Value) -> Vec<String> {
    let object = answer.as_array().map_or(answer, |objects| &objects[0]);
    object.as_object().unwrap().keys().cloned().collect()
}

/// Collects the keys below a value, and those below which there is nothing to collect.
fn walk(
    path: &str,
    value: &Value,
    documented: &BTreeSet<String>,
    written: &mut BTreeSet<String>,
    silent: &mut BTreeSet<String>,
) {
    match value {
        Value::Object(entries) => {
            let data = documented
                .iter()
                .any(|key| key.strip_prefix(path).is_some_and(|rest| rest.starts_with("{}")));
            if entries.is_empty() {
                silent.insert(path.to_owned());
            }
            for (name, entry) in entries {
                let key = match (data, path) {
                    (true, _) => format!("{path}{{}}"),
                    (false, "") => name.clone(),
                    (false, _) => format!("{path}.{name}"),
                };
                written.insert(key.clone());
                walk(&key, entry, documented, written, silent);
            }
        }
        Value::Array(items) => {
            if items.is_empty() {
                silent.insert(path.to_owned());
            }
            for item in items {
                let key = format!("{path}[]");
                written.insert(key.clone());
                walk(&key, item, documented, written, silent);
            }
        }
        Value::Null => {
            silent.insert(path.to_owned());
        }
        _ => {}
    }
}

/// What the catalogue says of these keys, and of everything below them.
fn rows(keys: &[String]) -> Vec<Row> {
    let mut rows = Vec::new();
    let of_a_process = keys.iter().any(|key| key == "pid");
    for key in keys {
        // Some names are both an attribute of a process and a question about the machine.
        let known = catalog::attr(key)
            .filter(|_| of_a_process)
            .map(|attr| (attr.ty, attr.on, attr.doc))
            .or_else(|| catalog::probe(key).map(|probe| (probe.ty, probe.on, probe.doc)));
        match (known, key.as_str()) {
            (Some((ty, on, doc)), _) => add(&mut rows, key.clone(), ty, Unit::None, on, doc),
            (None, "errors") => {
                plain(&mut rows, "errors", "object", "Why answers are missing.");
                plain(
                    &mut rows,
                    "errors{}",
                    "string",
                    "Why the answer of this key is null.",
                );
            }
            (None, "parent") => {
                plain(
                    &mut rows,
                    "parent",
                    "object or null",
                    "Its parent; null if it has none.",
                );
                plain(&mut rows, "parent.pid", "integer", "The parent's number.");
                plain(&mut rows, "parent.name", "string or null", "The parent's name.");
            }
            (None, "partition") => add(
                &mut rows,
                key.clone(),
                Partition::TYPE,
                Unit::None,
                Platforms::ALL,
                "The mount.",
            ),
            (None, "usage") => add(
                &mut rows,
                key.clone(),
                DiskUsage::TYPE,
                Unit::None,
                Platforms::ALL,
                "Its space.",
            ),
            (None, "names") => {
                plain(
                    &mut rows,
                    "names",
                    "object",
                    "The names of the processes that hold sockets.",
                );
                plain(
                    &mut rows,
                    "names{}",
                    "string or null",
                    "The name of the process of this number.",
                );
            }
            (None, "children") => {
                plain(&mut rows, "children", "array", "Its children, by number.");
                plain(&mut rows, "children[]", "object", "A child.");
                plain(&mut rows, "children[].pid", "integer", "The child's number.");
                plain(
                    &mut rows,
                    "children[].name",
                    "string or null",
                    "The child's name.",
                );
            }
            (None, key) => panic!("{key} is not in the catalogue"),
        }
    }
    rows
}

fn plain(rows: &mut Vec<Row>, key: &str, ty: &str, doc: &str) {
    rows.push(Row {
        key: key.to_owned(),
        ty: ty.to_owned(),
        unit: "",
        on: Platforms::ALL,
        doc: doc.to_owned(),
    });
}

fn add(rows: &mut Vec<Row>, key: String, ty: Type, unit: Unit, on: Platforms, doc: &str) {
    let number = matches!(bare(ty), Type::U64 | Type::I64 | Type::F64);
    rows.push(Row {
        key: key.clone(),
        ty: name(ty),
        unit: if number { unit_name(unit) } else { "" },
        on,
        doc: doc.replace('|', "\\|"),
    });
    match bare(ty) {
        Type::List(item) => add(rows, format!("{key}[]"), *item, unit, on, "Each of them."),
        Type::Map(item) => add(
            rows,
            format!("{key}{{}}"),
            *item,
            unit,
            on,
            "Each of them, by its name.",
        ),
        Type::Record(shape) => {
            for field in shape.fields {
                let key = format!("{key}.{}", field.name);
                add(rows, key, field.ty, field.unit, field.on, field.doc);
            }
        }
        _ => {}
    }
}

fn bare(ty: Type) -> Type {
    match ty {
        Type::Option(inner) => *inner,
        ty => ty,
    }
}

fn name(ty: Type) -> String {
    let word = match bare(ty) {
        Type::Bool => "boolean",
        Type::U64 | Type::I64 => "integer",
        Type::F64 => "number",
        Type::Text => "string",
        Type::List(_) => "array",
        Type::Map(_) | Type::Record(_) => "object",
        Type::Option(_) => unreachable!("an option of an option"),
    };
    match ty {
        Type::Option(_) => format!("{word} or null"),
        _ => word.to_owned(),
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::None => "",
        Unit::Count => "count",
        Unit::Bytes => "bytes",
        Unit::Seconds => "seconds",
        Unit::Milliseconds => "milliseconds",
        Unit::Timestamp => "seconds since 1970",
        Unit::Percent => "percent",
        Unit::Megahertz => "megahertz",
        Unit::MegabitsPerSecond => "megabits per second",
        Unit::BytesPerSecond => "bytes per second",
        Unit::PerSecond => "per second",
        Unit::Celsius => "degrees Celsius",
        Unit::Rpm => "revolutions per minute",
    }
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from("| Key | Type | Unit | Systems | Meaning |\n|---|---|---|---|---|\n");
    for row in rows {
        let on = if row.on == Platforms::ALL {
            String::from("all")
        } else {
            row.on.to_string()
        };
        let Row {
            key, ty, unit, doc, ..
        } = row;
        writeln!(table, "| `{key}` | {ty} | {unit} | {on} | {doc} |").unwrap();
    }
    table
}

fn document() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/json.md")
}

/// Where the table of a command stands: behind its mark, before the next.
fn place(text: &str, command: &str) -> (usize, usize) {
    let mark = format!("<!-- {command} -->");
    let start = text.find(&mark).expect("the command's mark") + mark.len();
    let end = start + text[start..].find("<!-- end -->").expect("the end's mark");
    (start, end)
}
