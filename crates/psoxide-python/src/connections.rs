//! Sockets and the enumerations of their tuples. The members come from the Python module `_enums`, which knows
//! Python's own `socket` module; it is imported when the first of them is needed.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

use psoxide::model::net::{AddressFamily, Connection, ConnectionStatus, SocketAddress, SocketType};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::records::named;
use crate::value::text;

/// The member `word` of the table `table` in the Python module `_enums`.
pub(crate) fn constant<'py>(
    py: Python<'py>,
    table: &'static str,
    word: &'static str,
) -> PyResult<Bound<'py, PyAny>> {
    // There are some twenty in all; the tables of the module do not change.
    static KNOWN: RwLock<Vec<(&'static str, &'static str, Py<PyAny>)>> = RwLock::new(Vec::new());
    {
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        // A text has few addresses; it is looked for by its address, which is quicker to compare.
        let same = |entry: &&(&'static str, &'static str, Py<PyAny>)| {
            std::ptr::eq(entry.1, word) && std::ptr::eq(entry.0, table)
        };
        if let Some((.., member)) = known.iter().find(same) {
            return Ok(member.bind(py).clone());
        }
    }
    // Python code runs here: no lock is held meanwhile.
    let member = enums(py)?.getattr(table)?.get_item(word)?;
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.push((table, word, member.clone().unbind()));
    Ok(member)
}

fn enums(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MODULE
        .get_or_try_init(py, || Ok(py.import("psoxide._enums")?.into_any().unbind()))
        .map(|module| module.bind(py))
}

/// The member of `socket.AddressFamily`.
pub(crate) fn family(py: Python<'_>, family: AddressFamily) -> PyResult<Bound<'_, PyAny>> {
    match family {
        AddressFamily::Other(number) => enums(py)?.getattr("family")?.call1((number,)),
        family => constant(py, "FAMILIES", family.as_str()),
    }
}

fn socket_type(py: Python<'_>, socket_type: SocketType) -> PyResult<Bound<'_, PyAny>> {
    match socket_type {
        SocketType::Other(number) => enums(py)?.getattr("socket_type")?.call1((number,)),
        socket_type => constant(py, "TYPES", socket_type.as_str()),
    }
}

/// The tuple of a socket as the system-wide call has it.
pub(crate) fn system_wide<'py>(py: Python<'py>, connection: &Connection) -> PyResult<Bound<'py, PyAny>> {
    let mut members = members(py, connection)?;
    members.push(match connection.pid {
        Some(pid) => pid.into_pyobject(py)?.into_any(),
        None => py.None().into_bound(py),
    });
    named(py, "sconn", members)
}

/// The tuple of a socket of one process.
pub(crate) fn of_process<'py>(py: Python<'py>, connection: &Connection) -> PyResult<Bound<'py, PyAny>> {
    named(py, "pconn", members(py, connection)?)
}

/// The tuples of sockets, as a list without repetitions: a table that changes while it is told may repeat one, and sockets that
/// nobody owns may be alike in all that is told.
pub(crate) fn list<'py>(
    py: Python<'py>,
    found: &[Connection],
    tuple: fn(Python<'py>, &Connection) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    let mut seen = HashSet::new();
    // Nearly each has a descriptor that no other has: a few bytes, by which most are known to be new.
    let mut first = HashMap::with_capacity(found.len());
    for socket in found {
        let owner = socket.pid.zip(socket.fd);
        let is_new = match owner.map(|owner| *first.entry(owner).or_insert(socket)) {
            Some(known) if std::ptr::eq(known, socket) => true,
            Some(known) if known == socket => false,
            _ => seen.insert(whole(socket)),
        };
        if is_new {
            list.append(tuple(py, socket)?)?;
        }
    }
    Ok(list)
}

/// All that is told of a socket.
fn whole(socket: &Connection) -> impl Eq + Hash {
    let ends = (socket.laddr.as_ref(), socket.raddr.as_ref());
    (
        socket.pid,
        socket.fd,
        socket.family,
        socket.socket_type,
        ends,
        socket.status,
    )
}

fn members<'py>(py: Python<'py>, connection: &Connection) -> PyResult<Vec<Bound<'py, PyAny>>> {
    Ok(vec![
        connection.fd.unwrap_or(-1).into_pyobject(py)?.into_any(),
        family(py, connection.family)?,
        socket_type(py, connection.socket_type)?,
        end(py, connection.family, connection.laddr.as_ref())?,
        end(py, connection.family, connection.raddr.as_ref())?,
        status(py, connection.status).into_any(),
    ])
}

/// The word for the state of a connection: each is made once.
fn status(py: Python<'_>, status: ConnectionStatus) -> Bound<'_, PyString> {
    const LAST: usize = ConnectionStatus::Bound as usize;
    static WORDS: [PyOnceLock<Py<PyString>>; LAST + 1] = [const { PyOnceLock::new() }; LAST + 1];
    let made = || PyString::new(py, status.as_str()).unbind();
    WORDS[status as usize].get_or_init(py, made).bind(py).clone()
}

fn end<'py>(
    py: Python<'py>,
    family: AddressFamily,
    end: Option<&SocketAddress>,
) -> PyResult<Bound<'py, PyAny>> {
    match end {
        Some(SocketAddress::Path(path)) => text(py, path),
        Some(SocketAddress::Inet { ip, port }) => {
            let ip = text(py, ip.to_string().as_bytes())?;
            named(py, "addr", vec![ip, port.into_pyobject(py)?.into_any()])
        }
        None if family == AddressFamily::Unix => text(py, b""),
        _ => Ok(PyTuple::empty(py).into_any()),
    }
}
