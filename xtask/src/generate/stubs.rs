//! `python/psoxide/_ntuples.pyi`: the types of the named tuples that the Python package answers with, from the shapes
//! of the catalogue. The rest of the package's types is written by hand in `__init__.pyi`, which imports these.

use std::collections::BTreeMap;

use psoxide::catalog::{has_field, records};
use psoxide::schema::{Field, Platforms, Shape, Type};

/// Windows, whose tuples have other fields; a checker asks for them by `sys.platform`.
const WINDOWS: Platforms = Platforms::WINDOWS;
/// The other system that the package is for.
const ELSEWHERE: Platforms = Platforms::LINUX;

/// Fields that Python knows as something else than the catalogue does, and numbers that may be `None` there: elsewhere
/// an absent number is 0, as psutil has it.
const OTHERWISE: [(&str, &str, &str); 12] = [
    ("pionice", "ioclass", "IOPriority"),
    ("pmmap_ext", "addr", "str"),
    ("pmmap_ext", "perms", "str"),
    ("popenfile", "mode", "str"),
    ("sbattery", "power_plugged", "bool | None"),
    ("sdiskiorates", "busy", "float | None"),
    ("shwtemp", "high", "float | None"),
    ("shwtemp", "critical", "float | None"),
    ("snicaddr", "family", "AddressFamily"),
    ("snicstats", "duplex", "NicDuplex"),
    ("snicstats", "flags", "str"),
    ("sbattery", "secsleft", "int"),
];

/// The tuples of sockets, which the package makes itself of other records.
const SOCKETS: &str = "
class addr(NamedTuple):
    ip: str
    port: int

class pconn(NamedTuple):
    fd: int
    family: AddressFamily
    type: SocketKind
    # An UNIX socket has a path, and no remote end; a socket that is not bound has ().
    laddr: addr | Any
    raddr: addr | Any
    status: str

class sconn(NamedTuple):
    fd: int
    family: AddressFamily
    type: SocketKind
    laddr: addr | Any
    raddr: addr | Any
    status: str
    pid: int | None
";

/// The stub's text.
pub(super) fn stub() -> String {
    let windows = classes(WINDOWS);
    let elsewhere = classes(ELSEWHERE);
    let (alike, elsewhere): (Classes, Classes) = elsewhere
        .into_iter()
        .partition(|(name, class)| windows.get(name) == Some(class));
    let windows: Classes = windows
        .into_iter()
        .filter(|(name, _)| !alike.contains_key(name))
        .collect();

    let mut stub = String::from(
        "# The named tuples, from the catalogue. Written by `cargo xtask generate`; do not edit.\n\n\
         import sys\n\
         from socket import AddressFamily, SocketKind\n\
         from typing import Any, NamedTuple\n\n\
         from ._enums import IOPriority, NicDuplex\n",
    );
    let mut names: Vec<&str> = alike.keys().copied().chain(["addr", "pconn", "sconn"]).collect();
    names.sort_unstable();
    stub.push_str(&format!("\n__all__ = [\n{}]\n", listed(names)));
    stub.push_str("\nif sys.platform == \"win32\":\n");
    stub.push_str(&indented(&format!(
        "__all__ += [\n{}]\n",
        listed(windows.keys().copied())
    )));
    stub.push_str("\nelse:\n");
    stub.push_str(&indented(&format!(
        "__all__ += [\n{}]\n",
        listed(elsewhere.keys().copied())
    )));
    stub.push_str(SOCKETS);
    stub.extend(alike.into_values());
    stub.push_str("\nif sys.platform == \"win32\":");
    stub.extend(windows.values().map(|class| indented(class)));
    stub.push_str("\nelse:");
    stub.extend(elsewhere.values().map(|class| indented(class)));
    stub
}

/// Classes by name, each with an empty line before it.
type Classes = BTreeMap<&'static str, String>;

/// The tuples of a system, but those of sockets, which are written by hand.
fn classes(on: Platforms) -> Classes {
    let mut classes = Classes::new();
    for shape in records(on) {
        let fields = shape.fields.iter().filter(|field| has_field(shape, field, on));
        let fields: Vec<&Field> = fields.collect();
        if shape.name != "sconn" {
            classes.insert(shape.name, class(shape.name, shape, &fields));
        }
        if shape.name == "pmmap_ext" {
            // Grouped by path, they have neither address nor permissions.
            let grouped = fields.get(2..).unwrap_or_default();
            classes.insert("pmmap_grouped", class("pmmap_grouped", shape, grouped));
        }
    }
    classes
}

/// The lines of a list of names.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let lines = names.into_iter().map(|name| format!("    \"{name}\",\n"));
    lines.collect()
}

/// The same lines in a block.
fn indented(lines: &str) -> String {
    let lines = lines.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    });
    lines.collect()
}

fn class(name: &str, shape: &Shape, fields: &[&Field]) -> String {
    let mut class = format!("\nclass {name}(NamedTuple):\n");
    for field in fields {
        class.push_str(&format!("    {}: {}\n", field.name, annotation(shape, field)));
    }
    class
}

fn annotation(shape: &Shape, field: &Field) -> String {
    let otherwise = OTHERWISE
        .iter()
        .find(|(tuple, name, _)| (*tuple, *name) == (shape.name, field.name));
    match (otherwise, field.ty) {
        (Some((_, _, written)), _) => (*written).to_owned(),
        (None, Type::Option(Type::U64 | Type::I64 | Type::F64)) => python(field.ty),
        (None, Type::Option(inner)) => format!("{} | None", python(*inner)),
        (None, ty) => python(ty),
    }
}

fn python(ty: Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::U64 | Type::I64 => "int".to_owned(),
        Type::F64 => "float".to_owned(),
        Type::Text => "str".to_owned(),
        Type::Option(inner) => python(*inner),
        Type::List(inner) => format!("list[{}]", python(*inner)),
        Type::Map(inner) => format!("dict[str, {}]", python(*inner)),
        Type::Record(shape) => shape.name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a checker sees of the stub on Windows, and elsewhere.
    fn parts() -> [String; 2] {
        let stub = stub();
        let (alike, own) = stub.rsplit_once("\nif sys.platform == \"win32\":\n").unwrap();
        let (windows, elsewhere) = own.split_once("\nelse:\n").unwrap();
        [windows, elsewhere].map(|own| format!("{alike}{}", own.replace("\n    ", "\n")))
    }

    #[test]
    fn tuples_have_the_fields_of_their_shapes_on_each_system() {
        let [windows, elsewhere] = parts();
        for stub in [&windows, &elsewhere] {
            assert!(stub.contains("class pctxsw(NamedTuple):\n    voluntary: int\n    involuntary: int\n\n"));
            assert!(
                stub.contains("    syscalls: int\n"),
                "also where it is not counted"
            );
            assert!(stub.contains("class pmmap_grouped(NamedTuple):\n    path: str\n"));
        }
        assert!(
            elsewhere.contains("    high: float | None\n"),
            "what may be absent"
        );
        assert!(!windows.contains("class shwtemp("), "a tuple of another system");
        assert!(!elsewhere.contains("peak_wset"), "a field of another system");
        assert!(windows.contains("    vms: int\n    num_page_faults: int\n    peak_wset: int\n"));
        assert!(!windows.contains("class pmem(NamedTuple):\n    rss: int\n    vms: int\n    shared"));
    }

    #[test]
    fn each_tuple_is_declared_once_and_listed() {
        for stub in parts() {
            let declared = stub.split("\nclass ").skip(1);
            for name in declared.map(|class| class.split('(').next().unwrap()) {
                assert_eq!(stub.matches(&format!("\nclass {name}(")).count(), 1, "{name}");
                assert!(stub.contains(&format!("    \"{name}\",\n")), "{name}");
            }
        }
    }

    #[test]
    fn each_exception_is_about_a_field_that_is_there() {
        for (tuple, name, written) in OTHERWISE {
            let there = parts().into_iter().any(|stub| {
                let class = stub.split(&format!("class {tuple}(NamedTuple):\n")).nth(1);
                let class = class.and_then(|class| class.split("\n\n").next());
                class.is_some_and(|class| class.contains(&format!("    {name}: {written}")))
            });
            assert!(there, "{tuple}.{name}");
        }
    }
}
