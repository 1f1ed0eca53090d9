//! `psoxide nettop`: what network interfaces transfer, the busiest first; on a terminal a view of the full-screen monitor.
//!
//! The layout is that of psutil's script, whose figures are those of half a second; here they are of one.

use clap::Args;
use psoxide::format::bytes;
use psoxide::model::net::{NetIo, NetIoRates};
use psoxide::schema::{Type, Typed};
use psoxide::{NetIoSampler, NicActivity, Text};

use crate::columns::NETTOP;
use crate::commands::monitor::Monitor;
use crate::commands::taken;
use crate::failure::Failure;
use crate::keys::Key;
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, table};
use crate::selection::Search;

/// Its arguments.
#[derive(Debug, Args)]
pub(crate) struct Nettop {
    #[command(flatten)]
    search: Search,

    #[command(flatten)]
    pub(crate) monitor: Monitor,
}

impl Listing for Nettop {
    type Row = NicActivity;

    fn keys() -> Vec<Key> {
        vec![
            Key::new("nic", Text::TYPE, "The name of the interface."),
            Key::new("io_counters", NetIo::TYPE, "What it transferred so far."),
            Key::new(
                "rates",
                Type::Option(&NetIoRates::TYPE),
                "What it transferred in a second.",
            ),
        ]
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<NicActivity>, Failure> {
        let mut sampler = NetIoSampler::at(machine.root());
        sampler.sample()?;
        self.monitor.pause();
        let mut nics = sampler.sample()?.nics;
        nics.sort_by_key(|nic| std::cmp::Reverse(traffic(nic)));
        Ok(nics)
    }

    fn object(&self, _machine: &Machine, nic: &NicActivity, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        for key in keys {
            let value = match key.base() {
                "nic" => nic.name.value(),
                "io_counters" => nic.io.value(),
                _ => nic.rates.value(),
            };
            object.push(key.name.clone(), Ok(taken(value, key)));
        }
        Some(object)
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, nics: Vec<NicActivity>) -> Result<(), Failure> {
        let total =
            |part: fn(&NetIo) -> u64| nics.iter().map(|nic| part(&nic.io)).fold(0, u64::saturating_add);
        let (sent, received) = (total(|io| io.bytes_sent), total(|io| io.bytes_recv));
        let (sent, received) = (bytes(sent), bytes(received));
        screen.cut_line(&format!(
            "total bytes:           sent: {sent:<10} received: {received}"
        ))?;
        for nic in &nics {
            screen.line("")?;
            let name = nic.name.to_string();
            screen.cut_line(&table::line(&NETTOP, &[&name, "TOTAL", "PER-SEC"]))?;
            for row in rows(nic) {
                let cells: Vec<&str> = row.iter().map(String::as_str).collect();
                screen.cut_line(&table::line(&NETTOP, &cells))?;
            }
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
}

/// Everything that an interface transferred, as one number.
fn traffic(nic: &NicActivity) -> u64 {
    let io = &nic.io;
    [io.bytes_sent, io.bytes_recv, io.packets_sent, io.packets_recv]
        .into_iter()
        .fold(0, u64::saturating_add)
}

fn rows(nic: &NicActivity) -> [[String; 3]; 4] {
    let rate = |part: fn(&NetIoRates) -> f64| nic.rates.as_ref().map(part);
    let size = |rate: Option<f64>| rate.map(|rate| format!("{}/s", bytes(rate as u64)));
    let count = |rate: Option<f64>| rate.map(|rate| format!("{rate:.0}"));
    let row = |label: &str, total: String, rate: Option<String>| {
        [String::from(label), total, rate.unwrap_or_default()]
    };
    let io = &nic.io;
    [
        row(
            "bytes-sent",
            bytes(io.bytes_sent),
            size(rate(|rates| rates.bytes_sent)),
        ),
        row(
            "bytes-recv",
            bytes(io.bytes_recv),
            size(rate(|rates| rates.bytes_recv)),
        ),
        row(
            "pkts-sent",
            io.packets_sent.to_string(),
            count(rate(|rates| rates.packets_sent)),
        ),
        row(
            "pkts-recv",
            io.packets_recv.to_string(),
            count(rate(|rates| rates.packets_recv)),
        ),
    ]
}
