//! What every face can ask about a field without knowing the record: its name, meaning, type, unit, kind and
//! platforms; and [`Value`], the form in which any answer can be walked.
//!
//! [`record!`](crate::record!) declares a record once. Written
//!
//! ```
//! use psoxide_core::record;
//! use psoxide_core::schema::{Platforms, Typed};
//! record! {
//!     /// One core's clock.
//!     pub struct Clock as "clock" {
//!         /// Current frequency.
//!         pub current: f64 = Megahertz, Gauge, Platforms::ALL;
//!         /// What the hardware calls it.
//!         pub kind as "type": Option<u64> = None, Label, Platforms::LINUX;
//!         /// The part of `current` beyond what is guaranteed.
//!         pub boost: Option<f64> = Megahertz, Gauge, Platforms::LINUX, within current;
//!     }
//! }
//! assert_eq!(Clock::SHAPE.fields[1].name, "type");
//! assert_eq!(Clock::SHAPE.fields[2].within, Some("current"));
//! ```
//!
//! it expands to the struct with the same doc comments (`#[non_exhaustive]`, so only core builds it, with every
//! field stated), to `Clock::SHAPE` with one [`Field`] for each, and to `impl Typed for Clock`, whose `value()`
//! lists the fields' values in the same order and whose `each_part()` tells them one by one.

use core::fmt;

use crate::text::Text;

/// A set of operating systems.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Platforms(u8);

impl Platforms {
    /// No system at all.
    pub const NONE: Platforms = Platforms(0);
    /// Linux, Android included.
    pub const LINUX: Platforms = Platforms(1);
    /// Windows.
    pub const WINDOWS: Platforms = Platforms(2);
    /// macOS.
    pub const MACOS: Platforms = Platforms(4);
    /// FreeBSD.
    pub const FREEBSD: Platforms = Platforms(8);
    /// OpenBSD.
    pub const OPENBSD: Platforms = Platforms(16);
    /// NetBSD.
    pub const NETBSD: Platforms = Platforms(32);
    /// illumos (and Solaris).
    pub const ILLUMOS: Platforms = Platforms(64);
    /// FreeBSD, OpenBSD and NetBSD; not macOS.
    pub const BSD: Platforms = Platforms(8 | 16 | 32);
    /// Every system.
    pub const ALL: Platforms = Platforms(127);
    /// Every system but Windows.
    pub const POSIX: Platforms = Platforms(127 & !2);

    /// Each system with its name, in the order of the tables in the docs.
    pub const EACH: [(Platforms, &'static str); 7] = [
        (Platforms::LINUX, "Linux"),
        (Platforms::WINDOWS, "Windows"),
        (Platforms::MACOS, "macOS"),
        (Platforms::FREEBSD, "FreeBSD"),
        (Platforms::OPENBSD, "OpenBSD"),
        (Platforms::NETBSD, "NetBSD"),
        (Platforms::ILLUMOS, "illumos"),
    ];

    /// The systems of either set.
    pub const fn or(self, other: Platforms) -> Platforms {
        Platforms(self.0 | other.0)
    }

    /// The systems of this set that are not in the other.
    pub const fn without(self, other: Platforms) -> Platforms {
        Platforms(self.0 & !other.0)
    }

    /// Whether all systems of `other` are in this set.
    pub const fn contains(self, other: Platforms) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Display for Platforms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (platform, name) in Platforms::EACH {
            if self.contains(platform) {
                write!(formatter, "{}{name}", if first { "" } else { ", " })?;
                first = false;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Platforms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Platforms({self})")
    }
}

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Not a measured number: text, a flag, an identifier.
    None,
    /// A count of things or events.
    Count,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds since 1970-01-01 00:00 UTC.
    Timestamp,
    /// 0 to 100 (a process with several threads may exceed it).
    Percent,
    /// Megahertz.
    Megahertz,
    /// Megabits per second.
    MegabitsPerSecond,
    /// Bytes per second.
    BytesPerSecond,
    /// Things or events per second.
    PerSecond,
    /// Degrees Celsius.
    Celsius,
    /// Revolutions per minute.
    Rpm,
}

/// How a number behaves from one sample to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only grows, until the device or process is gone or the counter wraps.
    Counter,
    /// Tells which one, rather than how much.
    Label,
}

/// The type of a [`Value`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A whole number that is never negative.
    U64,
    /// A whole number.
    I64,
    /// A number.
    F64,
    /// Text.
    Text,
    /// The inner type, or [`Value::Null`] where the kernel does not say.
    Option(&'static Type),
    /// Any number of the inner type.
    List(&'static Type),
    /// Named entries of the inner type.
    Map(&'static Type),
    /// A record.
    Record(&'static Shape),
}

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// psutil's name for it.
    pub name: &'static str,
    /// What it tells, from its doc comment.
    pub doc: &'static str,
    /// Its type.
    pub ty: Type,
    /// Its unit.
    pub unit: Unit,
    /// How it behaves over time.
    pub kind: Kind,
    /// The systems whose kernels tell it; elsewhere it is absent.
    pub on: Platforms,
    /// The name of the field of the same record whose number has this one in it; to add both would count it twice.
    pub within: Option<&'static str>,
}

/// A record's name and fields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// psutil's name of the tuple.
    pub name: &'static str,
    /// What the record is, from its doc comment.
    pub doc: &'static str,
    /// The fields in psutil's order.
    pub fields: &'static [Field],
}

/// An answer in a form that any face can walk.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not known, or not told by this system.
    Null,
    /// A flag.
    Bool(bool),
    /// A whole number that is never negative.
    U64(u64),
    /// A whole number.
    I64(i64),
    /// A number.
    F64(f64),
    /// Text.
    Text(Text),
    /// Any number of values of one type.
    List(Vec<Value>),
    /// Named entries, in the order of the source.
    Map(Vec<(Text, Value)>),
    /// A record's values, in the order of its shape's fields.
    Record(&'static Shape, Vec<Value>),
}

/// A type that has a schema and can be turned into a [`Value`].
pub trait Typed {
    /// The schema.
    const TYPE: Type;
    /// The same answer as a [`Value`] of that type.
    fn value(&self) -> Value;
    /// Tells the fields of a record in the order of its shape, or the items of a list: for who has no use for a list of their
    /// values. Whatever else has no parts.
    fn each_part(&self, _told: &mut impl Told) {}
}

/// Who is told of the parts of an answer, one by one.
pub trait Told {
    /// The next field or item.
    fn part<T: Typed>(&mut self, value: &T);
}

macro_rules! plain_typed {
    ($($rust:ty => $ty:ident, $value:expr;)*) => {$(
        impl Typed for $rust {
            const TYPE: Type = Type::$ty;
            fn value(&self) -> Value {
                Value::$ty($value(self))
            }
        }
    )*};
}

plain_typed! {
    bool => Bool, |v: &bool| *v;
    u8 => U64, |v: &u8| u64::from(*v);
    u16 => U64, |v: &u16| u64::from(*v);
    u32 => U64, |v: &u32| u64::from(*v);
    u64 => U64, |v: &u64| *v;
    i32 => I64, |v: &i32| i64::from(*v);
    i64 => I64, |v: &i64| *v;
    f64 => F64, |v: &f64| *v;
    Text => Text, Text::clone;
    String => Text, |v: &String| Text::from(v.as_str());
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: Type = Type::Option(&T::TYPE);
    fn value(&self) -> Value {
        match self {
            Some(value) => value.value(),
            None => Value::Null,
        }
    }
}

impl<T: Typed> Typed for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);
    fn value(&self) -> Value {
        Value::List(self.iter().map(Typed::value).collect())
    }
    fn each_part(&self, told: &mut impl Told) {
        self.iter().for_each(|item| told.part(item));
    }
}

impl<T: Typed> Typed for Vec<(Text, T)> {
    const TYPE: Type = Type::Map(&T::TYPE);
    fn value(&self) -> Value {
        Value::Map(
            self.iter()
                .map(|(name, value)| (name.clone(), value.value()))
                .collect(),
        )
    }
}

impl<T: Typed> Typed for Vec<(u32, T)> {
    const TYPE: Type = Type::Map(&T::TYPE);
    fn value(&self) -> Value {
        Value::Map(
            self.iter()
                .map(|(number, value)| (Text::from(number.to_string()), value.value()))
                .collect(),
        )
    }
}

/// The name a field has in its schema: its alias if it has one, its Rust name otherwise.
#[doc(hidden)]
pub const fn field_name(name: &'static str, alias: &[&'static str]) -> &'static str {
    if let [alias] = alias { alias } else { name }
}

/// The field that a field is within, if it is in one.
#[doc(hidden)]
pub const fn whole(name: &[&'static str]) -> Option<&'static str> {
    if let [name] = name { Some(name) } else { None }
}

/// Declares a record; the module's documentation shows what it expands to.
#[macro_export]
macro_rules! record {
    (
        $(#[doc = $about:literal])*
        pub struct $record:ident as $tuple:literal {
            $(
                $(#[doc = $doc:literal])*
                pub $field:ident $(as $alias:literal)? : $rust:ty = $unit:ident, $kind:ident, $on:expr
                    $(, within $whole:ident)?;
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[non_exhaustive]
        #[derive(Debug, Clone, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $record {
            $(
                $(#[doc = $doc])*
                $(#[cfg_attr(feature = "serde", serde(rename = $alias))])?
                pub $field: $rust,
            )*
        }

        impl $record {
            /// Name, meaning, type, unit, kind and platforms of each field.
            pub const SHAPE: $crate::schema::Shape = $crate::schema::Shape {
                name: $tuple,
                doc: concat!($($about),*).trim_ascii(),
                fields: &[$($crate::schema::Field {
                    name: $crate::schema::field_name(stringify!($field), &[$($alias)?]),
                    doc: concat!($($doc),*).trim_ascii(),
                    ty: <$rust as $crate::schema::Typed>::TYPE,
                    unit: $crate::schema::Unit::$unit,
                    kind: $crate::schema::Kind::$kind,
                    on: $on,
                    within: $crate::schema::whole(&[$(stringify!($whole))?]),
                }),*],
            };
        }

        impl $crate::schema::Typed for $record {
            const TYPE: $crate::schema::Type = $crate::schema::Type::Record(&$record::SHAPE);
            fn value(&self) -> $crate::schema::Value {
                $crate::schema::Value::Record(&$record::SHAPE, vec![$($crate::schema::Typed::value(&self.$field)),*])
            }
            fn each_part(&self, told: &mut impl $crate::schema::Told) {
                $(told.part(&self.$field);)*
            }
        }
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::decode::linux::statm::Statm;
    use crate::model::process::{MemoryFootprint, MemoryFullInfo, MemoryInfo};

    /// The parts' values, in the order in which they are told.
    #[derive(Default)]
    struct Parts(Vec<Value>);

    impl Told for Parts {
        fn part<T: Typed>(&mut self, value: &T) {
            self.0.push(value.value());
        }
    }

    fn parts(answer: &impl Typed) -> Vec<Value> {
        let mut parts = Parts::default();
        answer.each_part(&mut parts);
        parts.0
    }

    fn values(answer: &impl Typed) -> Vec<Value> {
        match answer.value() {
            Value::Record(_, values) | Value::List(values) => values,
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_parts_are_the_fields_or_the_items() {
        let info = Statm::parse(b"9 2 1 3 0 4 0\n").unwrap().memory_info(4096);
        assert_eq!(parts(&info), values(&info));
        assert_eq!(parts(&info).len(), MemoryInfo::SHAPE.fields.len());
        // Its two halves are told as one record, whether the second is there or not.
        let footprint = MemoryFootprint {
            uss: 1,
            pss: Some(2),
            swap: None,
        };
        for footprint in [None, Some(footprint)] {
            let full = MemoryFullInfo::new(info.clone(), footprint);
            assert_eq!(parts(&full), values(&full));
            assert_eq!(parts(&full).len(), MemoryFullInfo::SHAPE.fields.len());
        }
        assert_eq!(parts(&vec![3_u64, 4]), [Value::U64(3), Value::U64(4)]);
        assert_eq!(parts(&7_u64), []);
    }
}
