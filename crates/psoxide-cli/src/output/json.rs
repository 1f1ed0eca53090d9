//! Rows as JSON: one array or object, or JSON Lines. Walks [`Value`] alone, so a record or field that the catalogue gains
//! needs nothing here.
//!
//! Fields that this system never tells are left out; what is not known is null. What could command a terminal is written
//! as an escape, which is the same text to a parser. Text that is not UTF-8 has U+FFFD where it is not, and the object
//! then has one more key, `raw`: the bytes of each such text in hexadecimal, by its place (`name`, `cmdline.1`). Under the
//! place of a map whose names are not all UTF-8 or come twice stand all its entries, as pairs of names and texts.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Write};

use psoxide::Text;
use psoxide::catalog::PLATFORM;
use psoxide::schema::Value;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::Formatter;

use crate::failure::Failure;
use crate::keys::Key;
use crate::output::Format;
use crate::output::object::Object;
use crate::output::printable::commands_terminal;

/// One array with an object on each line.
#[derive(Default)]
pub(crate) struct Array {
    rows: usize,
    line: Vec<u8>,
}

impl Format for Array {
    fn begin(&mut self, out: &mut dyn Write, _keys: &[Key]) -> Result<(), Failure> {
        Ok(out.write_all(b"[")?)
    }

    fn row(&mut self, out: &mut dyn Write, object: &Object) -> Result<(), Failure> {
        self.line.clear();
        self.line
            .extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
        self.rows += 1;
        write_object(&mut self.line, object, "")?;
        Ok(out.write_all(&self.line)?)
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        Ok(out.write_all(b"\n]\n")?)
    }
}

/// One object with an answer on each line.
pub(crate) struct Single;

impl Format for Single {
    fn row(&mut self, out: &mut dyn Write, object: &Object) -> Result<(), Failure> {
        let mut text = Vec::new();
        write_object(&mut text, object, "\n")?;
        text.push(b'\n');
        Ok(out.write_all(&text)?)
    }
}

/// An object on each line, and nothing else.
#[derive(Default)]
pub(crate) struct Lines(Vec<u8>);

impl Format for Lines {
    fn row(&mut self, out: &mut dyn Write, object: &Object) -> Result<(), Failure> {
        self.0.clear();
        write_object(&mut self.0, object, "")?;
        self.0.push(b'\n');
        Ok(out.write_all(&self.0)?)
    }
}

/// A value as it stands in an object.
pub(crate) fn text(value: &Value) -> Result<String, Failure> {
    let mut text = Vec::new();
    write(&mut text, &Json(value, &Cell::new(false)))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Writes an object, with `gap` between its entries.
fn write_object(out: &mut Vec<u8>, object: &Object, gap: &str) -> Result<(), Failure> {
    let repaired = Cell::new(false);
    out.push(b'{');
    out.extend_from_slice(gap.as_bytes());
    for (name, value) in &object.values {
        write(&mut *out, name)?;
        out.push(b':');
        write(&mut *out, &Json(value, &repaired))?;
        out.push(b',');
        out.extend_from_slice(gap.as_bytes());
    }
    write(&mut *out, "errors")?;
    out.push(b':');
    write(&mut *out, &Entries(&object.errors))?;
    if repaired.get() {
        out.push(b',');
        out.extend_from_slice(gap.as_bytes());
        let mut raw = Vec::new();
        for (name, value) in &object.values {
            add_raw(name, value, &mut raw);
        }
        write(&mut *out, "raw")?;
        out.push(b':');
        write(&mut *out, &Entries(&raw))?;
    }
    out.extend_from_slice(gap.as_bytes());
    out.push(b'}');
    Ok(())
}

fn write(out: impl Write, value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping);
    Ok(value.serialize(&mut serializer)?)
}

struct Entries<'a, N, V>(&'a [(N, V)]);

impl<N: Serialize, V: Serialize> Serialize for Entries<'_, N, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A value, and where it is noted that the text of it is not all there.
struct Json<'a>(&'a Value, &'a Cell<bool>);

impl Json<'_> {
    fn repaired<'t>(&self, text: &'t Text) -> std::borrow::Cow<'t, str> {
        let shown = text.to_string_lossy();
        if let std::borrow::Cow::Owned(_) = shown {
            self.1.set(true);
        }
        shown
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::U64(number) => serializer.serialize_u64(*number),
            Value::I64(number) => serializer.serialize_i64(*number),
            // JSON has no infinity and no NaN: those become null.
            Value::F64(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(&self.repaired(text)),
            Value::List(items) => serializer.collect_seq(items.iter().map(|item| Json(item, self.1))),
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                let mut seen = HashSet::new();
                for (name, entry) in entries {
                    // A name that comes twice (as in an environment) counts the first time, as for getenv(3).
                    let name = self.repaired(name);
                    if seen.insert(name.clone()) {
                        map.serialize_entry(&name, &Json(entry, self.1))?;
                    } else {
                        self.1.set(true);
                    }
                }
                map.end()
            }
            Value::Record(shape, values) => {
                let told = shape.fields.iter().zip(values);
                let told = told.filter(|(field, _)| field.on.contains(PLATFORM));
                serializer.collect_map(told.map(|(field, value)| (field.name, Json(value, self.1))))
            }
        }
    }
}

/// The bytes of what was repaired, by place.
#[derive(Debug, PartialEq)]
enum Raw {
    Text(String),
    Pairs(Vec<(String, Option<String>)>),
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Raw::Text(text) => serializer.serialize_str(text),
            Raw::Pairs(pairs) => serializer.collect_seq(pairs),
        }
    }
}

/// Adds the bytes of each text at or below this place that is not told whole.
fn add_raw(place: &str, value: &Value, raw: &mut Vec<(String, Raw)>) {
    match value {
        Value::Text(text) if text.to_str().is_none() => {
            raw.push((place.to_owned(), Raw::Text(hexadecimal(text))));
        }
        Value::List(items) => {
            for (number, item) in items.iter().enumerate() {
                add_raw(&format!("{place}.{number}"), item, raw);
            }
        }
        Value::Map(entries) => {
            let mut seen = HashSet::new();
            let whole = entries
                .iter()
                .all(|(name, _)| name.to_str().is_some() && seen.insert(name));
            if whole {
                for (name, entry) in entries {
                    add_raw(&format!("{place}.{name}"), entry, raw);
                }
            } else {
                let pairs = entries.iter().map(|(name, entry)| {
                    let text = match entry {
                        Value::Text(text) => Some(hexadecimal(text)),
                        _ => None,
                    };
                    (hexadecimal(name), text)
                });
                raw.push((place.to_owned(), Raw::Pairs(pairs.collect())));
            }
        }
        Value::Record(shape, values) => {
            for (field, value) in shape.fields.iter().zip(values) {
                add_raw(&format!("{place}.{}", field.name), value, raw);
            }
        }
        _ => {}
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compact JSON in which no character can command a terminal.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        // Most text is ASCII, and serde_json has escaped what commands a terminal among that, but DEL.
        if rest.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return out.write_all(rest.as_bytes());
        }
        while let Some(place) = rest.find(commands_terminal) {
            let (before, after) = rest.split_at(place);
            out.write_all(before.as_bytes())?;
            let mut characters = after.chars();
            if let Some(character) = characters.next() {
                // All of them lie below U+10000, so one escape is enough.
                write!(out, "\\u{:04x}", u32::from(character))?;
            }
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: &Value) -> String {
        text(value).unwrap()
    }

    fn object(values: Vec<(&'static str, Value)>) -> String {
        let mut object = Object::default();
        for (name, value) in values {
            object.push(name, Ok(value));
        }
        let mut out = Vec::new();
        write_object(&mut out, &object, "").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_keep_their_types() {
        assert_eq!(json(&Value::Null), "null");
        assert_eq!(json(&Value::Bool(true)), "true");
        assert_eq!(json(&Value::U64(u64::MAX)), "18446744073709551615");
        assert_eq!(json(&Value::I64(-20)), "-20");
        assert_eq!(json(&Value::F64(2.0)), "2.0");
        assert_eq!(json(&Value::F64(f64::NAN)), "null");
        let list = Value::List(vec![Value::Text(Text::from("a")), Value::Null]);
        assert_eq!(json(&list), r#"["a",null]"#);
    }

    #[test]
    fn a_name_that_comes_twice_counts_the_first_time_and_is_told_raw() {
        let text = |text: &str| Value::Text(Text::from(text));
        let map = Value::Map(vec![
            (Text::from("A"), text("1")),
            (Text::from("B"), Value::U64(2)),
            (Text::from("A"), text("3")),
        ]);
        assert_eq!(
            object(vec![("environ", map)]),
            r#"{"environ":{"A":"1","B":2},"errors":{},"raw":{"environ":[["41","31"],["42",null],["41","33"]]}}"#
        );
    }

    #[test]
    fn text_is_escaped_and_repaired() {
        let hostile = Value::Text(Text::from("\x1b[2J\u{9b}\u{202e}\"\\\n\u{7f}"));
        assert_eq!(json(&hostile), r#""\u001b[2J\u009b\u202e\"\\\n\u007f""#);
        let broken = Value::Text(Text::from(vec![b'a', 0xff]));
        assert_eq!(json(&broken), "\"a\u{fffd}\"");
    }

    #[test]
    fn text_that_is_not_utf_8_is_told_whole() {
        let broken = || Value::Text(Text::from(vec![b'a', 0xff]));
        let whole = Value::Text(Text::from("b"));
        let list = Value::List(vec![whole.clone(), broken()]);
        let map = Value::Map(vec![(Text::from("LANG"), broken())]);
        assert_eq!(
            object(vec![("name", broken()), ("cmdline", list), ("environ", map)]),
            "{\"name\":\"a\u{fffd}\",\"cmdline\":[\"b\",\"a\u{fffd}\"],\"environ\":{\"LANG\":\"a\u{fffd}\"},\
             \"errors\":{},\"raw\":{\"name\":\"61ff\",\"cmdline.1\":\"61ff\",\"environ.LANG\":\"61ff\"}}"
        );
        assert_eq!(object(vec![("name", whole)]), r#"{"name":"b","errors":{}}"#);
    }
}
