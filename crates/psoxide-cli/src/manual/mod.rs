//! The manual: the pages of `docs/` and of man(1), from the command line's own definitions and the catalogue. What a command
//! is, and its examples, stand in [`crate::cli`].

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use psoxide::schema::{Platforms, Type, Unit};

use crate::cli::Cli;
use crate::commands;
use crate::failure::Failure;
use crate::keys::{Key, known};
use crate::listing::Listing;
use crate::output::Screen;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Manual {
    /// Write manual pages into this directory, which must exist; without it, the manual as Markdown to standard output
    directory: Option<PathBuf>,
}

impl Manual {
    pub(crate) fn run(&self, screen: &mut Screen) -> Result<(), Failure> {
        match &self.directory {
            Some(directory) => write_pages(directory),
            None => Ok(screen.out().write_all(markdown().as_bytes())?),
        }
    }
}

/// A page for the command and for each of its subcommands.
fn write_pages(directory: &Path) -> Result<(), Failure> {
    clap_mangen::generate_to(Cli::command(), directory).map_err(|error| {
        let place = directory.display();
        Failure::Request(format!("{place}: {error}"))
    })
}

/// The keys of what a subcommand writes, if it lists or shows something.
fn keys(command: &str) -> Option<Vec<Key>> {
    Some(match command {
        "api" => commands::bench::api::ApiBench::keys(),
        "battery" => commands::battery::Charge::keys(),
        "cpu-distribution" => commands::cpu_distribution::CpuDistribution::keys(),
        "disk-usage" => commands::disk_usage::DiskUsages::keys(),
        "fans" => commands::fans::Fans::keys(),
        "free" => commands::free::Free::keys(),
        "holders" => commands::holders::Holders::keys(),
        "ifconfig" => commands::ifconfig::Ifconfig::keys(),
        "iotop" => commands::iotop::Iotop::keys(),
        "meminfo" => commands::meminfo::Meminfo::keys(),
        "netstat" => commands::netstat::Netstat::keys(),
        "nettop" => commands::nettop::Nettop::keys(),
        "oneshot" => commands::bench::oneshot::OneshotBench::keys(),
        "pidof" => commands::pidof::Pidof::keys(),
        "pmap" => commands::pmap::Pmap::keys(),
        "procinfo" => commands::procinfo::Procinfo::keys(),
        "procsmem" => commands::procsmem::Procsmem::keys(),
        "ps" => commands::ps::Ps::keys(),
        "pstree" => commands::pstree::Pstree::keys(),
        "sensors" => commands::sensors::Sensors::keys(),
        "temperatures" => commands::temperatures::Temperatures::keys(),
        "top" => commands::top::Top::keys(),
        "who" => commands::who::Who::keys(),
        "winservices" => commands::winservices::Winservices::keys(),
        _ => return None,
    })
}

/// The whole manual.
fn markdown() -> String {
    let mut page = String::from(include_str!("formats.md"));
    let mut command = Cli::command().bin_name("psoxide");
    command.build();
    add_help(&mut page, &mut command.clone());
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        add_command(&mut page, subcommand, "psoxide");
    }
    page
}

fn add_command(page: &mut String, command: &Command, parent: &str) {
    let name = command.get_name();
    if name == "help" {
        return;
    }
    page.push_str(&format!("\n## {parent} {name}\n\n"));
    add_help(page, &mut command.clone());
    if let Some(keys) = keys(name) {
        page.push_str(&format!("\n<!-- {name} -->\n"));
        add_table(page, &keys);
        page.push_str("<!-- end -->\n");
    }
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        add_command(page, subcommand, &format!("{parent} {name}"));
    }
}

fn add_help(page: &mut String, command: &mut Command) {
    let help = command.render_help().to_string();
    page.push_str("```text\n");
    for line in help.trim_end().lines() {
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page.push_str("```\n");
}

fn add_table(page: &mut String, keys: &[Key]) {
    page.push_str("| Key | Type | Unit | Systems | Meaning |\n|---|---|---|---|---|\n");
    for key in keys {
        add_rows(page, &key.name, key.ty, key.unit, key.on, key.doc);
    }
    page.push_str("| `errors` | object |  | all | Why answers are missing. |\n");
    page.push_str("| `errors{}` | string |  | all | Why the answer of this key is null. |\n");
}

fn add_rows(page: &mut String, key: &str, ty: Type, unit: Unit, on: Platforms, doc: &str) {
    let number = matches!(known(ty), Type::U64 | Type::I64 | Type::F64);
    let unit_name = if number { unit_name(unit) } else { "" };
    let systems = if on == Platforms::ALL {
        String::from("all")
    } else {
        on.to_string()
    };
    let (ty_name, doc) = (type_name(ty), doc.replace('|', "\\|"));
    // Writing into a String cannot fail.
    let _ = writeln!(page, "| `{key}` | {ty_name} | {unit_name} | {systems} | {doc} |");
    match known(ty) {
        Type::List(item) => add_rows(page, &format!("{key}[]"), *item, unit, on, "Each of them."),
        Type::Map(item) => {
            let key = format!("{key}{{}}");
            add_rows(page, &key, *item, unit, on, "Each of them, by its name.");
        }
        Type::Record(shape) => {
            for field in shape.fields {
                let key = format!("{key}.{}", field.name);
                add_rows(page, &key, field.ty, field.unit, field.on, field.doc);
            }
        }
        _ => {}
    }
}

fn type_name(ty: Type) -> String {
    let word = match known(ty) {
        Type::Bool => "boolean",
        Type::U64 | Type::I64 => "integer",
        Type::F64 => "number",
        Type::Text => "string",
        Type::List(_) => "array",
        // An option of an option is one of its inner type.
        Type::Map(_) | Type::Record(_) | Type::Option(_) => "object",
    };
    match ty {
        Type::Option(_) => format!("{word} or null"),
        _ => String::from(word),
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::None => "",
        Unit::Count => "count",
        Unit::Bytes => "bytes",
        Unit::Seconds => "seconds",
        Unit::Milliseconds => "milliseconds",
        Unit::Timestamp => "seconds since 1970",
        Unit::Percent => "percent",
        Unit::Megahertz => "megahertz",
        Unit::MegabitsPerSecond => "megabits per second",
        Unit::BytesPerSecond => "bytes per second",
        Unit::PerSecond => "per second",
        Unit::Celsius => "degrees Celsius",
        Unit::Rpm => "revolutions per minute",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_takes_a_format_has_its_keys_told() {
        let command = Cli::command();
        let inner = command
            .get_subcommands()
            .flat_map(|command| command.get_subcommands());
        for command in command.get_subcommands().chain(inner) {
            let name = command.get_name();
            let takes = command
                .get_arguments()
                .any(|argument| argument.get_id() == "jsonl");
            assert_eq!(takes, keys(name).is_some(), "{name}");
        }
    }
}
