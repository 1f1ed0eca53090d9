//! `psoxide netstat`: the internet sockets and the processes that hold them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use psoxide::Text;
use psoxide::model::Pid;
use psoxide::model::net::{AddressFamily, Connection, ConnectionKind, SocketAddress, SocketType};
use psoxide::schema::{Typed, Value};

use crate::columns::NETSTAT;
use crate::commands::write_whole;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::json::Object;
use crate::output::{Screen, cut, table};

/// How much of a program's name is shown.
const NAME: usize = 15;

/// What the processes are called.
type Names = BTreeMap<Pid, Option<Text>>;

/// The table, by protocol and addresses.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let (sockets, names) = sockets(machine)?;
    screen.line(&table::header(&NETSTAT))?;
    for socket in &sockets {
        screen.line(&row(socket, &names))?;
    }
    Ok(())
}

/// `net_connections`, and `names` of the processes by their numbers.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let mut object = Object::default();
    match sockets(machine) {
        Ok((sockets, names)) => {
            let names = names
                .iter()
                .map(|(pid, name)| (Text::from(pid.to_string()), name.value()));
            object.push("net_connections", Ok(sockets.value()));
            object.push("names", Ok(Value::Map(names.collect())));
        }
        Err(error) => {
            object.push("net_connections", Err(error));
            object.push("names", Ok(Value::Map(Vec::new())));
        }
    }
    write_whole(screen, &object)
}

fn sockets(machine: &Machine) -> psoxide::Result<(Vec<Connection>, Names)> {
    let mut sockets = machine.root().net_connections(ConnectionKind::Inet)?;
    sockets.sort_by_cached_key(|socket| (protocol(socket), end(&socket.laddr), end(&socket.raddr)));
    let mut names = Names::new();
    for pid in sockets.iter().filter_map(|socket| socket.pid) {
        names.entry(pid).or_insert_with(|| machine.process_name(pid));
    }
    Ok((sockets, names))
}

fn row(socket: &Connection, names: &Names) -> String {
    let name = socket.pid.and_then(|pid| names.get(&pid)?.as_ref());
    let name = name.map_or_else(|| String::from("?"), ToString::to_string);
    table::line(
        &NETSTAT,
        &[
            protocol(socket),
            &address(&socket.laddr),
            &address(&socket.raddr),
            socket.status.as_str(),
            &socket
                .pid
                .map_or_else(|| String::from("-"), |pid| pid.to_string()),
            cut(&name, NAME),
        ],
    )
}

fn protocol(socket: &Connection) -> &'static str {
    match (socket.socket_type, socket.family) {
        (SocketType::Stream, AddressFamily::Inet) => "tcp",
        (SocketType::Stream, AddressFamily::Inet6) => "tcp6",
        (SocketType::Datagram, AddressFamily::Inet) => "udp",
        (SocketType::Datagram, AddressFamily::Inet6) => "udp6",
        (other, _) => other.as_str(),
    }
}

fn address(end: &Option<SocketAddress>) -> String {
    end.as_ref()
        .map_or_else(|| String::from("-"), ToString::to_string)
}

/// What an end is sorted by: the address, then the port as a number.
fn end(end: &Option<SocketAddress>) -> Option<(IpAddr, u16)> {
    match end {
        Some(SocketAddress::Inet { ip, port }) => Some((*ip, *port)),
        _ => None,
    }
}
