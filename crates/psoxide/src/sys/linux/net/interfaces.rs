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
    let links = links(&mut netlink)?;
    states(links, |name| ffi::link_settings(netlink.socket(), name))
}

/// The state of each interface, whose settings `ask` gives by its name.
fn states(
    links: Vec<Link>,
    ask: impl Fn(&[u8]) -> rustix::io::Result<[u8; ethtool::SIZE]>,
) -> Result<Vec<(Text, InterfaceStats)>> {
    let mut stats = Vec::new();
    for link in links {
        let (speed, duplex) = match ask(&link.name) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_that_went_away_is_left_out_and_one_that_fails_is_not() {
        let mut netlink = Netlink::open(None, WHAT).unwrap();
        let all = links(&mut netlink).unwrap();
        let names: Vec<Text> = all.iter().map(|link| link.name.clone()).collect();
        assert_eq!(states(all.clone(), |_| Err(Errno::NODEV)).unwrap(), []);
        let told = states(all, |_| Err(Errno::IO)).unwrap();
        assert_eq!(
            told.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(),
            names
        );
        assert!(
            told.iter()
                .all(|(_, state)| (state.speed, state.duplex) == (None, Duplex::Unknown))
        );
    }
}
