//! `cargo xtask answers`: answers questions that come in on standard input with a line of JSON each, so that a program
//! in another language can compare them with another library's in the same moment. Knows no question by name: it walks
//! the catalogue.

use std::io::{BufRead, Write};

use psoxide::catalog::{self, PLATFORM};
use psoxide::schema::Value;
use psoxide::{Error, Process, Root};

use crate::Outcome;

/// Answers until standard input ends. The questions are `probe NAME`, `attr PID NAME` and `names`.
pub(crate) fn run() -> Outcome {
    let mut output = std::io::stdout().lock();
    for question in std::io::stdin().lock().lines() {
        let mut answer = answer(&question?)?;
        answer.push('\n');
        output.write_all(answer.as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

fn answer(question: &str) -> Result<String, String> {
    let words: Vec<&str> = question.split(' ').collect();
    match words.as_slice() {
        ["names"] => {
            let probes = catalog::PROBES.iter().map(|probe| probe.name);
            let attrs = catalog::ATTRS.iter().map(|attr| attr.name);
            Ok(format!(
                "{{\"probes\":{},\"attrs\":{}}}",
                names(probes),
                names(attrs)
            ))
        }
        ["probe", name] => {
            let probe = catalog::probe(name).ok_or_else(|| format!("no probe is called {name}"))?;
            Ok(json_of((probe.get)(&Root::default())))
        }
        ["attr", pid, name] => {
            let attr = catalog::attr(name).ok_or_else(|| format!("no attribute is called {name}"))?;
            let pid = pid.parse().map_err(|_| format!("{pid} is no process number"))?;
            let get = attr.get.ok_or_else(|| format!("{name} takes two samples"))?;
            Ok(json_of(
                Process::new(pid)
                    .and_then(|process| process.oneshot())
                    .and_then(|visit| get(&visit)),
            ))
        }
        _ => Err(format!("no such question: {question}")),
    }
}

fn names(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", names.join(","))
}

fn json_of(answer: Result<Value, Error>) -> String {
    let mut json = String::new();
    match answer {
        Ok(value) => write_value(&value, &mut json),
        Err(error) => {
            json.push_str("{\"error\":");
            write_text(format!("{:?}", error.kind()).as_bytes(), &mut json);
            json.push_str(",\"message\":");
            write_text(error.to_string().as_bytes(), &mut json);
            json.push('}');
        }
    }
    json
}

/// Of a record only the fields that this system has.
fn write_value(value: &Value, json: &mut String) {
    match value {
        Value::Null => json.push_str("null"),
        Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        Value::U64(number) => json.push_str(&number.to_string()),
        Value::I64(number) => json.push_str(&number.to_string()),
        Value::F64(number) => json.push_str(&format!("{number:?}")),
        Value::Text(text) => write_text(text.as_bytes(), json),
        Value::List(values) => {
            let write = |value: &&Value, json: &mut String| write_value(value, json);
            write_series(('[', ']'), values.iter(), write, json);
        }
        Value::Map(entries) => {
            let write = |(name, value): &(&[u8], &Value), json: &mut String| write_entry(name, value, json);
            let entries = entries.iter().map(|(name, value)| (name.as_bytes(), value));
            write_series(('{', '}'), entries, write, json);
        }
        Value::Record(shape, values) => {
            let write = |(name, value): &(&[u8], &Value), json: &mut String| write_entry(name, value, json);
            let fields = shape
                .fields
                .iter()
                .zip(values)
                .filter(|(field, _)| field.on.contains(PLATFORM))
                .map(|(field, value)| (field.name.as_bytes(), value));
            write_series(('{', '}'), fields, write, json);
        }
    }
}

fn write_series<T>(
    (open, close): (char, char),
    items: impl Iterator<Item = T>,
    write: impl Fn(&T, &mut String),
    json: &mut String,
) {
    json.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            json.push(',');
        }
        write(&item, json);
    }
    json.push(close);
}

fn write_entry(name: &[u8], value: &Value, json: &mut String) {
    write_text(name, json);
    json.push(':');
    write_value(value, json);
}

/// A byte that is not UTF-8 becomes the lone surrogate U+DC80 + byte - 0x80, as in Python's `surrogateescape`.
fn write_text(text: &[u8], json: &mut String) {
    json.push('"');
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' | '\\' => json.extend(['\\', letter]),
                '\0'..='\x1f' => json.push_str(&format!("\\u{:04x}", u32::from(letter))),
                _ => json.push(letter),
            }
        }
        for byte in chunk.invalid() {
            json.push_str(&format!("\\udc{byte:02x}"));
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use psoxide::Text;
    use psoxide::model::disk::DiskUsage;
    use psoxide::schema::Typed;

    #[test]
    fn values_become_json() {
        let value = Value::Map(vec![(
            Text::from(b"a\"\xff\n".to_vec()),
            Value::List(vec![
                Value::Null,
                Value::F64(1.0),
                Value::I64(-1),
                Value::Bool(true),
            ]),
        )]);
        assert_eq!(json_of(Ok(value)), r#"{"a\"\udcff\u000a":[null,1.0,-1,true]}"#);
        let usage = DiskUsage::from_blocks(10, 5, 5, 1).value();
        assert_eq!(
            json_of(Ok(usage)),
            r#"{"total":10,"used":5,"free":5,"percent":50.0}"#
        );
    }

    #[test]
    fn questions_that_nobody_asks_are_refused() {
        assert!(answer("names").unwrap().contains("\"virtual_memory\""));
        assert!(answer("probe nothing").is_err());
        assert!(answer("attr x name").is_err());
        assert!(answer("").is_err());
    }
}
