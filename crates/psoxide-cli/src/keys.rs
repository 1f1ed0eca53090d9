//! What a listing tells, by name: the keys of its rows with meaning, type, unit and systems, and the way from a name like
//! `memory_info.rss` to the value it means. All of it comes from the catalogue and the records' shapes.

use std::borrow::Cow;

use psoxide::catalog::{self, Attr, PLATFORM};
use psoxide::schema::{Platforms, Shape, Type, Unit, Value};

use crate::failure::Failure;

/// Attributes that are numbers by themselves, and what of.
const ATTRIBUTE_UNITS: [(&str, Unit); 3] = [
    ("cpu_percent", Unit::Percent),
    ("create_time", Unit::Timestamp),
    ("memory_percent", Unit::Percent),
];

/// One key of a row.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// The name, with dots where it means a part of an answer.
    pub(crate) name: Cow<'static, str>,
    /// What it tells.
    pub(crate) doc: &'static str,
    pub(crate) ty: Type,
    pub(crate) unit: Unit,
    /// The systems that tell it.
    pub(crate) on: Platforms,
    /// The attribute of a process that it is, or is part of.
    pub(crate) attribute: Option<&'static Attr>,
}

impl Key {
    /// A key that no record and no attribute has.
    pub(crate) const fn new(name: &'static str, ty: Type, doc: &'static str) -> Key {
        Key {
            name: Cow::Borrowed(name),
            doc,
            ty,
            unit: Unit::None,
            on: Platforms::ALL,
            attribute: None,
        }
    }

    /// The name of the answer that it is, or is part of.
    pub(crate) fn base(&self) -> &str {
        self.name.split_once('.').map_or(&*self.name, |(base, _)| base)
    }

    /// The names that lead from that answer to the part.
    pub(crate) fn rest(&self) -> Option<&str> {
        self.name.split_once('.').map(|(_, rest)| rest)
    }

    /// Whether it is a number, which stands at the right edge of a column.
    pub(crate) fn is_number(&self) -> bool {
        let duration = self.unit != Unit::Timestamp;
        duration && matches!(known(self.ty), Type::U64 | Type::I64 | Type::F64)
    }

    /// The key itself, or one for each part where it is a record that is told on this system.
    pub(crate) fn leaves(&self) -> Vec<Key> {
        let Type::Record(shape) = known(self.ty) else {
            return vec![self.clone()];
        };
        of_record(shape)
            .into_iter()
            .filter(|part| part.on.contains(PLATFORM))
            .flat_map(|part| self.part(&part).leaves())
            .collect()
    }

    /// The key of a part of this one.
    fn part(&self, part: &Key) -> Key {
        Key {
            name: Cow::Owned(format!("{}.{}", self.name, part.name)),
            attribute: self.attribute,
            ..part.clone()
        }
    }
}

/// The type of what is known, if anything is.
pub(crate) fn known(ty: Type) -> Type {
    match ty {
        Type::Option(inner) => *inner,
        ty => ty,
    }
}

/// The attributes of these names.
pub(crate) fn of_attributes(names: &[&str]) -> Vec<Key> {
    let known = names.iter().filter_map(|name| catalog::attr(name));
    known.map(of_attribute).collect()
}

/// Every attribute of a process.
pub(crate) fn of_processes() -> Vec<Key> {
    catalog::ATTRS.iter().map(of_attribute).collect()
}

fn of_attribute(attr: &'static Attr) -> Key {
    let unit = ATTRIBUTE_UNITS.iter().find(|(name, _)| *name == attr.name);
    Key {
        unit: unit.map_or(Unit::None, |(_, unit)| *unit),
        on: attr.on,
        attribute: Some(attr),
        ..Key::new(attr.name, attr.ty, attr.doc)
    }
}

/// The answers to these questions about the machine.
pub(crate) fn of_probes(names: &[&str]) -> Vec<Key> {
    let known = names.iter().filter_map(|name| catalog::probe(name));
    known
        .map(|probe| Key {
            on: probe.on,
            ..Key::new(probe.name, probe.ty, probe.doc)
        })
        .collect()
}

/// The fields of a record.
pub(crate) fn of_record(shape: &'static Shape) -> Vec<Key> {
    shape
        .fields
        .iter()
        .map(|field| Key {
            unit: field.unit,
            on: field.on,
            ..Key::new(field.name, field.ty, field.doc)
        })
        .collect()
}

/// The keys of these names among those to choose from. A name can lead into a record (`memory_info.rss`) or a map
/// (`environ.HOME`).
pub(crate) fn select(names: &[String], choice: &[Key]) -> Result<Vec<Key>, Failure> {
    names.iter().map(|name| find(name, choice)).collect()
}

/// The key of this name; the error of one that is not there tells the nearest.
pub(crate) fn find(name: &str, choice: &[Key]) -> Result<Key, Failure> {
    let (base, rest) = match name.split_once('.') {
        Some((base, rest)) => (base, Some(rest)),
        None => (name, None),
    };
    let found = choice
        .iter()
        .find(|key| key.name == base && key.on.contains(PLATFORM))
        .and_then(|key| below(key.clone(), rest));
    found.ok_or_else(|| {
        let hint = nearest(name, choice).map_or_else(String::new, |near| format!("; did you mean {near}?"));
        Failure::Usage(format!("there is no column {name:?}{hint}"))
    })
}

fn below(key: Key, rest: Option<&str>) -> Option<Key> {
    let Some(rest) = rest else {
        return Some(key);
    };
    match known(key.ty) {
        Type::Record(shape) => {
            let (name, rest) = match rest.split_once('.') {
                Some((name, rest)) => (name, Some(rest)),
                None => (rest, None),
            };
            let fields = of_record(shape);
            let part = fields.iter().find(|field| field.name == name)?;
            below(key.part(part), rest)
        }
        // Names of variables are data: any of them is right.
        Type::Map(item) => Some(Key {
            name: Cow::Owned(format!("{}.{rest}", key.name)),
            ty: *item,
            ..key
        }),
        _ => None,
    }
}

/// The name that was probably meant.
fn nearest(name: &str, choice: &[Key]) -> Option<String> {
    let here = choice.iter().filter(|key| key.on.contains(PLATFORM));
    let names = here.flat_map(|key| {
        let mut names: Vec<String> = key
            .leaves()
            .into_iter()
            .map(|leaf| leaf.name.into_owned())
            .collect();
        names.push(key.name.clone().into_owned());
        names
    });
    let likeness = |known: &str| {
        let last = known.rsplit('.').next().unwrap_or(known);
        strsim::jaro_winkler(name, known).max(strsim::jaro_winkler(name, last))
    };
    let rated = names.map(|known| (likeness(&known), known));
    // Of those that are equally near, the shortest.
    let best = rated.max_by(|(one, name), (other, other_name)| {
        one.total_cmp(other).then(other_name.len().cmp(&name.len()))
    });
    best.filter(|(likeness, _)| *likeness > 0.7).map(|(_, name)| name)
}

/// The part of a value that these names lead to.
pub(crate) fn part<'a>(value: &'a Value, rest: Option<&str>) -> &'a Value {
    let Some(rest) = rest else {
        return value;
    };
    match value {
        Value::Record(shape, values) => {
            let (name, rest) = match rest.split_once('.') {
                Some((name, rest)) => (name, Some(rest)),
                None => (rest, None),
            };
            let mut fields = shape.fields.iter().zip(values);
            let found = fields.find(|(field, _)| field.name == name);
            found.map_or(&Value::Null, |(_, value)| part(value, rest))
        }
        Value::Map(entries) => {
            let found = entries.iter().find(|(name, _)| name == rest);
            found.map_or(&Value::Null, |(_, value)| value)
        }
        _ => &Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str) -> String {
        find(name, &of_processes()).unwrap_err().to_string()
    }

    #[test]
    fn names_lead_into_records_and_maps() {
        let rss = find("memory_info.rss", &of_processes()).unwrap();
        assert_eq!((rss.unit, rss.ty), (Unit::Bytes, Type::U64));
        assert_eq!(rss.attribute.unwrap().name, "memory_info");
        let home = find("environ.A.B", &of_processes()).unwrap();
        assert_eq!((home.base(), home.rest()), ("environ", Some("A.B")));
        assert_eq!(find("pid", &of_processes()).unwrap().name, "pid");
    }

    #[test]
    fn the_nearest_is_named() {
        assert!(message("memory_info.rs").ends_with("did you mean memory_info.rss?"));
        assert!(message("rss").ends_with("did you mean memory_info.rss?"));
        assert!(message("usrname").ends_with("did you mean username?"));
        assert!(message("memory_info.rss.x").contains("no column \"memory_info.rss.x\""));
        assert_eq!(message("zzz"), "there is no column \"zzz\"");
        assert!(message("").starts_with("there is no column"));
    }

    #[test]
    fn records_have_leaves() {
        let key = find("uids", &of_processes()).unwrap();
        let names: Vec<String> = key.leaves().iter().map(|leaf| leaf.name.to_string()).collect();
        assert_eq!(names, ["uids.real", "uids.effective", "uids.saved"]);
    }
}
