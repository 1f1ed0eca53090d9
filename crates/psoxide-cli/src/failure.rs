//! Why a command ended without doing what it was asked: an answer that the library refused, output that could not be
//! written, or a request that makes no sense here.

use std::{fmt, io};

use crate::answer::Gone;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The library could not answer.
    Answer(psoxide::Error),
    /// Standard output could not be written.
    Output(io::Error),
    /// So many parts of the answer are missing; the answer itself says why.
    Incomplete(usize),
    /// A request that cannot be met; says what was expected.
    Request(String),
    /// A command line that names something that is not there to be named.
    Usage(String),
    /// A command that was run ended with this status; 0 is success all the same.
    Exit(u8),
    /// Nothing is what was searched for. That is no error, but a status of its own.
    NothingFound,
}

impl Failure {
    /// The exit status: 2 for a command line that makes no sense, 1 for whatever else is not 0.
    pub(crate) fn status(&self) -> u8 {
        match self {
            failure if failure.is_closed_pipe() => 0,
            Failure::Usage(_) => 2,
            Failure::Exit(status) => *status,
            _ => 1,
        }
    }

    /// Whether the exit status says it all.
    pub(crate) fn is_silent(&self) -> bool {
        self.is_closed_pipe() || matches!(self, Failure::NothingFound | Failure::Exit(_))
    }

    /// Whether it is only that the reader of the output has gone.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Answer(error) => error.fmt(formatter),
            Failure::Output(error) => write!(formatter, "standard output: {error}"),
            Failure::Incomplete(count) => write!(formatter, "{count} answers are missing; `errors` says why"),
            Failure::Request(message) | Failure::Usage(message) => formatter.write_str(message),
            Failure::Exit(status) => write!(formatter, "the command ended with status {status}"),
            Failure::NothingFound => formatter.write_str("nothing was found"),
        }
    }
}

impl From<psoxide::Error> for Failure {
    fn from(error: psoxide::Error) -> Self {
        Failure::Answer(error)
    }
}

impl From<Gone> for Failure {
    fn from(gone: Gone) -> Self {
        Failure::Answer(gone.0)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

impl From<serde_json::Error> for Failure {
    /// Values are always serialisable, so this can only be the output.
    fn from(error: serde_json::Error) -> Self {
        Failure::Output(error.into())
    }
}
