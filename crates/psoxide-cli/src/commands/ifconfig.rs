//! `psoxide ifconfig`: each network interface with its state, its counters and its addresses.
//!
//! psutil's script writes a speed that is not known as 0; here that is `?`.

use psoxide::Text;
use psoxide::format::bytes;
use psoxide::model::net::{AddressFamily, InterfaceAddr, InterfaceStats, NetIo};
use psoxide::schema::Typed;

use crate::failure::Failure;
use crate::keys::Key;
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::selection::Search;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Ifconfig {
    #[command(flatten)]
    search: Search,
}

/// One interface. It may come or go between two questions.
pub(crate) struct Interface {
    nic: Text,
    stats: Option<InterfaceStats>,
    counters: Option<NetIo>,
    addresses: Vec<InterfaceAddr>,
}

impl Listing for Ifconfig {
    type Row = Interface;

    fn keys() -> Vec<Key> {
        vec![
            Key::new("nic", Text::TYPE, "The name of the interface."),
            Key::new("stats", <Option<InterfaceStats>>::TYPE, "Its state."),
            Key::new("io_counters", <Option<NetIo>>::TYPE, "What it sent and received."),
            Key::new("addresses", <Vec<InterfaceAddr>>::TYPE, "Its addresses."),
        ]
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Interface>, Failure> {
        let mut stats = machine.root().net_if_stats()?;
        let mut counters = machine.root().net_io_counters_per_nic()?;
        let mut interfaces: Vec<Interface> = Vec::new();
        for (nic, addresses) in machine.root().net_if_addrs()? {
            interfaces.push(Interface {
                stats: take(&nic, &mut stats),
                counters: take(&nic, &mut counters),
                nic,
                addresses,
            });
        }
        // Those that have no address.
        for (nic, stats) in stats {
            interfaces.push(Interface {
                counters: take(&nic, &mut counters),
                stats: Some(stats),
                nic,
                addresses: Vec::new(),
            });
        }
        Ok(interfaces)
    }

    fn object(&self, _machine: &Machine, interface: &Interface, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push("nic", Ok(interface.nic.value()));
        object.push("stats", Ok(interface.stats.value()));
        object.push("io_counters", Ok(interface.counters.value()));
        object.push("addresses", Ok(interface.addresses.value()));
        Some(narrowed(object, keys))
    }

    /// A paragraph an interface.
    fn text(
        &self,
        _machine: &Machine,
        screen: &mut Screen,
        interfaces: Vec<Interface>,
    ) -> Result<(), Failure> {
        for interface in &interfaces {
            screen.line(&format!("{}:", interface.nic))?;
            if let Some(stats) = &interface.stats {
                write_stats(screen, stats)?;
            }
            if let Some(io) = &interface.counters {
                write_counters(screen, io)?;
            }
            for address in &interface.addresses {
                write_address(screen, address)?;
            }
            screen.line("")?;
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
}

/// What is told of this interface.
fn take<T>(nic: &Text, answers: &mut Vec<(Text, T)>) -> Option<T> {
    let place = answers.iter().position(|(name, _)| name == nic)?;
    Some(answers.remove(place).1)
}

fn write_stats(screen: &mut Screen, stats: &InterfaceStats) -> Result<(), Failure> {
    let speed = stats
        .speed
        .map_or_else(|| String::from("?"), |speed| format!("{speed}MB"));
    let (duplex, mtu) = (stats.duplex, stats.mtu);
    let up = if stats.isup { "yes" } else { "no" };
    let facts = format!("speed={speed}, duplex={duplex}, mtu={mtu}, up={up}");
    Ok(screen.line(&format!("    {:<15}: {facts}", "stats"))?)
}

fn write_counters(screen: &mut Screen, io: &NetIo) -> Result<(), Failure> {
    let incoming = counters(io.bytes_recv, io.packets_recv, io.errin, io.dropin);
    screen.line(&format!("    {:<15}: {incoming}", "incoming"))?;
    let outgoing = counters(io.bytes_sent, io.packets_sent, io.errout, io.dropout);
    Ok(screen.line(&format!("    {:<15}: {outgoing}", "outgoing"))?)
}

fn counters(transferred: u64, packets: u64, errors: u64, drops: Option<u64>) -> String {
    let transferred = bytes(transferred);
    let drops = drops.map_or_else(|| String::from("?"), |drops| drops.to_string());
    format!("bytes={transferred}, pkts={packets}, errs={errors}, drops={drops}")
}

fn write_address(screen: &mut Screen, address: &InterfaceAddr) -> Result<(), Failure> {
    let family = match address.family {
        AddressFamily::Inet => "IPv4",
        AddressFamily::Inet6 => "IPv6",
        AddressFamily::Link => "MAC",
        other => other.as_str(),
    };
    screen.line(&format!("    {family:<4} address   : {}", address.address))?;
    if let Some(broadcast) = &address.broadcast {
        screen.line(&format!("         broadcast : {broadcast}"))?;
    }
    if let Some(netmask) = &address.netmask {
        screen.line(&format!("         netmask   : {netmask}"))?;
    }
    if let Some(other_end) = &address.ptp {
        screen.line(&format!("      p2p       : {other_end}"))?;
    }
    Ok(())
}
