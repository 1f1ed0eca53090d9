//! Network interfaces over time: counters that do not wrap, and what is transferred in a second. The arithmetic is
//! `psoxide-core`'s.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use psoxide_core::Text;
use psoxide_core::delta::counters::Unwrapping;
use psoxide_core::model::net::{NetIo, NetIoRates};

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// Samples what network interfaces transfer.
///
/// It owns both ends of the interval: each [`sample`](NetIoSampler::sample) tells what happened since the one before.
/// Counters that the driver lets wrap go on growing here. An interface that was gone for a sample starts anew.
///
/// ```
/// let mut sampler = psoxide::NetIoSampler::new();
/// let first = sampler.sample()?;
/// assert!(first.interval.is_none() && first.rates.is_none());
/// let second = sampler.sample()?;
/// if let Some(rates) = second.rates {
///     println!("{:.0} bytes a second received", rates.bytes_recv);
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct NetIoSampler {
    root: Root,
    unwrapping: Unwrapping<NetIo, 8>,
    last: Option<(Instant, HashMap<Text, NetIo>)>,
}

/// One sample of all network interfaces.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NetIoSample {
    /// How long ago the sample before was taken; absent in the first one.
    pub interval: Option<Duration>,
    /// The counters of all interfaces together, loopback included; absent without interfaces.
    pub total: Option<NetIo>,
    /// The rates of all interfaces together; absent in the first sample.
    pub rates: Option<NetIoRates>,
    /// Each interface.
    pub nics: Vec<NicActivity>,
}

/// What one network interface transferred.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NicActivity {
    /// The interface's name.
    pub name: Text,
    /// Its counters.
    pub io: NetIo,
    /// Its rates over the interval; absent if the sample before did not have it.
    pub rates: Option<NetIoRates>,
}

impl NetIoSampler {
    /// A sampler of the running system.
    pub fn new() -> NetIoSampler {
        NetIoSampler::default()
    }

    /// A sampler of the system that `root` shows.
    pub fn at(root: &Root) -> NetIoSampler {
        NetIoSampler {
            root: root.clone(),
            ..NetIoSampler::default()
        }
    }

    /// The interfaces now, and what they transferred in each second since the last sample.
    ///
    /// # Errors
    ///
    /// As [`Root::net_io_counters`]; the sample before is kept.
    pub fn sample(&mut self) -> Result<NetIoSample> {
        let interfaces = sys::net::net_io_counters(&self.root)?;
        Ok(self.add(interfaces, Instant::now()))
    }

    fn add(&mut self, interfaces: Vec<(Text, NetIo)>, now: Instant) -> NetIoSample {
        let interval = self
            .last
            .as_ref()
            .map(|(then, _)| now.saturating_duration_since(*then));
        let nics: Vec<NicActivity> = self
            .unwrapping
            .feed(interfaces)
            .into_iter()
            .map(|(name, io)| {
                let before = self.last.as_ref().and_then(|(_, nics)| nics.get(&name));
                let rates = before
                    .zip(interval)
                    .and_then(|(before, interval)| NetIoRates::between(before, &io, interval.as_secs_f64()));
                NicActivity { name, io, rates }
            })
            .collect();
        self.last = Some((
            now,
            nics.iter()
                .map(|nic| (nic.name.clone(), nic.io.clone()))
                .collect(),
        ));
        NetIoSample {
            interval,
            total: NetIo::sum(nics.iter().map(|nic| &nic.io)),
            rates: NetIoRates::sum(nics.iter().filter_map(|nic| nic.rates.as_ref())),
            nics,
        }
    }
}

#[cfg(test)]
mod tests {
    use psoxide_core::decode::linux::net_dev::net_dev;

    use super::*;

    fn reading(lines: &[(&str, u64)]) -> Vec<(Text, NetIo)> {
        let rows: String = lines
            .iter()
            .map(|(name, count)| format!("{name}: {count} 1 0 0 0 0 0 0 {count} 1 0 0 0 0 0 0\n"))
            .collect();
        net_dev(format!("heading\nheading\n{rows}").as_bytes()).unwrap()
    }

    #[test]
    fn rates_need_two_samples() {
        let mut sampler = NetIoSampler::new();
        let start = Instant::now();
        let first = sampler.add(reading(&[("lo", 5), ("eth0", 100)]), start);
        assert_eq!(
            (first.interval, &first.rates, &first.nics[1].rates),
            (None, &None, &None)
        );
        assert_eq!(first.total.unwrap().bytes_sent, 105);
        let second = sampler.add(
            reading(&[("lo", 25), ("eth0", 140), ("tun0", 9)]),
            start + Duration::from_secs(4),
        );
        assert_eq!(second.rates.unwrap().bytes_recv, 15.0);
        assert_eq!(second.nics[0].rates.as_ref().unwrap().bytes_recv, 5.0);
        assert_eq!(second.nics[1].rates.as_ref().unwrap().bytes_sent, 10.0);
        assert_eq!(second.nics[2].rates, None);
    }

    #[test]
    fn a_wrap_is_growth_and_a_new_interface_is_not() {
        let mut sampler = NetIoSampler::new();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        sampler.add(reading(&[("lo", 1), ("eth0", 4_294_967_000)]), start);
        let wrapped = sampler.add(reading(&[("lo", 1), ("eth0", 50)]), after(1));
        assert_eq!(wrapped.nics[1].io.bytes_recv, 4_294_967_050);
        assert_eq!(wrapped.nics[1].rates.as_ref().unwrap().bytes_recv, 50.0);
        sampler.add(reading(&[("lo", 1)]), after(2));
        let back = sampler.add(reading(&[("lo", 1), ("eth0", 7)]), after(3));
        assert_eq!((back.nics[1].io.bytes_recv, &back.nics[1].rates), (7, &None));
        assert_eq!(sampler.add(vec![], after(4)).total, None);
    }
}
