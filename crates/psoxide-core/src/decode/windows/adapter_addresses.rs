//! `IP_ADAPTER_ADDRESSES`: the network adapters with their addresses, as `GetAdaptersAddresses` links them in one buffer by
//! pointers, which hold for the buffer as it was filled.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::decode::bytes::Layout;
use crate::decode::windows::Filled;
use crate::error::DecodeError;
use crate::model::net::{AddressFamily, InterfaceAddr, InterfaceAddress};
use crate::text::Text;

const ADAPTER: &str = "IP_ADAPTER_ADDRESSES";
const UNICAST: &str = "IP_ADAPTER_UNICAST_ADDRESS";
/// Size of the part of an adapter that is decoded.
const SIZE: usize = 112;
/// Size of the part of an address that is decoded.
const UNICAST_SIZE: usize = 64;
/// `AF_INET` and `AF_INET6` of Windows.
const INET: u16 = 2;
const INET6: u16 = 23;

/// A network adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// Its number among the interfaces.
    pub index: u32,
    /// The name that people see.
    pub name: Text,
    hardware: Vec<u8>,
    /// Each with the bits of its network, where these are told.
    addresses: Vec<(IpAddr, u8)>,
}

impl Adapter {
    /// Every adapter of a buffer that lay at `address` when it was filled, in the order of the list.
    pub fn all(bytes: &[u8], address: u64) -> Result<Vec<Adapter>, DecodeError> {
        let filled = Filled { bytes, address };
        let mut adapters = Vec::new();
        let mut next = if bytes.is_empty() { 0 } else { address };
        while next != 0 {
            let fixed = Layout::new(ADAPTER, filled.at(ADAPTER, next)?, SIZE)?;
            adapters.push(Adapter::one(filled, &fixed)?);
            next = fixed.u64(8)?;
            // As many as there is room for: a list may not run in a circle.
            if adapters.len() > bytes.len() / SIZE {
                return Err(DecodeError::new(ADAPTER, 8, "an end of the list"));
            }
        }
        Ok(adapters)
    }

    fn one(filled: Filled<'_>, fixed: &Layout<'_>) -> Result<Adapter, DecodeError> {
        let length = fixed.u32(88)? as usize;
        let hardware = fixed.array::<8>(80)?;
        let mut addresses = Vec::new();
        let mut next = fixed.u64(24)?;
        let mut left = filled.bytes.len() / UNICAST_SIZE;
        while next != 0 {
            left = left
                .checked_sub(1)
                .ok_or(DecodeError::new(UNICAST, 8, "an end of the list"))?;
            let unicast = Layout::new(UNICAST, filled.at(UNICAST, next)?, UNICAST_SIZE)?;
            if let Some(address) = socket_address(filled, unicast.u64(16)?)? {
                addresses.push((address, unicast.u8(56)?));
            }
            next = unicast.u64(8)?;
        }
        // An adapter of which IPv4 does not know has its number from IPv6.
        let index = match fixed.u32(4)? {
            0 => fixed.u32(108)?,
            index => index,
        };
        Ok(Adapter {
            index,
            name: filled.text("FriendlyName", fixed.u64(72)?)?,
            hardware: hardware.get(..length).unwrap_or(&hardware).to_vec(),
            addresses,
        })
    }

    /// Its addresses: that of the hardware first, then the others in the system's order.
    pub fn addresses(&self) -> Vec<InterfaceAddr> {
        let hardware = (!self.hardware.is_empty()).then(|| InterfaceAddr {
            family: AddressFamily::Link,
            address: InterfaceAddress::Hardware(self.hardware.clone()),
            netmask: None,
            broadcast: None,
            ptp: None,
        });
        let others = self
            .addresses
            .iter()
            .map(|(address, prefix)| entry(*address, *prefix));
        hardware.into_iter().chain(others).collect()
    }
}

/// An address with mask and broadcast address, which Windows leaves to be computed; both are of IPv4 only.
fn entry(address: IpAddr, prefix: u8) -> InterfaceAddr {
    let mask = match address {
        IpAddr::V4(_) if prefix <= 32 => Some(u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)),
        _ => None,
    };
    let ip = |bits: u32| InterfaceAddress::Ip(IpAddr::V4(Ipv4Addr::from_bits(bits)));
    let broadcast = match (address, mask) {
        // A network of one or two has none.
        (IpAddr::V4(own), Some(mask)) if prefix < 31 => Some(ip(own.to_bits() | !mask)),
        _ => None,
    };
    InterfaceAddr {
        family: match address {
            IpAddr::V4(_) => AddressFamily::Inet,
            IpAddr::V6(_) => AddressFamily::Inet6,
        },
        address: InterfaceAddress::Ip(address),
        netmask: mask.map(ip),
        broadcast,
        ptp: None,
    }
}

/// The address of a `SOCKADDR`; `None` for families other than IPv4 and IPv6.
fn socket_address(filled: Filled<'_>, pointer: u64) -> Result<Option<IpAddr>, DecodeError> {
    let socket = Layout::new("SOCKADDR", filled.at("SOCKADDR", pointer)?, 2)?;
    Ok(match socket.u16(0)? {
        INET => Some(IpAddr::V4(Ipv4Addr::from(socket.array::<4>(4)?))),
        INET6 => Some(IpAddr::V6(Ipv6Addr::from(socket.array::<16>(8)?))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const LIST: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/adapter_addresses.bin");
    /// Where the fixture says that it lay.
    const ADDRESS: u64 = 0x1_0000;

    #[cfg(target_endian = "little")]
    #[test]
    fn adapters_have_their_addresses() {
        let adapters = Adapter::all(LIST, ADDRESS).unwrap();
        let named: Vec<_> = adapters
            .iter()
            .map(|adapter| (adapter.index, adapter.name.to_string()))
            .collect();
        assert_eq!(
            named,
            [(12, "Ethernet \u{e9}".to_owned()), (7, "Loopback".to_owned())]
        );
        let text = |address: &Option<InterfaceAddress>| address.as_ref().map(ToString::to_string);
        let told: Vec<_> = adapters[0]
            .addresses()
            .iter()
            .map(|entry| {
                (
                    entry.family,
                    entry.address.to_string(),
                    text(&entry.netmask),
                    text(&entry.broadcast),
                )
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                (AddressFamily::Link, "02:00:5e:10:00:01".to_owned(), None, None),
                (
                    AddressFamily::Inet,
                    "192.0.2.7".to_owned(),
                    some("255.255.255.192"),
                    some("192.0.2.63")
                ),
                (AddressFamily::Inet6, "fe80::1".to_owned(), None, None),
            ]
        );
        let loopback = adapters[1].addresses();
        assert_eq!(loopback.len(), 1);
        assert_eq!(text(&loopback[0].netmask), some("255.0.0.0"));
    }

    #[test]
    fn masks_of_all_lengths() {
        let told = |prefix| {
            let entry = entry(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), prefix);
            [entry.netmask, entry.broadcast].map(|part| part.map_or("-".to_owned(), |part| part.to_string()))
        };
        assert_eq!(told(0), ["0.0.0.0", "255.255.255.255"]);
        assert_eq!(told(30), ["255.255.255.252", "192.0.2.7"]);
        assert_eq!(told(32), ["255.255.255.255", "-"]);
        assert_eq!(told(255), ["-", "-"]);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn lists_that_are_cut_or_lead_elsewhere_are_refused() {
        let with = |offset: usize, pointer: u64| {
            let mut list = LIST.to_vec();
            list[offset..offset + 8].copy_from_slice(&pointer.to_le_bytes());
            Adapter::all(&list, ADDRESS)
        };
        for offset in [8, 24, 72] {
            for pointer in [1, ADDRESS - 1, ADDRESS + LIST.len() as u64 + 1, u64::MAX] {
                assert!(with(offset, pointer).is_err(), "{offset}: {pointer:x}");
            }
        }
        // Circles.
        assert!(with(8, ADDRESS).is_err());
        assert!(Adapter::all(&LIST[..SIZE], ADDRESS).is_err());
        assert_eq!(Adapter::all(b"", ADDRESS), Ok(Vec::new()));
    }
}
