//! What a table does with an answer about a process: a value is shown, a refusal is an empty cell, and a process that
//! has ended is no row.

use psoxide::{Error, Result};

/// The process has ended, as this error says: it has no place in a table.
#[derive(Debug)]
pub(crate) struct Gone(pub(crate) Error);

/// The answer; `None` where it is denied or not known.
pub(crate) fn known<T>(answer: Result<T>) -> std::result::Result<Option<T>, Gone> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_no_such_process() => Err(Gone(error)),
        Err(_) => Ok(None),
    }
}
