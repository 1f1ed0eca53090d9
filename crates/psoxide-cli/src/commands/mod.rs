//! The subcommands, a file each: `text` is for people, `json` for programs.

pub(crate) mod free;
pub(crate) mod procinfo;
pub(crate) mod procsmem;
pub(crate) mod ps;

use psoxide::catalog::Attr;
use psoxide::schema::Value;
use psoxide::{Oneshot, Text};

use crate::answer::Gone;
use crate::machine::Machine;
use crate::output::json::Object;

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
