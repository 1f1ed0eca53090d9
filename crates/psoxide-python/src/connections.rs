//! Sockets and the enumerations of their tuples. The members come from the Python module `_enums`, which knows
//! Python's own `socket` module; it is imported when the first of them is needed.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};

use psoxide::model::net::{AddressFamily, Connection, ConnectionStatus, SocketAddress, SocketType};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple, PyType};

use crate::records::{class, instance};
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

/// The class of the sockets of all processes, each with the one that owns it.
pub(crate) const SYSTEM_WIDE: &str = "sconn";
/// The class of the sockets of one process.
pub(crate) const OF_PROCESS: &str = "pconn";

/// The tuples of sockets of the class `name`, as a list without repetitions: a table that changes while it is told may repeat
/// one, and sockets that nobody owns may be alike in all that is told.
pub(crate) fn list<'py>(
    py: Python<'py>,
    found: &[Connection],
    name: &'static str,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    let mut tuples = Tuples::new(py, name)?;
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
            list.append(tuples.of(socket)?)?;
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

/// So many addresses are known at most.
const ADDRESSES: usize = 64;

/// Makes the tuples of sockets, of which there may be thousands: what they have in common is made once.
struct Tuples<'py> {
    py: Python<'py>,
    socket: Bound<'py, PyType>,
    end: Bound<'py, PyType>,
    /// Whether the process that owns the socket is a member.
    owned: bool,
    families: Vec<(AddressFamily, Bound<'py, PyAny>)>,
    types: Vec<(SocketType, Bound<'py, PyAny>)>,
    /// Addresses as texts, each where its bits say.
    addresses: [Option<(IpAddr, Bound<'py, PyAny>)>; ADDRESSES],
}

impl<'py> Tuples<'py> {
    fn new(py: Python<'py>, name: &'static str) -> PyResult<Tuples<'py>> {
        Ok(Tuples {
            py,
            socket: class(py, name)?,
            end: class(py, "addr")?,
            owned: name == SYSTEM_WIDE,
            families: Vec::new(),
            types: Vec::new(),
            addresses: [const { None }; ADDRESSES],
        })
    }

    fn of(&mut self, socket: &Connection) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let of_family = once(&mut self.families, socket.family, || family(py, socket.family))?;
        let of_type = once(&mut self.types, socket.socket_type, || {
            socket_type(py, socket.socket_type)
        })?;
        let members = [
            socket.fd.unwrap_or(-1).into_pyobject(py)?.into_any(),
            of_family,
            of_type,
            self.end(socket.family, socket.laddr.as_ref())?,
            self.end(socket.family, socket.raddr.as_ref())?,
            status(py, socket.status).into_any(),
        ];
        if !self.owned {
            return instance(&self.socket, members);
        }
        let owner = match socket.pid {
            Some(pid) => pid.into_pyobject(py)?.into_any(),
            None => py.None().into_bound(py),
        };
        let [fd, family, kind, local, remote, status] = members;
        instance(&self.socket, [fd, family, kind, local, remote, status, owner])
    }

    fn end(&mut self, family: AddressFamily, end: Option<&SocketAddress>) -> PyResult<Bound<'py, PyAny>> {
        match end {
            Some(SocketAddress::Path(path)) => text(self.py, path),
            Some(SocketAddress::Inet { ip, port }) => {
                let ip = self.address(*ip)?;
                instance(&self.end, [ip, port.into_pyobject(self.py)?.into_any()])
            }
            None if family == AddressFamily::Unix => text(self.py, b""),
            _ => Ok(PyTuple::empty(self.py).into_any()),
        }
    }

    fn address(&mut self, ip: IpAddr) -> PyResult<Bound<'py, PyAny>> {
        let bits = match ip {
            IpAddr::V4(ip) => ip.to_bits(),
            IpAddr::V6(ip) => ip
                .segments()
                .iter()
                .fold(0, |bits: u32, part| bits.rotate_left(5) ^ u32::from(*part)),
        };
        let place = &mut self.addresses[bits as usize % ADDRESSES];
        match place {
            Some((known, text)) if *known == ip => Ok(text.clone()),
            _ => {
                let text = text(self.py, ip.to_string().as_bytes())?;
                *place = Some((ip, text.clone()));
                Ok(text)
            }
        }
    }
}

/// What is known of `key`; made first if nothing is.
fn once<'py, K: PartialEq>(
    known: &mut Vec<(K, Bound<'py, PyAny>)>,
    key: K,
    make: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some((_, made)) = known.iter().find(|(known, _)| *known == key) {
        return Ok(made.clone());
    }
    let made = make()?;
    known.push((key, made.clone()));
    Ok(made)
}

/// The word for the state of a connection: each is made once.
fn status(py: Python<'_>, status: ConnectionStatus) -> Bound<'_, PyString> {
    const LAST: usize = ConnectionStatus::Bound as usize;
    static WORDS: [PyOnceLock<Py<PyString>>; LAST + 1] = [const { PyOnceLock::new() }; LAST + 1];
    let made = || PyString::new(py, status.as_str()).unbind();
    WORDS[status as usize].get_or_init(py, made).bind(py).clone()
}
