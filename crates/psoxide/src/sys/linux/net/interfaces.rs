//! Addresses and state of the network interfaces, from the kernel's own tables.

use psoxide_core::Text;
use psoxide_core::decode::linux::ethtool;
use psoxide_core::decode::linux::rtnetlink::{
    Address, Link, NEW_ADDRESS, NEW_LINK, address_request, interface_addresses, link_request,
};
use psoxide_core::model::net::{Duplex, InterfaceAddr, InterfaceStats};
use rustix::io::Errno;

use super::ffi;
use super::netlink::Netlink;
use crate::error::Result;
use crate::root::Root;

const WHAT: &str = "netlink: route";

pub(crate) fn net_if_addrs(root: &Root) -> Result<Vec<(Text, Vec<InterfaceAddr>)>> {
    root.require_local("net_if_addrs")?;
    let mut netlink = Netlink::open(None, WHAT)?;
    let links = links(&mut netlink)?;
    let addresses = netlink.dump(NEW_ADDRESS, address_request, Address::parse)?;
    Ok(interface_addresses(&links, &addresses))
}

pub(crate) fn net_if_stats(root: &Root) -> Result<Vec<(Text, InterfaceStats)>> {
    root.require_local("net_if_stats")?;
    let mut netlink = Netlink::open(None, WHAT)?;
    let mut stats = Vec::new();
    for link in links(&mut netlink)? {
        let (speed, duplex) = match ffi::link_settings(netlink.socket(), &link.name) {
            Ok(settings) => {
                ethtool::link_settings(&settings).map_err(|error| crate::Error::decode(WHAT, error))?
            }
            // It went away since it was listed.
            Err(Errno::NODEV) => continue,
            // Most virtual interfaces have no such thing, and one whose driver fails must not hide the others.
            Err(_) => (None, Duplex::Unknown),
        };
        let flags = link.flag_names();
        let state = InterfaceStats::new(link.is_running(), duplex, speed, link.mtu, flags);
        stats.push((link.name, state));
    }
    Ok(stats)
}

fn links(netlink: &mut Netlink) -> Result<Vec<Link>> {
    netlink.dump(NEW_LINK, link_request, |body| Link::parse(body).map(Some))
}
