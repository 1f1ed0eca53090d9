//! Rows as comma-separated values (RFC 4180): a column for each key, records taken apart into `record.field`, lists and
//! maps as JSON in their cell. What is not known is an empty cell.

use std::io::Write;

use psoxide::schema::Value;

use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::output::object::Object;
use crate::output::printable::printable;
use crate::output::{Format, json};

/// A table of comma-separated values.
pub(crate) struct Csv {
    header: bool,
    /// Name of the answer, and the names that lead from it to the column's value.
    columns: Vec<(String, Option<String>)>,
    line: Vec<u8>,
}

impl Csv {
    /// With a line of names above, or without.
    pub(crate) fn new(header: bool) -> Csv {
        Csv {
            header,
            columns: Vec::new(),
            line: Vec::new(),
        }
    }

    fn write_line(&mut self, out: &mut dyn Write, cells: &[String]) -> Result<(), Failure> {
        self.line.clear();
        let mut writer = csv::Writer::from_writer(&mut self.line);
        let written = writer.write_record(cells).and_then(|()| Ok(writer.flush()?));
        drop(writer);
        written.map_err(|error| Failure::Output(error.into()))?;
        Ok(out.write_all(&self.line)?)
    }
}

impl Format for Csv {
    fn begin(&mut self, out: &mut dyn Write, keys: &[Key]) -> Result<(), Failure> {
        let mut header = Vec::new();
        for key in keys {
            for leaf in key.leaves() {
                let rest = leaf
                    .name
                    .strip_prefix(&*key.name)
                    .and_then(|rest| rest.strip_prefix('.'));
                self.columns.push((key.name.to_string(), rest.map(str::to_owned)));
                header.push(leaf.name.into_owned());
            }
        }
        if self.header {
            self.write_line(out, &header)?;
        }
        Ok(())
    }

    fn row(&mut self, out: &mut dyn Write, object: &Object) -> Result<(), Failure> {
        let columns = std::mem::take(&mut self.columns);
        let cells = columns
            .iter()
            .map(|(name, rest)| cell(keys::part(object.get(name), rest.as_deref())));
        let cells: Result<Vec<String>, Failure> = cells.collect();
        self.columns = columns;
        self.write_line(out, &cells?)
    }
}

fn cell(value: &Value) -> Result<String, Failure> {
    Ok(match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::U64(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::F64(number) => format!("{number:?}"),
        Value::Text(text) => printable(&text.to_string_lossy()).into_owned(),
        Value::List(_) | Value::Map(_) | Value::Record(..) => json::text(value)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use psoxide::Text;
    use psoxide::schema::Type;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_command_no_terminal() {
        let text = |text: &str| Value::Text(Text::from(text));
        let mut object = Object::default();
        object.push("a", Ok(text("x, \"y\"\n\x1b[2J")));
        object.push("b", Ok(Value::List(vec![text("p"), Value::Null])));
        object.push("c", Ok(Value::Null));
        let keys = ["a", "b", "c"].map(|name| Key::new(name, Type::Text, ""));
        let mut out = Vec::new();
        let mut csv = Csv::new(true);
        csv.begin(&mut out, &keys).unwrap();
        csv.row(&mut out, &object).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a,b,c\n\"x, \"\"y\"\"\\n\\x1b[2J\",\"[\"\"p\"\",null]\",\n"
        );
    }
}
