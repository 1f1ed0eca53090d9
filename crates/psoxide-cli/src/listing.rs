//! What all subcommands that list or show something have in common: rows that are searched, sorted and written, for people
//! in a layout of their own, for programs in any format.

use std::cmp::Ordering;
use std::thread;
use std::time::Duration;

use psoxide::schema::Value;

use crate::cli::Output;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::machine::Machine;
use crate::output::chosen::Chosen;
use crate::output::csv::Csv;
use crate::output::object::Object;
use crate::output::{Format, Screen, json};
use crate::selection::Search;

/// What will be asked of the rows.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The keys under which values are taken from them, to be shown or to be sorted by.
    pub(crate) keys: Vec<Key>,
    /// Whether they are shown again and again.
    pub(crate) again: bool,
}

/// A subcommand that lists or shows something.
pub(crate) trait Listing {
    /// What one row is made of.
    type Row;

    /// Whether there is one row by nature: then JSON is that object, not an array.
    const SINGLE: bool = false;

    /// Whether it is no failure if answers are missing from that one row.
    const PARTIAL: bool = false;

    /// The keys of a row, unless others are asked for.
    fn keys() -> Vec<Key>;

    /// The keys that can be asked for, and sorted by.
    fn choice() -> Vec<Key> {
        Self::keys()
    }

    /// The keys of what the layout for people shows.
    fn shown() -> Vec<Key> {
        Self::keys()
    }

    /// The rows, in the order in which they are shown.
    fn rows(&self, machine: &Machine, asked: &Asked) -> Result<Vec<Self::Row>, Failure>;

    /// The row under these keys; `None` if what it tells of has ended.
    fn object(&self, machine: &Machine, row: &Self::Row, keys: &[Key]) -> Option<Object>;

    /// Puts sorted rows into the order in which they are shown after all.
    fn arrange(&self, rows: Vec<Self::Row>) -> Vec<Self::Row> {
        rows
    }

    /// Writes the rows for people.
    fn text(&self, machine: &Machine, screen: &mut Screen, rows: Vec<Self::Row>) -> Result<(), Failure>;

    /// The words that rows must have.
    fn search(&self) -> Option<&Search> {
        None
    }

    /// Whether something is searched for, so that to find nothing is a status of its own.
    fn narrows(&self) -> bool {
        self.search().is_some_and(Search::narrows)
    }
}

/// Runs the subcommand, once or, with `--watch`, until it is interrupted.
pub(crate) fn show<L: Listing>(
    listing: &L,
    output: &Output,
    machine: &Machine,
    screen: &mut Screen,
) -> Result<(), Failure> {
    screen.headers = !output.no_header;
    let Some(seconds) = output.watch else {
        if output.is_for_people() {
            screen.page();
        }
        return show_once(listing, output, machine, screen);
    };
    loop {
        if output.is_for_people() {
            screen.clear()?;
        }
        match show_once(listing, output, machine, screen) {
            Ok(()) | Err(Failure::NothingFound) => {}
            Err(failure) => return Err(failure),
        }
        screen.flush()?;
        thread::sleep(Duration::from_secs_f64(seconds));
        if output.csv {
            screen.headers = false;
        }
    }
}

fn show_once<L: Listing>(
    listing: &L,
    output: &Output,
    machine: &Machine,
    screen: &mut Screen,
) -> Result<(), Failure> {
    let columns = match &output.columns {
        Some(names) => Some(keys::select(names, &L::choice())?),
        None => None,
    };
    let sort = match &output.sort {
        Some(name) => Some(Sort::new(name, &L::choice())?),
        None => None,
    };
    let format = format::<L>(output, columns.is_some(), screen);
    let keys = columns.unwrap_or_else(|| match format {
        Some(_) => L::keys(),
        None => L::shown(),
    });
    let also = sort.iter().map(|sort| sort.key.clone());
    let asked = Asked {
        keys: keys.iter().cloned().chain(also).collect(),
        again: output.watch.is_some(),
    };
    let mut rows = listing.rows(machine, &asked)?;
    if let Some(search) = listing.search().filter(|search| search.narrows()) {
        let keys = L::keys();
        rows.retain(|row| {
            listing
                .object(machine, row, &keys)
                .is_some_and(|object| search.finds(&object))
        });
    }
    if let Some(sort) = sort {
        rows = sort.sorted(listing, machine, rows);
    }
    let rows = listing.arrange(rows);
    let nothing = rows.is_empty() && listing.narrows();
    match format {
        None => listing.text(machine, screen, rows)?,
        Some(format) => write(listing, machine, screen, &rows, keys, format)?,
    }
    if nothing {
        return Err(Failure::NothingFound);
    }
    Ok(())
}

/// The format that was asked for; `None` for the layout of the subcommand itself.
fn format<L: Listing>(output: &Output, columns: bool, screen: &Screen) -> Option<Box<dyn Format>> {
    if output.json && L::SINGLE {
        Some(Box::new(json::Single))
    } else if output.json {
        Some(Box::new(json::Array::default()))
    } else if output.jsonl {
        Some(Box::new(json::Lines::default()))
    } else if output.csv {
        Some(Box::new(Csv::new(screen.headers)))
    } else if columns {
        Some(Box::new(Chosen::new(screen.headers, screen.width())))
    } else {
        None
    }
}

fn write<L: Listing>(
    listing: &L,
    machine: &Machine,
    screen: &mut Screen,
    rows: &[L::Row],
    mut keys: Vec<Key>,
    mut format: Box<dyn Format>,
) -> Result<(), Failure> {
    // What this system never tells is left out, unless there is nothing else.
    let here = |key: &Key| key.on.contains(psoxide::catalog::PLATFORM);
    if keys.iter().any(here) {
        keys.retain(here);
    }
    let mut missing = 0;
    format.begin(screen.out(), &keys)?;
    for row in rows {
        if let Some(object) = listing.object(machine, row, &keys) {
            missing += object.missing();
            format.row(screen.out(), &object)?;
        }
    }
    format.end(screen.out())?;
    if L::SINGLE && !L::PARTIAL && missing > 0 {
        return Err(Failure::Incomplete(missing));
    }
    Ok(())
}

/// What rows are sorted by.
struct Sort {
    key: Key,
    descending: bool,
}

impl Sort {
    /// By the key of this name, descending if a minus stands before it.
    fn new(name: &str, choice: &[Key]) -> Result<Sort, Failure> {
        let (name, descending) = match name.strip_prefix('-') {
            Some(name) => (name, true),
            None => (name.strip_prefix('+').unwrap_or(name), false),
        };
        Ok(Sort {
            key: keys::find(name, choice)?,
            descending,
        })
    }

    /// What is not known comes last.
    fn sorted<L: Listing>(&self, listing: &L, machine: &Machine, rows: Vec<L::Row>) -> Vec<L::Row> {
        let keys = std::slice::from_ref(&self.key);
        let mut rows: Vec<(Value, L::Row)> = rows
            .into_iter()
            .filter_map(|row| {
                let object = listing.object(machine, &row, keys)?;
                let value = object.values.into_iter().next()?.1;
                Some((value, row))
            })
            .collect();
        rows.sort_by(|(one, _), (other, _)| match (one, other) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => Ordering::Greater,
            (_, Value::Null) => Ordering::Less,
            _ if self.descending => compare(other, one),
            _ => compare(one, other),
        });
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::U64(one), Value::U64(other)) => one.cmp(other),
        (Value::I64(one), Value::I64(other)) => one.cmp(other),
        (Value::F64(one), Value::F64(other)) => one.total_cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::List(one), Value::List(other)) | (Value::Record(_, one), Value::Record(_, other)) => {
            let mut pairs = one.iter().zip(other).map(|(one, other)| compare(one, other));
            let first = pairs.find(|order| *order != Ordering::Equal);
            first.unwrap_or_else(|| one.len().cmp(&other.len()))
        }
        (Value::Map(one), Value::Map(other)) => one.len().cmp(&other.len()),
        // Values of one key are of one type, but for those that are not known.
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        _ => Ordering::Less,
    }
}

/// A row whose answers are all here already, narrowed down to these keys.
pub(crate) fn narrowed(mut whole: Object, keys: &[Key]) -> Object {
    let same = whole.values.len() == keys.len();
    if same
        && whole
            .values
            .iter()
            .zip(keys)
            .all(|((name, _), key)| *name == key.name)
    {
        return whole;
    }
    let mut object = Object::default();
    for key in keys {
        let value = keys::part(whole.get(key.base()), key.rest()).clone();
        object.values.push((key.name.clone(), value));
    }
    whole
        .errors
        .retain(|(name, _)| keys.iter().any(|key| key.base() == *name));
    object.errors = whole.errors;
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_what_they_are() {
        assert_eq!(compare(&Value::U64(9), &Value::U64(10)), Ordering::Less);
        assert_eq!(compare(&Value::F64(0.5), &Value::F64(0.25)), Ordering::Greater);
        let list = |numbers: &[u64]| Value::List(numbers.iter().map(|number| Value::U64(*number)).collect());
        assert_eq!(compare(&list(&[1, 2]), &list(&[1])), Ordering::Greater);
        assert_eq!(compare(&list(&[1, 2]), &list(&[1, 2])), Ordering::Equal);
        assert_eq!(compare(&Value::Null, &Value::U64(0)), Ordering::Greater);
    }
}
