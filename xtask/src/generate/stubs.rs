//! `python/psoxide/_ntuples.pyi`: the types of the named tuples that the Python package answers with, from the shapes
//! of the catalogue. The rest of the package's types is written by hand in `__init__.pyi`, which imports these.

use psoxide::catalog::{has_field, records};
use psoxide::schema::{Field, Platforms, Shape, Type};

/// The system that the package is for at present.
const ON: Platforms = Platforms::LINUX;

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
    let mut shapes = records(ON);
    // That of sockets is written by hand.
    shapes.retain(|shape| shape.name != "sconn");

    let mut stub = String::from(
        "# The named tuples, from the catalogue. Written by `cargo xtask generate`; do not edit.\n\n\
         from socket import AddressFamily, SocketKind\n\
         from typing import Any, NamedTuple\n\n\
         from ._enums import IOPriority, NicDuplex\n",
    );
    let names = shapes.iter().map(|shape| shape.name);
    let mut names: Vec<&str> = names.chain(["addr", "pconn", "pmmap_grouped", "sconn"]).collect();
    names.sort_unstable();
    stub.push_str("\n__all__ = [\n");
    for name in names {
        stub.push_str(&format!("    \"{name}\",\n"));
    }
    stub.push_str("]\n");
    stub.push_str(SOCKETS);
    for shape in shapes {
        let fields = shape.fields.iter().filter(|field| has_field(shape, field, ON));
        let fields: Vec<&Field> = fields.collect();
        stub.push_str(&class(shape.name, shape, &fields));
        if shape.name == "pmmap_ext" {
            // Grouped by path, they have neither address nor permissions.
            stub.push_str(&class(
                "pmmap_grouped",
                shape,
                fields.get(2..).unwrap_or_default(),
            ));
        }
    }
    stub
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

    #[test]
    fn tuples_have_the_fields_of_their_shapes_on_this_system() {
        let stub = stub();
        assert!(stub.contains("class pctxsw(NamedTuple):\n    voluntary: int\n    involuntary: int\n\n"));
        assert!(stub.contains("    high: float | None\n"), "what may be absent");
        assert!(
            stub.contains("    syscalls: int\n"),
            "there although Linux does not count them"
        );
        assert!(!stub.contains("peak_wset"), "a field of another system");
        assert!(stub.contains("class pmmap_grouped(NamedTuple):\n    path: str\n"));
    }

    #[test]
    fn each_exception_is_about_a_field_that_is_there() {
        let stub = stub();
        for (tuple, name, written) in OTHERWISE {
            let class = stub
                .split(&format!("class {tuple}(NamedTuple):\n"))
                .nth(1)
                .unwrap();
            let class = class.split("\n\n").next().unwrap();
            assert!(
                class.contains(&format!("    {name}: {written}")),
                "{tuple}.{name}"
            );
        }
    }
}
