//! The subcommands, a file each: `text` is for people, `json` for programs.

pub(crate) mod battery;
pub(crate) mod disk_usage;
pub(crate) mod fans;
pub(crate) mod free;
pub(crate) mod ifconfig;
pub(crate) mod meminfo;
pub(crate) mod netstat;
pub(crate) mod pidof;
pub(crate) mod pmap;
pub(crate) mod procinfo;
pub(crate) mod procsmem;
pub(crate) mod ps;
pub(crate) mod pstree;
pub(crate) mod sensors;
pub(crate) mod temperatures;
pub(crate) mod who;

use psoxide::catalog::{self, Attr, PLATFORM};
use psoxide::schema::Value;
use psoxide::{Oneshot, Text};

use crate::answer::Gone;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::json::Object;
use crate::output::{Screen, json};

/// Writes the answers to these questions as one object. What this system never answers is left out, unless there is
/// nothing else.
fn write_answers(machine: &Machine, screen: &mut Screen, questions: &[&str]) -> Result<(), Failure> {
    let probes = || questions.iter().filter_map(|name| catalog::probe(name));
    let here = |on: psoxide::schema::Platforms| on.contains(PLATFORM);
    let any = probes().any(|probe| here(probe.on));
    let mut object = Object::default();
    for probe in probes().filter(|probe| here(probe.on) || !any) {
        object.push(probe.name, (probe.get)(machine.root()));
    }
    write_whole(screen, &object)
}

/// Writes one object; that answers are missing from it is a failure.
fn write_whole(screen: &mut Screen, object: &Object) -> Result<(), Failure> {
    json::write_object(screen, object)?;
    match object.missing() {
        0 => Ok(()),
        missing => Err(Failure::Incomplete(missing)),
    }
}

/// The attributes of one process as an object.
fn object(machine: &Machine, attributes: &[&'static Attr], process: &Oneshot) -> Result<Object, Gone> {
    let mut object = Object::default();
    for attr in attributes {
        let answer = match machine.attribute(attr, process) {
            Some(Err(error)) if error.is_no_such_process() => return Err(Gone(error)),
            Some(answer) => answer,
            // Only two looks could tell it.
            None => Ok(Value::Null),
        };
        object.push(attr.name, answer);
    }
    Ok(object)
}

/// The command line as one text; the name where there is none.
fn command_line(arguments: Option<Vec<Text>>, name: Option<Text>) -> String {
    let line = joined(&arguments.unwrap_or_default());
    if line.is_empty() {
        name.map(|name| name.to_string()).unwrap_or_default()
    } else {
        line
    }
}

/// Arguments with a blank between each two.
fn joined(arguments: &[Text]) -> String {
    let mut line = String::new();
    for argument in arguments {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&argument.to_string_lossy());
    }
    line
}
