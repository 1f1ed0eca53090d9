//! The subcommands, a file each: its arguments, its rows, and its layout for people. Those that list or show something are
//! a [`Listing`](crate::listing::Listing).

pub(crate) mod battery;
pub(crate) mod bench;
pub(crate) mod completions;
pub(crate) mod cpu_distribution;
pub(crate) mod disk_usage;
pub(crate) mod fans;
pub(crate) mod free;
pub(crate) mod holders;
pub(crate) mod ifconfig;
pub(crate) mod iotop;
pub(crate) mod killall;
pub(crate) mod listed;
pub(crate) mod meminfo;
pub(crate) mod monitor;
pub(crate) mod netstat;
pub(crate) mod nettop;
pub(crate) mod pidof;
pub(crate) mod pmap;
pub(crate) mod procinfo;
pub(crate) mod procsmem;
pub(crate) mod ps;
pub(crate) mod pstree;
pub(crate) mod sensors;
pub(crate) mod temperatures;
pub(crate) mod top;
pub(crate) mod who;
pub(crate) mod winservices;

use psoxide::catalog;
use psoxide::schema::Value;
use psoxide::{Oneshot, Text};

use crate::answer::Gone;
use crate::keys::{self, Key};
use crate::machine::Machine;
use crate::output::object::Object;

/// The answers to the questions of these keys about the machine.
fn answers(machine: &Machine, keys: &[Key]) -> Object {
    let mut object = Object::default();
    for key in keys {
        if let Some(probe) = catalog::probe(key.base()) {
            let answer = (probe.get)(machine.root());
            object.push(key.name.clone(), answer.map(|value| taken(value, key)));
        }
    }
    object
}

/// The attributes of these keys of one process; `None` if it has ended.
fn attributes(machine: &Machine, visit: &Oneshot, keys: &[Key]) -> Option<Object> {
    object(machine, visit, keys).ok()
}

/// The same of a process by itself; the error is that it has ended.
pub(crate) fn object(machine: &Machine, process: &Oneshot, keys: &[Key]) -> Result<Object, Gone> {
    let mut object = Object::default();
    for key in keys {
        let Some(attr) = key.attribute else { continue };
        let answer = match machine.attribute(attr, process) {
            Some(Err(error)) if error.is_no_such_process() => return Err(Gone(error)),
            Some(answer) => answer,
            // Only two looks could tell it.
            None => Ok(Value::Null),
        };
        object.push(key.name.clone(), answer.map(|value| taken(value, key)));
    }
    Ok(object)
}

/// The part of the answer that the key means.
fn taken(answer: Value, key: &Key) -> Value {
    match key.rest() {
        None => answer,
        rest => keys::part(&answer, rest).clone(),
    }
}

/// The command line as one text; the name where there is none.
pub(crate) fn command_line(arguments: Option<Vec<Text>>, name: Option<Text>) -> String {
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
