//! `docs/attributes.md`: every attribute of a process and every question about the machine, and the fields of the
//! records that they are answered with.

use psoxide::catalog::{ATTRS, Cost, Group, PROBES};
use psoxide::schema::{Kind, Platforms, Shape, Type, Unit};

use super::{head, row};

/// The page's text.
pub(super) fn page() -> String {
    let mut page = String::from(
        "# Attributes\n\n\
         Everything that psoxide can be asked, from the catalogue (`psoxide::catalog`). Written by `cargo xtask generate`; \
         do not edit.\n\n\
         Cost: *cheap* is told by the sources that a visit reads anyway, *call* is a call or file of its own, *slow* walks \
         many files, descriptors or pages. A type in brackets is a list, `name: type` a map, and `?` marks what the \
         kernel may not tell.\n\n",
    );
    let mut shapes = Vec::new();

    page.push_str("## Of a process\n");
    for group in groups(ATTRS.iter().map(|attr| attr.group)) {
        page.push_str(&format!("\n### {group:?}\n\n"));
        page.push_str(&head(&["attribute", "what it tells", "type", "cost", "systems"]));
        for attr in ATTRS.iter().filter(|attr| attr.group == group) {
            collect(&attr.ty, &mut shapes);
            let cost = match attr.get {
                Some(_) => cost(attr.cost),
                None => "two samples",
            };
            let ty = written(&attr.ty, "name");
            page.push_str(&row(&[&code(attr.name), attr.doc, &ty, cost, &systems(attr.on)]));
        }
    }

    page.push_str("\n## Of the machine\n");
    for group in groups(PROBES.iter().map(|probe| probe.group)) {
        page.push_str(&format!("\n### {group:?} (machine)\n\n"));
        page.push_str(&head(&["question", "what it tells", "type", "cost", "systems"]));
        for probe in PROBES.iter().filter(|probe| probe.group == group) {
            collect(&probe.ty, &mut shapes);
            let ty = written(&probe.ty, probe.key.unwrap_or("name"));
            page.push_str(&row(&[
                &code(probe.name),
                probe.doc,
                &ty,
                cost(probe.cost),
                &systems(probe.on),
            ]));
        }
    }

    shapes.sort_by_key(|shape| shape.name);
    page.push_str("\n## Records\n");
    for shape in shapes {
        page.push_str(&format!("\n### {}\n\n{}\n\n", shape.name, one_line(shape.doc)));
        page.push_str(&head(&[
            "field",
            "what it tells",
            "type",
            "unit",
            "kind",
            "systems",
        ]));
        for field in shape.fields {
            page.push_str(&row(&[
                &code(field.name),
                &one_line(field.doc),
                &written(&field.ty, "name"),
                unit(field.unit),
                kind(field.kind),
                &systems(field.on),
            ]));
        }
    }
    page
}

/// The groups that occur, in the order of their declaration.
fn groups(of: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut groups: Vec<Group> = of.collect();
    groups.sort();
    groups.dedup();
    groups
}

/// Adds the records that a type is made of, each once.
fn collect(ty: &Type, shapes: &mut Vec<&'static Shape>) {
    match ty {
        Type::Option(inner) | Type::List(inner) | Type::Map(inner) => collect(inner, shapes),
        Type::Record(shape) if !shapes.iter().any(|known| known.name == shape.name) => {
            shapes.push(shape);
            for field in shape.fields {
                collect(&field.ty, shapes);
            }
        }
        _ => {}
    }
}

fn written(ty: &Type, key: &str) -> String {
    match ty {
        Type::Bool => "flag".into(),
        Type::U64 => "count".into(),
        Type::I64 => "integer".into(),
        Type::F64 => "number".into(),
        Type::Text => "text".into(),
        Type::Option(inner) => format!("{}?", written(inner, key)),
        Type::List(inner) => format!("[{}]", written(inner, key)),
        Type::Map(inner) => format!("{key}: {}", written(inner, "name")),
        Type::Record(shape) => format!("[{0}](#{0})", shape.name),
    }
}

/// The systems of a set; all but a few are told by those few.
pub(super) fn systems(on: Platforms) -> String {
    let missing: Vec<&str> = Platforms::EACH
        .iter()
        .filter(|(platform, _)| !on.contains(*platform))
        .map(|(_, name)| *name)
        .collect();
    match missing.as_slice() {
        [] => "all".into(),
        [one] => format!("all but {one}"),
        [one, two] => format!("all but {one}, {two}"),
        _ => on.to_string(),
    }
}

fn cost(cost: Cost) -> &'static str {
    match cost {
        Cost::Cheap => "cheap",
        Cost::Call => "call",
        Cost::Slow => "slow",
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::None => "–",
        Unit::Count => "count",
        Unit::Bytes => "bytes",
        Unit::Seconds => "seconds",
        Unit::Milliseconds => "milliseconds",
        Unit::Timestamp => "seconds since the epoch",
        Unit::Percent => "percent",
        Unit::Megahertz => "megahertz",
        Unit::MegabitsPerSecond => "megabits per second",
        Unit::BytesPerSecond => "bytes per second",
        Unit::PerSecond => "per second",
        Unit::Celsius => "degrees Celsius",
        Unit::Rpm => "revolutions per minute",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::Counter => "counter",
        Kind::Label => "label",
    }
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<&str>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_everything_of_the_catalogue() {
        let page = page();
        for name in ATTRS
            .iter()
            .map(|attr| attr.name)
            .chain(PROBES.iter().map(|probe| probe.name))
        {
            assert!(page.contains(&format!("| `{name}` |")), "{name}");
        }
        assert!(page.contains("\n### svmem\n") && page.contains("\n### addr\n"));
    }

    #[test]
    fn systems_are_told_briefly() {
        assert_eq!(systems(Platforms::ALL), "all");
        assert_eq!(systems(Platforms::POSIX), "all but Windows");
        assert_eq!(systems(Platforms::LINUX), "Linux");
    }
}
