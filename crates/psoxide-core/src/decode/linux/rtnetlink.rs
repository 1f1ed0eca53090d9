//! The kernel's tables of network interfaces and their addresses (`NETLINK_ROUTE`): requests for a dump, the entries of
//! the answer, and the two tables joined into what is told of each interface.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::netlink::{attributes, dump_request};
use crate::decode::bytes::Layout;
use crate::error::DecodeError;
use crate::model::net::{AddressFamily, InterfaceAddr, InterfaceAddress};
use crate::text::Text;

/// `RTM_NEWLINK`, the type of an entry about an interface.
pub const NEW_LINK: u16 = 16;
/// `RTM_NEWADDR`, the type of an entry about an address.
pub const NEW_ADDRESS: u16 = 20;

const GET_LINK: u16 = 18;
const GET_ADDRESS: u16 = 22;

/// `IFLA_EXT_MASK`: what is told of interfaces and what is not.
const EXTENSIONS: u16 = 29;
/// `RTEXT_FILTER_SKIP_STATS`.
const SKIP_STATISTICS: u32 = 8;

const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

const IFF_BROADCAST: u32 = 0x2;
const IFF_POINTOPOINT: u32 = 0x10;
const IFF_RUNNING: u32 = 0x40;

/// An interface (`struct ifinfomsg` and attributes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number, by which addresses name it.
    pub index: u32,
    /// Its flags.
    pub flags: u32,
    /// Its name.
    pub name: Text,
    /// The largest packet, in bytes.
    pub mtu: u32,
    /// Its hardware address; empty where it has none.
    pub address: Vec<u8>,
    /// Its hardware broadcast address, or that of the other end.
    pub broadcast: Vec<u8>,
}

/// An address of an interface (`struct ifaddrmsg` and attributes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The number of the interface.
    pub index: u32,
    /// How many leading bits are of the network.
    pub prefix: u8,
    /// The interface's own address.
    pub own: IpAddr,
    /// The address of the other end, where one was given.
    pub peer: Option<IpAddr>,
    /// The broadcast address, where one was given.
    pub broadcast: Option<IpAddr>,
    /// The name under which the address was added, if the kernel keeps one: `eth0:1`.
    pub label: Option<Text>,
}

/// The request for all interfaces, without their counters (Linux 4.4), which take the kernel long and nobody here wants.
pub fn link_request(sequence: u32) -> Vec<u8> {
    // An empty ifinfomsg, then one attribute: its length, its kind, its value.
    let mut body = vec![0; 16];
    body.extend(8_u16.to_ne_bytes());
    body.extend(EXTENSIONS.to_ne_bytes());
    body.extend(SKIP_STATISTICS.to_ne_bytes());
    dump_request(GET_LINK, sequence, &body)
}

/// The request for all addresses.
pub fn address_request(sequence: u32) -> Vec<u8> {
    dump_request(GET_ADDRESS, sequence, &[0; 8])
}

impl Link {
    /// From the body of a [`NEW_LINK`] message.
    pub fn parse(body: &[u8]) -> Result<Link, DecodeError> {
        let fixed = Layout::new("ifinfomsg", body, 16)?;
        let mut link = Link {
            index: fixed.u32(4)?,
            flags: fixed.u32(8)?,
            name: Text::default(),
            mtu: 0,
            address: Vec::new(),
            broadcast: Vec::new(),
        };
        let mut mtu = None;
        for attribute in attributes(body.get(16..).unwrap_or_default()) {
            match attribute? {
                (1, address) => link.address = address.to_vec(),
                (2, address) => link.broadcast = address.to_vec(),
                (3, name) => link.name = Text::from(name.split(|byte| *byte == 0).next().unwrap_or_default()),
                (4, number) => mtu = Some(Layout::new("IFLA_MTU", number, 4)?.u32(0)?),
                _ => {}
            }
        }
        link.mtu = mtu.ok_or(DecodeError::new("ifinfomsg", 16, "the interface's mtu"))?;
        if link.name.is_empty() {
            return Err(DecodeError::new("ifinfomsg", 16, "the interface's name"));
        }
        Ok(link)
    }

    /// Whether it is up and has a carrier.
    pub fn is_running(&self) -> bool {
        self.flags & IFF_RUNNING != 0
    }

    /// The names of its flags, in psutil's words and order.
    pub fn flag_names(&self) -> Vec<Text> {
        FLAGS
            .into_iter()
            .filter(|(bit, _)| self.flags & bit != 0)
            .map(|(_, name)| Text::from(name))
            .collect()
    }
}

/// The flags of interfaces (netdevice(7)) in psutil's order, which is that of the bits but for the first ones.
const FLAGS: [(u32, &str); 16] = [
    (0x1, "up"),
    (IFF_BROADCAST, "broadcast"),
    (0x4, "debug"),
    (0x8, "loopback"),
    (IFF_POINTOPOINT, "pointopoint"),
    (0x20, "notrailers"),
    (IFF_RUNNING, "running"),
    (0x80, "noarp"),
    (0x100, "promisc"),
    (0x200, "allmulti"),
    (0x400, "master"),
    (0x800, "slave"),
    (0x1000, "multicast"),
    (0x2000, "portsel"),
    (0x4000, "automedia"),
    (0x8000, "dynamic"),
];

impl Address {
    /// From the body of a [`NEW_ADDRESS`] message; `None` for families other than IPv4 and IPv6.
    pub fn parse(body: &[u8]) -> Result<Option<Address>, DecodeError> {
        let fixed = Layout::new("ifaddrmsg", body, 8)?;
        let family = fixed.u8(0)?;
        if family != AF_INET && family != AF_INET6 {
            return Ok(None);
        }
        let ip = |bytes: &[u8]| ip(family, bytes);
        let (mut address, mut local, mut broadcast, mut label) = (None, None, None, None);
        for attribute in attributes(body.get(8..).unwrap_or_default()) {
            match attribute? {
                (1, bytes) => address = Some(ip(bytes)?),
                (2, bytes) => local = Some(ip(bytes)?),
                (3, name) => {
                    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
                    label = Some(Text::from(name)).filter(|name| !name.is_empty());
                }
                (4, bytes) => broadcast = Some(ip(bytes)?),
                _ => {}
            }
        }
        // Of the two, IFA_ADDRESS is the other end's if they differ; IPv6 without another end has no IFA_LOCAL.
        let own = local
            .or(address)
            .ok_or(DecodeError::new("ifaddrmsg", 8, "an address"))?;
        Ok(Some(Address {
            index: fixed.u32(4)?,
            prefix: fixed.u8(1)?,
            own,
            peer: address.filter(|address| *address != own),
            broadcast,
            label,
        }))
    }

    fn entry(&self, flags: u32, interface: &Text) -> InterfaceAddr {
        let (family, netmask) = match self.own {
            IpAddr::V4(_) => (AddressFamily::Inet, IpAddr::V4(mask_v4(self.prefix))),
            IpAddr::V6(_) => (AddressFamily::Inet6, IpAddr::V6(mask_v6(self.prefix))),
        };
        let address = match self.own {
            IpAddr::V6(address) if is_link_local(address) => {
                InterfaceAddress::Scoped(address, interface.clone())
            }
            address => InterfaceAddress::Ip(address),
        };
        let broadcasts = flags & IFF_BROADCAST != 0;
        let to_a_point = !broadcasts && flags & IFF_POINTOPOINT != 0;
        InterfaceAddr {
            family,
            address,
            netmask: Some(InterfaceAddress::Ip(netmask)),
            broadcast: self.broadcast.filter(|_| broadcasts).map(InterfaceAddress::Ip),
            ptp: self.peer.filter(|_| to_a_point).map(InterfaceAddress::Ip),
        }
    }
}

/// The addresses of each interface: first those of IPv4, then IPv6, then hardware; interfaces in the order in which
/// they come up in that, those without any address last.
pub fn interface_addresses(links: &[Link], addresses: &[Address]) -> Vec<(Text, Vec<InterfaceAddr>)> {
    let mut entries: Vec<(u8, &Text, Option<InterfaceAddr>)> =
        Vec::with_capacity(links.len() + addresses.len());
    for address in addresses {
        // An address whose interface came up after the interfaces were listed belongs to the next answer.
        if let Some(link) = links.iter().find(|link| link.index == address.index) {
            let order = if address.own.is_ipv4() { 0 } else { 1 };
            let name = address.label.as_ref().unwrap_or(&link.name);
            entries.push((order, name, Some(address.entry(link.flags, &link.name))));
        }
    }
    for link in links {
        let hardware = (!link.address.is_empty()).then(|| hardware_entry(link));
        entries.push((if hardware.is_some() { 2 } else { 3 }, &link.name, hardware));
    }
    entries.sort_by_key(|(order, ..)| *order);
    let mut interfaces: Vec<(Text, Vec<InterfaceAddr>)> = Vec::new();
    for (_, name, entry) in entries {
        match interfaces.iter_mut().find(|(known, _)| known == name) {
            Some((_, list)) => list.extend(entry),
            None => interfaces.push((name.clone(), entry.into_iter().collect())),
        }
    }
    interfaces
}

fn hardware_entry(link: &Link) -> InterfaceAddr {
    let other = (!link.broadcast.is_empty()).then(|| InterfaceAddress::Hardware(link.broadcast.clone()));
    let (broadcast, ptp) = match link.flags {
        flags if flags & IFF_BROADCAST != 0 => (other, None),
        flags if flags & IFF_POINTOPOINT != 0 => (None, other),
        _ => (None, None),
    };
    InterfaceAddr {
        family: AddressFamily::Link,
        address: InterfaceAddress::Hardware(link.address.clone()),
        netmask: None,
        broadcast,
        ptp,
    }
}

fn ip(family: u8, bytes: &[u8]) -> Result<IpAddr, DecodeError> {
    let bytes = Layout::new("ifaddrmsg", bytes, 4)?;
    if family == AF_INET {
        Ok(IpAddr::V4(Ipv4Addr::from(bytes.array(0)?)))
    } else {
        Ok(IpAddr::V6(Ipv6Addr::from(bytes.array(0)?)))
    }
}

/// fe80::/10, and the multicast addresses of the link.
fn is_link_local(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 0xfe && second & 0xc0 == 0x80 || first == 0xff && second & 0x0f == 0x02
}

fn mask_v4(prefix: u8) -> Ipv4Addr {
    let clear = 32u32.saturating_sub(u32::from(prefix));
    Ipv4Addr::from_bits(u32::MAX.checked_shl(clear).unwrap_or(0))
}

fn mask_v6(prefix: u8) -> Ipv6Addr {
    let clear = 128u32.saturating_sub(u32::from(prefix));
    Ipv6Addr::from_bits(u128::MAX.checked_shl(clear).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]

    use super::super::netlink::{messages, written};
    use super::*;

    fn link(index: u32, flags: u32, attributes: &[(u16, &[u8])]) -> Result<Link, DecodeError> {
        let mut fixed = vec![0, 0, 1, 0];
        fixed.extend(index.to_ne_bytes());
        fixed.extend(flags.to_ne_bytes());
        fixed.extend([0; 4]);
        let message = written(NEW_LINK, 2, &fixed, attributes);
        Link::parse(messages(&message).next().unwrap().unwrap().body)
    }

    #[test]
    fn interfaces_are_asked_for_without_their_counters() {
        let request = link_request(7);
        let mut asked = messages(&request);
        let message = asked.next().unwrap().unwrap();
        assert_eq!((message.kind, message.sequence), (GET_LINK, 7));
        let attributes: Result<Vec<_>, _> = attributes(&message.body[16..]).collect();
        assert_eq!(attributes.unwrap(), [(29, &8_u32.to_ne_bytes()[..])]);
        assert!(asked.next().is_none());
    }

    fn address(family: u8, prefix: u8, index: u32, attributes: &[(u16, &[u8])]) -> Address {
        let mut fixed = vec![family, prefix, 0, 0];
        fixed.extend(index.to_ne_bytes());
        let message = written(NEW_ADDRESS, 2, &fixed, attributes);
        Address::parse(messages(&message).next().unwrap().unwrap().body)
            .unwrap()
            .unwrap()
    }

    fn ethernet() -> Link {
        let mtu = 1500u32.to_ne_bytes();
        let attributes: [(u16, &[u8]); 5] = [
            (3, b"eth0\0"),
            (1, &[0, 0x1a, 2, 3, 4, 0xff]),
            (2, &[0xff; 6]),
            (4, &mtu),
            (0x8000 | 18, b"nested"),
        ];
        link(2, 0x11043, &attributes).unwrap()
    }

    #[test]
    fn an_interface() {
        let eth0 = ethernet();
        assert_eq!((eth0.index, eth0.mtu), (2, 1500));
        assert_eq!(eth0.name, "eth0");
        assert!(eth0.is_running());
        let names: Vec<String> = eth0.flag_names().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["up", "broadcast", "running", "multicast"]);
        assert!(link(1, 0, &[(3, b"lo\0")]).is_err());
        assert!(link(1, 0, &[(4, &[0; 4])]).is_err());
        assert!(link(1, 0, &[(3, b"lo\0"), (4, &[0; 3])]).is_err());
        assert!(Link::parse(&[0; 15]).is_err());
    }

    #[test]
    fn addresses_joined_with_interfaces() {
        let mtu = 65_536u32.to_ne_bytes();
        let lo = link(1, 0x10049, &[(3, b"lo\0"), (1, &[0; 6]), (2, &[0; 6]), (4, &mtu)]).unwrap();
        let sit = link(3, 0x80, &[(3, b"sit0\0"), (1, &[0; 4]), (4, &mtu)]).unwrap();
        let tun = link(4, 0x1091, &[(3, b"tun0\0"), (4, &mtu)]).unwrap();
        let bare = link(5, 0x0, &[(3, b"bare\0"), (4, &mtu)]).unwrap();
        let mut local = [0; 16];
        local[..2].copy_from_slice(&[0xfe, 0x80]);
        local[15] = 1;
        let addresses = [
            address(10, 128, 1, &[(1, &Ipv6Addr::LOCALHOST.octets())]),
            address(
                2,
                8,
                1,
                &[(1, &[127, 0, 0, 1]), (2, &[127, 0, 0, 1]), (3, b"lo\0")],
            ),
            address(
                2,
                24,
                2,
                &[
                    (1, &[10, 0, 0, 5]),
                    (2, &[10, 0, 0, 5]),
                    (4, &[10, 0, 0, 255]),
                    (3, b"eth0\0"),
                ],
            ),
            address(
                2,
                32,
                2,
                &[(1, &[10, 0, 0, 6]), (2, &[10, 0, 0, 6]), (3, b"eth0:1\0")],
            ),
            address(10, 64, 2, &[(1, &local)]),
            address(2, 32, 4, &[(1, &[10, 9, 0, 2]), (2, &[10, 9, 0, 1])]),
            address(2, 32, 99, &[(1, &[10, 9, 0, 2])]),
        ];
        let table = interface_addresses(&[lo, ethernet(), sit, tun, bare], &addresses);
        let names: Vec<String> = table.iter().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["lo", "eth0", "eth0:1", "tun0", "sit0", "bare"]);
        let text = |value: &Option<InterfaceAddress>| value.as_ref().map(ToString::to_string);
        let row = |entry: &InterfaceAddr| {
            (
                entry.address.to_string(),
                text(&entry.netmask),
                text(&entry.broadcast),
                text(&entry.ptp),
            )
        };
        let some = |text: &str| Some(text.to_string());
        assert_eq!(
            row(&table[0].1[0]),
            ("127.0.0.1".into(), some("255.0.0.0"), None, None)
        );
        let mask = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assert_eq!(row(&table[0].1[1]), ("::1".into(), some(mask), None, None));
        assert_eq!(
            row(&table[0].1[2]),
            ("00:00:00:00:00:00".into(), None, None, None)
        );
        let first = &table[1].1[0];
        assert_eq!(
            row(first),
            ("10.0.0.5".into(), some("255.255.255.0"), some("10.0.0.255"), None)
        );
        let second = &table[1].1[1];
        assert_eq!(
            row(second),
            ("fe80::1%eth0".into(), some("ffff:ffff:ffff:ffff::"), None, None)
        );
        let third = &table[1].1[2];
        assert_eq!(
            row(third),
            ("00:1a:02:03:04:ff".into(), None, some("ff:ff:ff:ff:ff:ff"), None)
        );
        let alias = &table[2].1[0];
        assert_eq!(
            row(alias),
            ("10.0.0.6".into(), some("255.255.255.255"), None, None)
        );
        let point = &table[3].1[0];
        assert_eq!(
            row(point),
            ("10.9.0.1".into(), some("255.255.255.255"), None, some("10.9.0.2"))
        );
        assert_eq!(table[4].1[0].address.to_string(), "00:00:00:00:00:00");
        assert!(table[5].1.is_empty());
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn tables_as_captured() {
        let bodies = |answer: &'static [u8], kind| {
            messages(answer)
                .map(Result::unwrap)
                .filter(move |message| message.kind == kind)
                .map(|message| message.body)
        };
        let links = include_bytes!("../../../../../testdata/linux/netlink-6.18/links.netlink");
        let links: Vec<Link> = bodies(links, NEW_LINK)
            .map(|body| Link::parse(body).unwrap())
            .collect();
        let seen: Vec<(String, u32, bool)> = links
            .iter()
            .map(|link| (link.name.to_string(), link.mtu, link.is_running()))
            .collect();
        let row = |name: &str, mtu, running| (name.to_string(), mtu, running);
        assert_eq!(
            seen,
            [
                row("lo", 65_536, true),
                row("veth1", 1500, true),
                row("veth0", 1500, true),
                row("tun0", 1500, false),
            ]
        );
        let flags: Vec<String> = links[3].flag_names().iter().map(ToString::to_string).collect();
        assert_eq!(flags, ["up", "pointopoint", "noarp", "multicast"]);
        let addresses = include_bytes!("../../../../../testdata/linux/netlink-6.18/addresses.netlink");
        let addresses: Vec<Address> = bodies(addresses, NEW_ADDRESS)
            .map(|body| Address::parse(body).unwrap().unwrap())
            .collect();
        let text = |end: &Option<InterfaceAddress>| end.as_ref().map_or("-".to_string(), ToString::to_string);
        let rows: Vec<String> = interface_addresses(&links, &addresses)
            .iter()
            .flat_map(|(name, list)| list.iter().map(move |entry| (name, entry)))
            .map(|(name, it)| {
                let (mask, broadcast, ptp) = (text(&it.netmask), text(&it.broadcast), text(&it.ptp));
                format!("{name} {} {mask} {broadcast} {ptp}", it.address)
            })
            .collect();
        assert_eq!(
            rows,
            [
                "lo 127.0.0.1 255.0.0.0 - -",
                "lo ::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff - -",
                "lo 00:00:00:00:00:00 - - -",
                "veth0 10.0.0.5 255.255.255.0 10.0.0.255 -",
                "veth0 2001:db8::5 ffff:ffff:ffff:ffff:: - -",
                "veth0 fe80::ff:fe00:5%veth0 ffff:ffff:ffff:ffff:: - -",
                "veth0 02:00:00:00:00:05 - ff:ff:ff:ff:ff:ff -",
                "veth0:1 10.0.0.6 255.255.255.255 - -",
                "tun0 10.9.0.1 255.255.255.255 - 10.9.0.2",
                "tun0 10.9.1.1 255.255.255.0 - -",
                "veth1 fe80::ff:fe00:6%veth1 ffff:ffff:ffff:ffff:: - -",
                "veth1 02:00:00:00:00:06 - ff:ff:ff:ff:ff:ff -",
            ]
        );
    }

    #[test]
    fn masks() {
        assert_eq!(mask_v4(0), Ipv4Addr::UNSPECIFIED);
        assert_eq!(mask_v4(33), Ipv4Addr::BROADCAST);
        assert_eq!(mask_v6(0), Ipv6Addr::UNSPECIFIED);
        assert_eq!(mask_v6(10).to_string(), "ffc0::");
        assert!(is_link_local("ff02::1".parse().unwrap()) && !is_link_local("fec0::1".parse().unwrap()));
    }

    #[test]
    fn other_families_and_cut_messages() {
        assert_eq!(Address::parse(&[28, 0, 0, 0, 0, 0, 0, 0]), Ok(None));
        assert!(Address::parse(&[2, 24, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(Address::parse(&[2]).is_err());
    }
}
