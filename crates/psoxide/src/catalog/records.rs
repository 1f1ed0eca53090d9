//! The records that answers are made of, which psutil has as named tuples, and the fields of these tuples.

use psoxide_core::model::disk::{DiskIoRates, DiskUsage};
use psoxide_core::model::net::NetIoRates;
use psoxide_core::schema::{Field, Shape};
use psoxide_core::{Platforms, Type};

use super::{ATTRS, PROBES};

/// Records of answers that stand in neither table: those of a question with an argument, and what two samples tell.
const BESIDE: [&Shape; 3] = [&DiskUsage::SHAPE, &DiskIoRates::SHAPE, &NetIoRates::SHAPE];

/// Fields that psutil's tuples have on every system, also where the kernel does not tell them.
const EVERYWHERE: [(&str, &str); 13] = [
    ("pctxsw", "involuntary"),
    ("pcputimes", "children_system"),
    ("pcputimes", "children_user"),
    ("popenfile", "fd"),
    ("scpustats", "soft_interrupts"),
    ("scpustats", "syscalls"),
    ("snetio", "dropin"),
    ("snetio", "dropout"),
    ("snicstats", "flags"),
    ("sswap", "sin"),
    ("sswap", "sout"),
    ("suser", "pid"),
    ("suser", "terminal"),
];

/// The records that answers on the system are made of, by name, each name once.
pub fn records(on: Platforms) -> Vec<&'static Shape> {
    let attrs = ATTRS
        .iter()
        .filter(|attr| attr.on.contains(on))
        .map(|attr| attr.ty);
    let probes = PROBES
        .iter()
        .filter(|probe| probe.on.contains(on))
        .map(|probe| probe.ty);
    let mut records: Vec<&Shape> = attrs
        .chain(probes)
        .filter_map(record_within)
        .chain(BESIDE)
        .collect();
    records.sort_by_key(|record| record.name);
    records.dedup_by_key(|record| record.name);
    records
}

/// Whether psutil's tuple of the record has the field on the system.
pub fn has_field(record: &Shape, field: &Field, on: Platforms) -> bool {
    field.on.contains(on) || EVERYWHERE.contains(&(record.name, field.name))
}

fn record_within(ty: Type) -> Option<&'static Shape> {
    match ty {
        Type::Record(record) => Some(record),
        Type::Option(inner) | Type::List(inner) | Type::Map(inner) => record_within(*inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_is_listed_once_on_the_systems_that_have_it() {
        let names = |on| -> Vec<&str> { records(on).iter().map(|record| record.name).collect() };
        let linux = names(Platforms::LINUX);
        assert_eq!(linux.iter().filter(|name| **name == "scputimes").count(), 1);
        assert!(linux.contains(&"sdiskusage"));
        assert!(linux.contains(&"shwtemp"));
        assert!(!names(Platforms::ILLUMOS).contains(&"shwtemp"));
    }

    #[test]
    fn what_is_within_another_field_is_a_part_of_one_that_is_there_too() {
        let mut parts = Vec::new();
        for record in records(Platforms::LINUX) {
            for field in record.fields {
                let Some(whole) = field.within else { continue };
                let whole = record.fields.iter().find(|other| other.name == whole);
                let whole = whole.unwrap_or_else(|| panic!("{}.{}", record.name, field.name));
                assert!(whole.on.contains(field.on) && whole.unit == field.unit && whole.within.is_none());
                parts.push((record.name, field.name));
            }
        }
        assert_eq!(parts, [("scputimes", "guest"), ("scputimes", "guest_nice")]);
    }

    #[test]
    fn each_field_that_is_everywhere_is_one_of_a_record() {
        let records = records(Platforms::ALL);
        for (tuple, name) in EVERYWHERE {
            let record = records.iter().find(|record| record.name == tuple);
            let field = record.and_then(|record| record.fields.iter().find(|field| field.name == name));
            let field = field.unwrap_or_else(|| panic!("{tuple}.{name}"));
            assert!(
                !field.on.contains(Platforms::ALL),
                "{tuple}.{name} needs no exception"
            );
            assert!(has_field(record.unwrap(), field, Platforms::NONE));
        }
    }
}
