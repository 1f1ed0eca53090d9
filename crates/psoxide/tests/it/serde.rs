//! The feature `serde`: what is written as JSON is read again as the same record.

use std::fmt::Debug;

use psoxide::model::net::ConnectionKind;
use psoxide::{Process, Root};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(record: &T) {
    let text = serde_json::to_string(record).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), record, "{text}");
}

#[test]
fn records_of_the_machine_come_back() {
    let root = Root::default();
    comes_back(&root.cpu_times().unwrap());
    comes_back(&root.cpu_stats().unwrap());
    comes_back(&root.cpu_freq_per_cpu().unwrap());
    comes_back(&root.getloadavg().unwrap());
    comes_back(&root.virtual_memory().unwrap());
    comes_back(&root.swap_memory().unwrap());
    comes_back(&root.disk_partitions(true).unwrap());
    comes_back(&root.disk_usage("/").unwrap());
    comes_back(&root.disk_counters().unwrap());
    comes_back(&root.net_io_counters_per_nic().unwrap());
    comes_back(&root.net_connections(ConnectionKind::Inet).unwrap());
    comes_back(&root.sensors_temperatures().unwrap());
    comes_back(&root.sensors_battery().unwrap());
    comes_back(&root.users().unwrap());
}

#[test]
fn records_of_interfaces_come_back() {
    let root = Root::default();
    comes_back(&root.net_if_addrs().unwrap());
    comes_back(&root.net_if_stats().unwrap());
}

#[test]
fn records_of_a_process_come_back() {
    let process = Process::current().unwrap();
    let visit = process.oneshot().unwrap();
    comes_back(&process.identity());
    comes_back(&visit.name().unwrap());
    comes_back(&visit.status().unwrap());
    comes_back(&visit.cpu_times().unwrap());
    comes_back(&visit.memory_info().unwrap());
    comes_back(&visit.memory_info_ex().unwrap());
    comes_back(&visit.memory_full_info().unwrap());
    comes_back(&visit.memory_maps().unwrap());
    comes_back(&visit.io_counters().unwrap());
    comes_back(&visit.ionice().unwrap());
    comes_back(&visit.num_ctx_switches().unwrap());
    comes_back(&visit.open_files().unwrap());
    comes_back(&visit.page_faults().unwrap());
    comes_back(&visit.rlimits().unwrap());
    comes_back(&visit.threads().unwrap());
    comes_back(&visit.uids().unwrap());
    comes_back(&visit.gids().unwrap());
}
