//! Samples that tests are made with: what a machine might have told.

use std::sync::Arc;

use psoxide::model::Pid;
use psoxide::model::process::{Identity, Status};

use super::sample::{Cost, Counter, Flow, Nic, Program, Row, Sample, Space, Transfer};

/// A process of root's that sleeps.
pub(super) fn row(pid: Pid, parent: Pid, command: &str) -> Row {
    Row {
        identity: Identity {
            pid,
            start: Some(u64::from(pid) * 100),
        },
        parent: Some(parent),
        program: Arc::new(Program {
            name: command.split(' ').next().unwrap_or_default().into(),
            command: command.into(),
            user: "root".into(),
        }),
        status: Some(Status::Sleeping),
        nice: Some(0),
        threads: Some(1),
        vms: Some(12 << 20),
        rss: Some(4 << 20),
        memory_percent: Some(0.1),
        cpu_percent: Some(0.0),
        cpu_time: Some(1.25),
        cpu_number: Some(pid % 4),
        disk: None,
    }
}

/// A small server with a build on it.
pub(super) fn sample() -> Sample {
    let mut rows = vec![
        row(1, 0, "/sbin/init splash"),
        row(2, 0, "[kthreadd]"),
        row(14, 2, "[rcu_preempt]"),
        row(390, 1, "/usr/sbin/sshd -D"),
        row(1200, 390, "sshd: anna@pts/0"),
        row(1201, 1200, "-bash"),
        row(1300, 1201, "make -j4"),
        row(1301, 1300, "cc1 -quiet -I. src/größe.c"),
        row(1302, 1300, "cc1 -quiet -I. src/日本.c"),
        row(1303, 1300, "[cc1]"),
        row(2000, 1, "/usr/bin/postgres -D /var/lib/postgresql/15/main"),
    ];
    for row in &mut rows[4..10] {
        Arc::make_mut(&mut row.program).user = "anna".into();
    }
    for row in &mut rows[1..3] {
        row.vms = Some(0);
        row.rss = Some(0);
        row.memory_percent = Some(0.0);
    }
    for (place, cpu, rss) in [(7, 97.6, 210), (8, 88.0, 180), (10, 3.4, 900), (3, 0.1, 8)] {
        rows[place].cpu_percent = Some(cpu);
        rows[place].rss = Some(rss << 20);
        rows[place].memory_percent = Some(rss as f64 / 81.92);
        rows[place].cpu_time = Some(cpu * 700.0);
    }
    rows[7].status = Some(Status::Running);
    rows[8].status = Some(Status::DiskSleep);
    rows[9].status = Some(Status::Zombie);
    rows[10].threads = Some(12);
    rows[10].disk = Some(Box::new(Transfer {
        read: Counter {
            total: Some(4 << 30),
            rate: Some(1_500_000.0),
        },
        written: Counter {
            total: Some(90 << 20),
            rate: Some(0.0),
        },
    }));
    let counter = |total: u64, rate: f64| Counter {
        total: Some(total),
        rate: Some(rate),
    };
    let nic = |name: &str, scale: u64| Nic {
        name: name.into(),
        bytes_received: counter(scale << 20, scale as f64 * 2_000.0),
        bytes_sent: counter(scale << 16, scale as f64 * 100.0),
        packets_received: counter(scale * 900, scale as f64 * 3.0),
        packets_sent: counter(scale * 300, scale as f64),
    };
    Sample {
        interval: Some(2.0),
        is_first: false,
        cpu: Some(47.3),
        cpus: vec![(0, Some(98.0)), (1, Some(84.5)), (2, Some(5.7)), (3, Some(1.0))],
        load: Some([2.51, 1.2, 0.42]),
        uptime: Some(3.0 * 86_400.0 + 4.0 * 3_600.0 + 125.0),
        memory: Some(Space {
            used: 5 << 30,
            total: 8 << 30,
            percent: 62.5,
        }),
        swap: Some(Space {
            used: 128 << 20,
            total: 1 << 30,
            percent: 12.5,
        }),
        disk: Flow {
            incoming: Some(1_500_000.0),
            outgoing: Some(20_480.0),
        },
        network: Flow {
            incoming: Some(84_000.0),
            outgoing: Some(4_200.0),
        },
        nics: vec![nic("eth0", 42), nic("lo", 0)],
        rows,
        own: Some(Cost {
            cpu_percent: Some(0.3),
            rss: Some(5 << 20),
        }),
        failure: None,
    }
}
