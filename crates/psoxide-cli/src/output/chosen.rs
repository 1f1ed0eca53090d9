//! The columns that were asked for, as a table for people: each as wide as its widest cell, numbers at the right edge.

use std::io::Write;

use psoxide::format::quantity;
use psoxide::schema::{Unit, Value};

use crate::failure::Failure;
use crate::keys::Key;
use crate::local_time::LocalTime;
use crate::output::object::Object;
use crate::output::printable::{printable, width};
use crate::output::{Format, cut};

/// A table of the columns that were asked for.
pub(crate) struct Chosen {
    header: bool,
    /// How wide the terminal is, if it is one.
    width: Option<usize>,
    keys: Vec<Key>,
    clock: LocalTime,
    rows: Vec<Vec<String>>,
}

impl Chosen {
    /// With the columns' names above, or without; lines are cut to the width.
    pub(crate) fn new(header: bool, width: Option<usize>) -> Chosen {
        Chosen {
            header,
            width,
            keys: Vec::new(),
            clock: LocalTime::now(),
            rows: Vec::new(),
        }
    }

    fn cell(&self, value: &Value, unit: Unit) -> String {
        let text = match (value, unit) {
            (Value::F64(moment), Unit::Timestamp) => self.clock.date_and_time(*moment),
            // Arguments, mostly.
            (Value::List(items), _) if items.iter().all(|item| matches!(item, Value::Text(_))) => {
                let items: Vec<String> = items.iter().map(|item| quantity(item, unit)).collect();
                items.join(" ")
            }
            _ => quantity(value, unit),
        };
        printable(&text).into_owned()
    }
}

impl Format for Chosen {
    fn begin(&mut self, _out: &mut dyn Write, keys: &[Key]) -> Result<(), Failure> {
        self.keys = keys.to_vec();
        if self.header {
            self.rows
                .push(keys.iter().map(|key| key.name.to_string()).collect());
        }
        Ok(())
    }

    fn row(&mut self, _out: &mut dyn Write, object: &Object) -> Result<(), Failure> {
        let cells = object.values.iter().zip(&self.keys);
        let mut cells: Vec<String> = cells
            .map(|((_, value), key)| self.cell(value, key.unit))
            .collect();
        if let Some(last) = cells.last_mut() {
            last.insert_str(0, &object.branch);
        }
        self.rows.push(cells);
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        let mut widths = vec![0; self.keys.len()];
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(width(cell));
            }
        }
        for row in &self.rows {
            let mut line = String::new();
            for (place, ((cell, widest), key)) in row.iter().zip(&widths).zip(&self.keys).enumerate() {
                if place > 0 {
                    line.push_str("  ");
                }
                let padding = " ".repeat(widest.saturating_sub(width(cell)));
                if key.is_number() {
                    line.push_str(&padding);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&padding);
                }
            }
            let line = line.trim_end();
            let line = self.width.map_or(line, |width| cut(line, width));
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
