//! CPUs: against `/proc` read by other means, `lscpu` and `getconf`; samplers over roots whose files change.

use std::fs;
use std::time::{Duration, Instant};

use psoxide::{CpuSampler, ErrorKind, Root};

use crate::roots::{Tree, is_broken_by, is_denied, is_plain_user, testdata};
use crate::tools::{number, output};

/// The numbers of the line of `/proc/stat` that starts so.
fn stat_line(key: &str) -> Vec<u64> {
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let line = stat
        .lines()
        .find(|line| line.split(' ').next() == Some(key))
        .unwrap();
    line.split_ascii_whitespace()
        .skip(1)
        .map(|word| word.parse().unwrap())
        .collect()
}

#[test]
fn times_lie_between_two_readings_of_stat() {
    let ticks_per_second = number(&output("getconf", &["CLK_TCK"]).unwrap_or("100".into()));
    let seconds = |ticks: u64| ticks as f64 / ticks_per_second;
    // The kernel corrects idle and iowait downwards at times: once in a while is enough.
    let agreed = (0..100).any(|_| {
        let before = stat_line("cpu");
        let times = psoxide::cpu_times().unwrap();
        let after = stat_line("cpu");
        let told = [
            Some(times.user),
            times.nice,
            Some(times.system),
            Some(times.idle),
            times.iowait,
            times.irq,
            times.softirq,
            times.steal,
            times.guest,
            times.guest_nice,
        ];
        assert_eq!(told.iter().flatten().count(), before.len().min(10));
        told.iter()
            .flatten()
            .zip(before.iter().zip(&after))
            .all(|(told, (before, after))| seconds(*before) <= *told && *told <= seconds(*after))
    });
    assert!(agreed, "no reading lay between two others");
}

#[test]
fn cpus_are_those_of_stat_and_add_up_to_the_total() {
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let numbers: Vec<u32> = stat
        .lines()
        .filter_map(|line| line.strip_prefix("cpu")?.split(' ').next()?.parse().ok())
        .collect();
    let per_cpu = psoxide::cpu_times_per_cpu().unwrap();
    assert_eq!(per_cpu.iter().map(|(cpu, _)| *cpu).collect::<Vec<_>>(), numbers);

    let before = psoxide::cpu_times().unwrap().user;
    let per_cpu = psoxide::cpu_times_per_cpu().unwrap();
    let sum: f64 = per_cpu.iter().map(|(_, times)| times.user).sum();
    let after = psoxide::cpu_times().unwrap().user;
    // Each number is cut to a tick.
    let tolerance = 0.02 * per_cpu.len() as f64 + 0.05;
    assert!(sum <= after + tolerance, "{sum} {after}");
    // In the total CPUs count that are offline now.
    let list = |name| fs::read_to_string(format!("/sys/devices/system/cpu/{name}")).unwrap_or_default();
    if list("online") == list("possible") {
        assert!(before - tolerance <= sum, "{before} {sum}");
    }
}

#[test]
fn events_lie_between_two_readings_of_stat() {
    let keys = ["ctxt", "intr", "softirq"];
    let before = keys.map(|key| stat_line(key)[0]);
    let stats = psoxide::cpu_stats().unwrap();
    let after = keys.map(|key| stat_line(key)[0]);
    let told = [stats.ctx_switches, stats.interrupts, stats.soft_interrupts];
    for ((told, before), after) in told.iter().zip(before).zip(after) {
        assert!((before..=after).contains(&told.unwrap()));
    }
    assert_eq!(stats.syscalls, None);
}

#[test]
fn counts_agree_with_getconf_and_lscpu() {
    let count = psoxide::cpu_count().unwrap().unwrap();
    // lxcfs may hide CPUs in /proc and leave them in /sys.
    assert!(psoxide::cpu_times_per_cpu().unwrap().len() <= count as usize);
    if let Some(told) = output("getconf", &["_NPROCESSORS_ONLN"]) {
        // That of musl tells how many this process may use.
        let usable = std::thread::available_parallelism().unwrap().get();
        let told = number(&told);
        assert!(
            told == f64::from(count) || told == usable as f64,
            "{told} {count}"
        );
    }
    let Some(cores) = psoxide::cpu_count_cores().unwrap() else {
        println!("this machine does not tell its cores");
        return;
    };
    assert!(cores >= 1);
    if !fs::exists("/sys/devices/system/cpu/cpu0/topology").unwrap() {
        println!("/sys does not tell the cores: not compared with lscpu");
        return;
    }
    assert!(cores <= count);
    if let Some(told) = output("lscpu", &["-p=CORE,SOCKET,NODE"]) {
        let mut told: Vec<&str> = told.lines().filter(|line| !line.starts_with('#')).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(cores as usize, told.len());
    }
}

#[test]
fn load_is_that_of_loadavg() {
    let agreed = (0..100).any(|_| {
        let read = || fs::read_to_string("/proc/loadavg").unwrap();
        let before = read();
        let load = psoxide::getloadavg().unwrap();
        let text = format!("{:.2} {:.2} {:.2} ", load.one, load.five, load.fifteen);
        before.starts_with(&text) && read().starts_with(&text)
    });
    assert!(agreed);
}

#[test]
fn clocks_are_those_of_cpuinfo_or_cpufreq() {
    let clocks = psoxide::cpu_freq_per_cpu().unwrap();
    assert!(clocks.is_sorted_by_key(|(cpu, _)| *cpu));
    let told = fs::read_to_string("/proc/cpuinfo").unwrap();
    let told = told.lines().filter(|line| line.starts_with("cpu MHz")).count();
    if told > 0 {
        assert!(clocks.len() >= told);
    }
    for (_, clock) in &clocks {
        if let Some(current) = clock.current {
            assert!(current > 0.0);
        }
        if let (Some(min), Some(max)) = (clock.min, clock.max) {
            assert!(min <= max);
        }
    }
    assert_eq!(
        psoxide::cpu_freq().unwrap().is_some(),
        clocks.iter().any(|(_, clock)| clock.current.is_some())
    );
}

#[test]
fn every_question_is_answered_by_its_root() {
    let root = Root::at(testdata("system-3.10"));
    assert_eq!(root.cpu_times_per_cpu().unwrap().len(), 3);
    assert_eq!(root.cpu_count().unwrap(), Some(3));
    assert_eq!(root.cpu_count_cores().unwrap(), Some(3));
    assert_eq!(root.cpu_stats().unwrap().ctx_switches, Some(38_014_093));
    assert_eq!(root.getloadavg().unwrap().fifteen, 0.05);
}

#[test]
fn counts_come_from_cpuinfo_and_stat_where_sys_is_missing() {
    let root = Root::at(testdata("system-3.10")).with_sys("/nowhere");
    assert_eq!(root.cpu_count().unwrap(), Some(3));
    assert_eq!(root.cpu_count_cores().unwrap(), Some(4));
    let root = Root::at(testdata("system-2.6.9"));
    assert_eq!(root.cpu_count().unwrap(), Some(1));
    assert_eq!(root.cpu_count_cores().unwrap_err().kind(), ErrorKind::NotFound);
    // First cpuinfo, then stat; where neither names a CPU, the number is not known.
    let tree = Tree::new();
    tree.write("proc/cpuinfo", "");
    tree.write("proc/stat", "cpu  1 2 3 4\n");
    assert_eq!(tree.root().cpu_count().unwrap(), None);
    assert_eq!(tree.root().cpu_count_cores().unwrap(), None);
    tree.write("proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\n");
    assert_eq!(tree.root().cpu_count().unwrap(), Some(1));
    tree.write("proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n");
    assert_eq!(tree.root().cpu_count().unwrap(), Some(2));
}

#[test]
fn cpufreq_by_policy_with_the_clock_of_cpuinfo() {
    let root = Root::at(testdata("system-laptop"));
    let clocks = root.cpu_freq_per_cpu().unwrap();
    let told: Vec<_> = clocks
        .iter()
        .map(|(cpu, clock)| (*cpu, clock.current, clock.min, clock.max))
        .collect();
    assert_eq!(
        told,
        [
            (0, Some(1499.998), Some(400.0), Some(3600.0)),
            (1, Some(2700.1), Some(400.0), Some(3600.0))
        ]
    );
    let mean = root.cpu_freq().unwrap().unwrap();
    assert_eq!(mean.current, Some((1499.998 + 2700.1) / 2.0));
    assert_eq!(mean.min, Some(400.0));

    // Without cpuinfo, with a broken one, or with one of other CPUs, what cpufreq itself tells.
    let tree = Tree::new();
    fs::create_dir(tree.path("cpuinfo")).unwrap();
    let broken = tree.path("");
    for proc in ["/nowhere".into(), broken, testdata("system-3.10").join("proc")] {
        let root = Root::at(testdata("system-laptop")).with_proc(proc);
        let clocks = root.cpu_freq_per_cpu().unwrap();
        assert_eq!(clocks[0].1.current, Some(1200.0));
        assert_eq!(clocks[1].1.current, Some(1300.0));
    }
}

#[test]
fn cpufreq_with_shared_policies_and_offline_cpus() {
    let clocks = Root::at(testdata("system-thermal")).cpu_freq_per_cpu().unwrap();
    let told: Vec<_> = clocks
        .iter()
        .map(|(cpu, clock)| (*cpu, clock.current, clock.max))
        .collect();
    assert_eq!(
        told,
        [
            (0, Some(600.0), Some(1800.0)),
            (1, Some(600.0), Some(1800.0)),
            (2, Some(600.0), Some(1800.0)),
            (3, None, Some(1800.0)),
            (4, Some(2400.0), Some(2400.0)),
            (5, Some(2400.0), Some(2400.0)),
            (6, None, None),
        ]
    );
}

#[test]
fn cpufreq_of_old_kernels_and_none_at_all() {
    // cpuinfo tells three clocks, cpufreq knows two CPUs: they are not the same.
    let clocks = Root::at(testdata("system-3.10")).cpu_freq_per_cpu().unwrap();
    assert_eq!(clocks.len(), 2);
    assert_eq!(clocks[0].1.current, Some(1800.0));
    assert_eq!(clocks[1].1.min, Some(1200.0));

    let clocks = Root::at(testdata("system-6.18")).cpu_freq_per_cpu().unwrap();
    assert_eq!(clocks.len(), 2);
    assert_eq!((clocks[0].1.min, clocks[0].1.max), (None, None));
    assert!(clocks[0].1.current > Some(0.0));

    let tree = Tree::new();
    let root = tree.root();
    tree.write("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 108.00\n");
    assert_eq!(root.cpu_freq_per_cpu().unwrap(), []);
    assert_eq!(root.cpu_freq().unwrap(), None);
}

#[test]
fn the_first_reading_of_a_sampler_is_none() {
    let mut cpus = CpuSampler::new(&Root::default());
    assert_eq!(cpus.percent().unwrap(), None);
    assert_eq!(cpus.times_percent().unwrap(), None);
    let count = psoxide::cpu_times_per_cpu().unwrap().len();
    let per_cpu = cpus.percent_per_cpu().unwrap();
    assert_eq!(per_cpu.len(), count);
    assert!(per_cpu.iter().all(|(_, busy)| busy.is_none()));
    assert!(
        cpus.times_percent_per_cpu()
            .unwrap()
            .iter()
            .all(|(_, shares)| shares.is_none())
    );
}

#[test]
fn a_sampler_sees_this_test_at_work() {
    let mut cpus = CpuSampler::new(&Root::default());
    cpus.percent().unwrap();
    cpus.times_percent().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut sum: u64 = 0;
    let busy = loop {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(200) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        match cpus.percent().unwrap() {
            Some(busy) if busy > 0.0 => break busy,
            _ => assert!(Instant::now() < deadline, "200 ms of work went unseen"),
        }
    };
    assert!(busy <= 100.0);
    let shares = cpus.times_percent().unwrap().unwrap();
    let parts = [
        Some(shares.user),
        shares.nice,
        Some(shares.system),
        Some(shares.idle),
        shares.iowait,
        shares.irq,
        shares.softirq,
        shares.steal,
    ];
    let whole: f64 = parts.iter().flatten().sum();
    assert!((whole - 100.0).abs() < 1e-6, "{whole}");
    assert!(parts.iter().flatten().all(|part| (0.0..=100.0).contains(part)));
}

#[test]
fn a_sampler_pairs_cpus_by_number() {
    let tree = Tree::new();
    let mut cpus = CpuSampler::new(&tree.root());
    let stat = |lines: &[(u32, u64, u64)]| {
        let mut text = "cpu  0 0 0 0 0 0 0 0 0 0\n".to_string();
        for (cpu, user, idle) in lines {
            text += &format!("cpu{cpu} {user} 0 0 {idle} 0 0 0 0 0 0\n");
        }
        tree.write("proc/stat", &text);
    };
    stat(&[(0, 100, 100), (1, 100, 100), (2, 100, 100)]);
    assert_eq!(cpus.percent_per_cpu().unwrap(), [(0, None), (1, None), (2, None)]);
    stat(&[(0, 100, 200), (2, 175, 125)]);
    assert_eq!(cpus.percent_per_cpu().unwrap(), [(0, Some(0.0)), (2, Some(75.0))]);
    stat(&[(0, 200, 200), (1, 500, 500), (2, 175, 125)]);
    assert_eq!(
        cpus.percent_per_cpu().unwrap(),
        [(0, Some(100.0)), (1, None), (2, None)]
    );
    // The other methods began their own intervals only now; an error takes nothing from them.
    assert_eq!(cpus.times_percent_per_cpu().unwrap()[0], (0, None));
    tree.write("proc/stat", "cpu ");
    assert_eq!(
        cpus.times_percent_per_cpu().unwrap_err().kind(),
        ErrorKind::InvalidData
    );
    stat(&[(0, 300, 300)]);
    let (_, shares) = cpus.times_percent_per_cpu().unwrap().remove(0);
    assert_eq!(
        shares.map(|shares| (shares.user, shares.idle)),
        Some((50.0, 50.0))
    );
}

#[test]
fn broken_files_are_errors_that_name_them() {
    is_broken_by("proc/stat", |root| root.cpu_times().map(drop), true);
    is_broken_by("proc/loadavg", |root| root.getloadavg().map(drop), true);
    is_broken_by("proc/cpuinfo", |root| root.cpu_freq().map(drop), false);
    is_broken_by("proc/stat", |root| root.cpu_count().map(drop), false);
}

#[test]
fn what_a_plain_user_may_not_read_is_denied() {
    if is_plain_user("cpu::what_a_plain_user_may_not_read_is_denied") {
        is_denied("proc/stat", |root| root.cpu_times().map(drop));
        is_denied("proc/stat", |root| root.cpu_stats().map(drop));
        is_denied("proc/stat", |root| root.cpu_count().map(drop));
        is_denied("proc/loadavg", |root| root.getloadavg().map(drop));
        is_denied("proc/cpuinfo", |root| root.cpu_freq().map(drop));
        is_denied("proc/cpuinfo", |root| root.cpu_count_cores().map(drop));
    }
}

#[test]
fn a_long_line_is_read_to_its_end() {
    let tree = Tree::new();
    let intr = " 0".repeat(3_000_000);
    tree.write(
        "proc/stat",
        format!("cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 5{intr}\nctxt 6\nbtime 7\n"),
    );
    let stats = tree.root().cpu_stats().unwrap();
    assert_eq!((stats.interrupts, stats.ctx_switches), (Some(5), Some(6)));
    assert_eq!(tree.root().boot_time().unwrap(), 7.0);
}
