//! `psoxide ifconfig`: each network interface with its state, its counters and its addresses.
//!
//! psutil's script writes a speed that is not known as 0; here that is `?`.

use psoxide::Text;
use psoxide::format::bytes;
use psoxide::model::net::{AddressFamily, InterfaceAddr, InterfaceStats, NetIo};

use crate::commands::write_answers;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::Screen;

/// A paragraph an interface.
pub(crate) fn text(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    let addresses = machine.root().net_if_addrs()?;
    let stats = machine.root().net_if_stats()?;
    let counters = machine.root().net_io_counters_per_nic()?;
    for (nic, addresses) in &addresses {
        screen.line(&format!("{nic}:"))?;
        if let Some(stats) = of(nic, &stats) {
            write_stats(screen, stats)?;
        }
        if let Some(io) = of(nic, &counters) {
            write_counters(screen, io)?;
        }
        for address in addresses {
            write_address(screen, address)?;
        }
        screen.line("")?;
    }
    Ok(())
}

/// `net_if_stats`, `net_io_counters` and `net_if_addrs`.
pub(crate) fn json(machine: &Machine, screen: &mut Screen) -> Result<(), Failure> {
    write_answers(
        machine,
        screen,
        &["net_if_stats", "net_io_counters", "net_if_addrs"],
    )
}

/// What is told of this interface; an interface may come or go between two questions.
fn of<'a, T>(nic: &Text, answers: &'a [(Text, T)]) -> Option<&'a T> {
    answers
        .iter()
        .find(|(name, _)| name == nic)
        .map(|(_, answer)| answer)
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
