//! Answers as JSON. Walks [`Value`] alone, so a record or field that the catalogue gains needs nothing here.
//!
//! Fields that this system never tells are left out; what is not known is null. Text that is not UTF-8 has U+FFFD
//! where it is not. What could command a terminal is written as an escape, which is the same text to a parser.

use std::collections::HashSet;
use std::io::{self, Write};

use psoxide::Error;
use psoxide::catalog::PLATFORM;
use psoxide::schema::Value;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::Formatter;

use crate::failure::Failure;
use crate::output::Screen;
use crate::output::printable::commands_terminal;

/// One object: answers by name, and why others are missing.
#[derive(Default)]
pub(crate) struct Object {
    values: Vec<(&'static str, Value)>,
    errors: Vec<(&'static str, Error)>,
}

impl Object {
    /// Adds an answer; an error leaves null in its place, and its message in `errors`.
    pub(crate) fn push(&mut self, name: &'static str, answer: Result<Value, Error>) {
        let value = answer.unwrap_or_else(|error| {
            self.errors.push((name, error));
            Value::Null
        });
        self.values.push((name, value));
    }

    /// The number in this field of the record that was answered under this name.
    pub(crate) fn number(&self, name: &str, field: &str) -> Option<u64> {
        let (_, record) = self.values.iter().find(|(known, _)| *known == name)?;
        let Value::Record(shape, values) = record else {
            return None;
        };
        let fields = shape.fields.iter().zip(values);
        match fields.into_iter().find(|(known, _)| known.name == field)? {
            (_, Value::U64(number)) => Some(*number),
            _ => None,
        }
    }

    /// How many answers are missing.
    pub(crate) fn missing(&self) -> usize {
        self.errors.len()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len() + 1))?;
        for (name, value) in &self.values {
            map.serialize_entry(name, &Json(value))?;
        }
        map.serialize_entry("errors", &Errors(&self.errors))?;
        map.end()
    }
}

struct Errors<'a>(&'a [(&'static str, Error)]);

impl Serialize for Errors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, error)| (name, error.to_string())))
    }
}

struct Json<'a>(&'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_none(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::U64(number) => serializer.serialize_u64(*number),
            Value::I64(number) => serializer.serialize_i64(*number),
            // JSON has no infinity and no NaN: those become null.
            Value::F64(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(&text.to_string_lossy()),
            Value::List(items) => serializer.collect_seq(items.iter().map(Json)),
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                let mut seen = HashSet::new();
                for (name, entry) in entries {
                    // A name that comes twice (as in an environment) counts the first time, as for getenv(3).
                    let name = name.to_string_lossy();
                    if seen.insert(name.clone()) {
                        map.serialize_entry(&name, &Json(entry))?;
                    }
                }
                map.end()
            }
            Value::Record(shape, values) => {
                let told = shape.fields.iter().zip(values);
                let told = told.filter(|(field, _)| field.on.contains(PLATFORM));
                serializer.collect_map(told.map(|(field, value)| (field.name, Json(value))))
            }
        }
    }
}

/// Writes an array with an object on each line.
pub(crate) fn write_array(
    screen: &mut Screen,
    objects: impl IntoIterator<Item = Object>,
) -> Result<(), Failure> {
    screen.out.write_all(b"[")?;
    for (place, object) in objects.into_iter().enumerate() {
        screen.out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        write(&mut screen.out, &object)?;
    }
    screen.out.write_all(b"\n]\n")?;
    Ok(())
}

/// Writes one object with an answer on each line.
pub(crate) fn write_object(screen: &mut Screen, object: &Object) -> Result<(), Failure> {
    let out = &mut screen.out;
    out.write_all(b"{\n")?;
    for (name, value) in &object.values {
        write(&mut *out, name)?;
        out.write_all(b":")?;
        write(&mut *out, &Json(value))?;
        out.write_all(b",\n")?;
    }
    out.write_all(b"\"errors\":")?;
    write(&mut *out, &Errors(&object.errors))?;
    out.write_all(b"\n}\n")?;
    Ok(())
}

fn write(out: impl Write, value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping);
    Ok(value.serialize(&mut serializer)?)
}

/// Compact JSON in which no character can command a terminal.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
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
    use psoxide::Text;

    fn json(value: &Value) -> String {
        let mut out = Vec::new();
        write(&mut out, &Json(value)).unwrap();
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
    fn a_name_that_comes_twice_counts_the_first_time() {
        let map = Value::Map(vec![
            (Text::from("A"), Value::U64(1)),
            (Text::from("B"), Value::U64(2)),
            (Text::from("A"), Value::U64(3)),
        ]);
        assert_eq!(json(&map), r#"{"A":1,"B":2}"#);
    }

    #[test]
    fn text_is_escaped_and_repaired() {
        let hostile = Value::Text(Text::from("\x1b[2J\u{9b}\u{202e}\"\\\n"));
        assert_eq!(json(&hostile), r#""\u001b[2J\u009b\u202e\"\\\n""#);
        let broken = Value::Text(Text::from(vec![b'a', 0xff]));
        assert_eq!(json(&broken), "\"a\u{fffd}\"");
    }
}
