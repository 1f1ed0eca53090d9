//! `psoxide netstat`: the internet sockets and the processes that hold them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use psoxide::Text;
use psoxide::model::Pid;
use psoxide::model::net::{
    AddressFamily, Connection, ConnectionKind, ConnectionStatus, SocketAddress, SocketType,
};
use psoxide::schema::Typed;

use crate::columns::NETSTAT;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, cut, table};
use crate::selection::{Search, process_number};

/// How much of a program's name is shown.
const NAME: usize = 15;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Netstat {
    /// Only sockets that wait for peers: listening TCP, and UDP without a peer
    #[arg(short, long)]
    listening: bool,

    /// Only sockets with one of these ports at either end; with --listening at their own
    #[arg(short = 'P', long, value_name = "PORT", value_delimiter = ',')]
    port: Vec<u16>,

    /// Only sockets of these processes
    #[arg(short, long, value_name = "PID", value_delimiter = ',', value_parser = process_number)]
    pid: Vec<Pid>,

    /// Which sockets: inet, inet4, inet6, tcp, tcp4, tcp6, udp, udp4, udp6, unix or all
    #[arg(short, long, value_name = "KIND", default_value = "inet")]
    kind: ConnectionKind,

    #[command(flatten)]
    search: Search,
}

/// A socket, and what the process that holds it is called.
pub(crate) struct Socket {
    connection: Connection,
    name: Option<Text>,
}

impl Listing for Netstat {
    type Row = Socket;

    fn keys() -> Vec<Key> {
        let mut keys = keys::of_record(&Connection::SHAPE);
        keys.push(Key::new(
            "name",
            <Option<Text>>::TYPE,
            "The name of the process that holds it.",
        ));
        keys
    }

    /// By protocol and addresses.
    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Socket>, Failure> {
        let mut connections = machine.root().net_connections(self.kind)?;
        connections.retain(|connection| self.wants(connection));
        connections.sort_by_cached_key(|socket| (protocol(socket), end(&socket.laddr), end(&socket.raddr)));
        let mut names: BTreeMap<Pid, Option<Text>> = BTreeMap::new();
        let sockets = connections.into_iter().map(|connection| {
            let name = connection.pid.and_then(|pid| {
                let name = names.entry(pid).or_insert_with(|| machine.process_name(pid));
                name.clone()
            });
            Socket { connection, name }
        });
        Ok(sockets.collect())
    }

    fn object(&self, _machine: &Machine, socket: &Socket, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push_fields(socket.connection.value());
        object.push("name", Ok(socket.name.value()));
        Some(narrowed(object, keys))
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, sockets: Vec<Socket>) -> Result<(), Failure> {
        screen.header(&table::header(&NETSTAT))?;
        for socket in &sockets {
            screen.line(&row(&socket.connection, socket.name.as_ref()))?;
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }

    fn narrows(&self) -> bool {
        self.listening || !self.port.is_empty() || !self.pid.is_empty() || self.search.narrows()
    }
}

impl Netstat {
    fn wants(&self, connection: &Connection) -> bool {
        let listens = match connection.socket_type {
            SocketType::Stream => connection.status == ConnectionStatus::Listen,
            _ => connection.raddr.is_none(),
        };
        let has_port = |address: &Option<SocketAddress>| match address {
            Some(SocketAddress::Inet { port, .. }) => self.port.contains(port),
            _ => false,
        };
        let at_port = has_port(&connection.laddr) || !self.listening && has_port(&connection.raddr);
        let of_process = connection.pid.is_some_and(|pid| self.pid.contains(&pid));
        (listens || !self.listening)
            && (at_port || self.port.is_empty())
            && (of_process || self.pid.is_empty())
    }
}

fn row(socket: &Connection, name: Option<&Text>) -> String {
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
