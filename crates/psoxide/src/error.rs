//! The library's one error: a kind, what was being read or called, and for which process.

use std::borrow::Cow;
use std::sync::Arc;
use std::{fmt, io};

use psoxide_core::DecodeError;
use psoxide_core::model::Pid;

/// The result of every call of this library.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a question was not answered.
///
/// One word wide. [`Error::kind`] and the `is_` methods tell what to do about it; `Display` names what was being
/// read.
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    pid: Option<Pid>,
    what: Cow<'static, str>,
    source: Source,
}

enum Source {
    None,
    Io(io::Error),
    Decode(DecodeError),
}

// For an error that was told already and is to name another process.
impl Clone for Inner {
    fn clone(&self) -> Inner {
        let source = match &self.source {
            Source::None => Source::None,
            Source::Io(error) => Source::Io(match error.raw_os_error() {
                Some(errno) => io::Error::from_raw_os_error(errno),
                None => io::Error::new(error.kind(), error.to_string()),
            }),
            Source::Decode(error) => Source::Decode(error.clone()),
        };
        Inner {
            kind: self.kind,
            pid: self.pid,
            what: self.what.clone(),
            source,
        }
    }
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such process, or it has ended, or its number now belongs to another.
    NoSuchProcess,
    /// The process has ended but was not yet waited for, and this can no longer be told.
    ZombieProcess,
    /// The kernel denies it to this user.
    AccessDenied,
    /// The time allowed is over.
    Timeout,
    /// This system has no such thing.
    Unsupported,
    /// This can be told of the running system only, and the [`Root`](crate::Root) is another.
    ForeignRoot,
    /// An argument is not acceptable.
    InvalidInput,
    /// The kernel's bytes are not in the expected form.
    InvalidData,
    /// A file, device or service does not exist.
    NotFound,
    /// Another error of the operating system.
    Os,
}

impl ErrorKind {
    const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::NoSuchProcess => "no such process",
            ErrorKind::ZombieProcess => "process is a zombie",
            ErrorKind::AccessDenied => "access denied",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Unsupported => "not supported on this system",
            ErrorKind::ForeignRoot => "can be told of the running system only, not of another root",
            ErrorKind::InvalidInput => "invalid input",
            ErrorKind::InvalidData => "invalid data",
            ErrorKind::NotFound => "not found",
            ErrorKind::Os => "operating system error",
        }
    }
}

impl Error {
    /// An error without an underlying one; `what` names the call or path.
    pub(crate) fn new(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Error(Arc::new(Inner {
            kind,
            pid: None,
            what: what.into(),
            source: Source::None,
        }))
    }

    /// An error of the operating system while `what` was read or called.
    pub(crate) fn io(kind: ErrorKind, what: impl Into<Cow<'static, str>>, source: io::Error) -> Self {
        Error(Arc::new(Inner {
            kind,
            pid: None,
            what: what.into(),
            source: Source::Io(source),
        }))
    }

    /// Bytes of `what` that could not be decoded.
    pub(crate) fn decode(what: impl Into<Cow<'static, str>>, source: DecodeError) -> Self {
        let inner = Inner {
            kind: ErrorKind::InvalidData,
            pid: None,
            what: what.into(),
            source: Source::Decode(source),
        };
        Error(Arc::new(inner))
    }

    /// This system lacks the function.
    pub(crate) fn unsupported(function: &'static str) -> Self {
        Error::new(ErrorKind::Unsupported, function)
    }

    /// An argument that is not acceptable; `what` says which and what was expected.
    pub(crate) fn invalid(what: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::InvalidInput, what)
    }

    /// The number of the process that was meant is another's by now.
    pub(crate) fn reused(pid: Pid) -> Self {
        let what = "the process has ended and its number belongs to another";
        Error::new(ErrorKind::NoSuchProcess, what).of(pid)
    }

    /// The same error once more, for who keeps one and is asked for it several times.
    pub(crate) fn again(&self) -> Self {
        Error(Arc::clone(&self.0))
    }

    /// The same error, about this process.
    pub(crate) fn of(mut self, pid: Pid) -> Self {
        Arc::make_mut(&mut self.0).pid = Some(pid);
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The process that was asked about.
    pub fn pid(&self) -> Option<Pid> {
        self.0.pid
    }

    /// The file, call or argument at which it went wrong.
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// The operating system's error number, if it gave one.
    pub fn raw_os_error(&self) -> Option<i32> {
        match &self.0.source {
            Source::Io(error) => error.raw_os_error(),
            _ => None,
        }
    }

    /// Whether the process does not exist (any more).
    pub fn is_no_such_process(&self) -> bool {
        self.0.kind == ErrorKind::NoSuchProcess
    }

    /// Whether the process is a zombie.
    pub fn is_zombie_process(&self) -> bool {
        self.0.kind == ErrorKind::ZombieProcess
    }

    /// Whether the kernel denied it.
    pub fn is_access_denied(&self) -> bool {
        self.0.kind == ErrorKind::AccessDenied
    }

    /// Whether the time was over.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether this system has no such thing.
    pub fn is_unsupported(&self) -> bool {
        self.0.kind == ErrorKind::Unsupported
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.kind.as_str())?;
        if let Some(pid) = self.0.pid {
            write!(formatter, " (pid {pid})")?;
        }
        write!(formatter, ": {}", self.0.what)?;
        match &self.0.source {
            Source::None => Ok(()),
            Source::Io(error) => write!(formatter, ": {error}"),
            Source::Decode(error) => write!(formatter, ": {error}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({self})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Source::None => None,
            Source::Io(error) => Some(error),
            Source::Decode(error) => Some(error),
        }
    }
}
