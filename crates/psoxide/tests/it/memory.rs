//! Memory: against `free -b` and `/proc/meminfo` read by other means; the heap against allocations of these tests.

use std::collections::HashMap;
use std::fs;

use psoxide::{ErrorKind, Root};

use crate::agree::until_alike;
use crate::roots::{Tree, is_broken_by, is_denied, is_plain_user, testdata};
use crate::tools::output;

/// What may change between two readings in a row.
const TOLERANCE: u64 = 32 << 20;

/// The lines of `/proc/meminfo` in bytes.
fn meminfo() -> HashMap<String, u64> {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .filter_map(|(key, value)| {
            Some((
                key.to_string(),
                value.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024,
            ))
        })
        .collect()
}

fn near(what: &str, one: Option<u64>, other: Option<u64>) -> Result<(), String> {
    match (one, other) {
        (None, None) => Ok(()),
        (Some(one), Some(other)) if one.abs_diff(other) <= TOLERANCE => Ok(()),
        _ => Err(format!("{what}: {one:?} {other:?}")),
    }
}

#[test]
fn memory_is_that_of_meminfo() {
    until_alike(|| {
        let lines = meminfo();
        let line = |key: &str| lines.get(key).copied();
        let memory = psoxide::virtual_memory().unwrap();
        assert_eq!(memory.total, lines["MemTotal"]);
        near("free", Some(memory.free), line("MemFree"))?;
        if let Some(available) = line("MemAvailable").filter(|available| *available <= memory.total) {
            near("available", Some(memory.available), Some(available))?;
        }
        near("active", memory.active, line("Active"))?;
        near("inactive", memory.inactive, line("Inactive"))?;
        near("buffers", memory.buffers, line("Buffers"))?;
        near("shared", memory.shared, line("Shmem"))?;
        near("slab", memory.slab, line("Slab"))?;
        let cached = lines["Cached"] + line("SReclaimable").unwrap_or(0);
        near("cached", memory.cached, Some(cached))
    });
}

#[test]
fn the_parts_of_memory_fit_together() {
    let memory = psoxide::virtual_memory().unwrap();
    assert!(memory.available <= memory.total && memory.free <= memory.total);
    assert_eq!(memory.used, memory.total - memory.available);
    let percent = memory.used as f64 / memory.total as f64 * 100.0;
    assert!((memory.percent - percent).abs() <= 0.05 + 1e-9);
    assert_eq!(memory.wired, None);
}

#[test]
fn memory_and_swap_are_those_of_free() {
    until_alike(|| {
        let Some(table) = output("free", &["-b"]) else {
            return Ok(());
        };
        let row = |name: &str| -> Vec<u64> {
            let line = table.lines().find(|line| line.starts_with(name)).unwrap();
            let words = line.split_ascii_whitespace().skip(1);
            words.map(|word| word.parse().unwrap()).collect()
        };
        let memory = psoxide::virtual_memory().unwrap();
        let told = row("Mem:");
        assert_eq!(memory.total, told[0]);
        near("free", Some(memory.free), Some(told[2]))?;
        near("shared", memory.shared, Some(told[3]))?;
        // Since procps 3.3.10 buffers and cache are one column, and what is available another.
        if let Some(available) = told.get(5) {
            near("available", Some(memory.available), Some(*available))?;
            let cache = memory.buffers.zip(memory.cached);
            near(
                "buff/cache",
                cache.map(|(buffers, cached)| buffers + cached),
                Some(told[4]),
            )?;
        }
        let swap = psoxide::swap_memory().unwrap();
        let told = row("Swap:");
        assert_eq!(swap.total, told[0]);
        near("swap used", Some(swap.used), Some(told[1]))?;
        near("swap free", Some(swap.free), Some(told[2]))
    });
}

#[test]
fn swap_is_that_of_meminfo_and_vmstat() {
    let vmstat = || {
        let text = fs::read_to_string("/proc/vmstat").unwrap_or_default();
        ["pswpin ", "pswpout "].map(|key| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.map(|pages| pages.parse::<u64>().unwrap() * 4096)
        })
    };
    let before = vmstat();
    let swap = psoxide::swap_memory().unwrap();
    let after = vmstat();
    for ((told, before), after) in [swap.sin, swap.sout].into_iter().zip(before).zip(after) {
        assert!(before <= told && told <= after, "{before:?} {told:?} {after:?}");
    }
    assert_eq!(swap.used + swap.free, swap.total);
    assert_eq!(swap.total, meminfo()["SwapTotal"]);
    assert!((0.0..=100.0).contains(&swap.percent));
}

#[test]
fn every_question_is_answered_by_its_root() {
    let root = Root::at(testdata("system-3.10"));
    let memory = root.virtual_memory().unwrap();
    assert_eq!(memory.total, 3_882_080 * 1024);
    let swap = root.swap_memory().unwrap();
    assert_eq!((swap.sin, swap.sout), (Some(1034 * 4096), Some(15_123 * 4096)));
    // zoneinfo is read of that root, too: without it the estimate is another.
    let tree = Tree::new();
    fs::copy(
        testdata("system-3.10").join("proc/meminfo"),
        tree.path("proc/meminfo"),
    )
    .unwrap();
    let estimate = tree.root().virtual_memory().unwrap().available;
    assert_eq!(estimate, (1_480_628 + 1_190_484) * 1024);
    if rustix::param::page_size() == 4096 {
        assert_eq!(memory.available, 2_566_686 * 1024);
    }
}

#[test]
fn what_the_root_does_not_tell_is_none_or_an_error_and_never_of_this_machine() {
    let tree = Tree::new();
    tree.write("proc/meminfo", "MemTotal: 100 kB\nMemFree: 50 kB\n");
    let root = tree.root();
    let memory = root.virtual_memory().unwrap();
    assert_eq!(memory.available, 50 * 1024);
    assert_eq!((memory.cached, memory.shared, memory.slab), (None, None, None));
    let error = root.swap_memory().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    tree.write("proc/meminfo", "SwapTotal: 100 kB\nSwapFree: 25 kB\n");
    let swap = root.swap_memory().unwrap();
    assert_eq!((swap.sin, swap.sout, swap.percent), (None, None, 75.0));
    assert_eq!(root.heap_info().unwrap_err().kind(), ErrorKind::ForeignRoot);
    assert_eq!(root.heap_trim().unwrap_err().kind(), ErrorKind::ForeignRoot);
}

#[test]
fn broken_files_are_errors_that_name_them() {
    is_broken_by("proc/meminfo", |root| root.virtual_memory().map(drop), true);
    is_broken_by("proc/meminfo", |root| root.swap_memory().map(drop), true);
}

#[test]
fn what_a_plain_user_may_not_read_is_denied() {
    if is_plain_user("memory::what_a_plain_user_may_not_read_is_denied") {
        is_denied("proc/meminfo", |root| root.virtual_memory().map(drop));
        is_denied("proc/meminfo", |root| root.swap_memory().map(drop));
    }
}

#[test]
fn a_broken_vmstat_or_zoneinfo_leaves_the_rest() {
    let tree = Tree::new();
    let meminfo = testdata("system-3.10").join("proc/meminfo");
    fs::copy(meminfo, tree.path("proc/meminfo")).unwrap();
    fs::create_dir(tree.path("proc/vmstat")).unwrap();
    tree.write("proc/zoneinfo", b"\0\xff low low low\n");
    let swap = tree.root().swap_memory().unwrap();
    assert_eq!((swap.sin, swap.sout), (None, None));
    assert!(swap.used > 0);
    assert_eq!(
        tree.root().virtual_memory().unwrap().available,
        (1_480_628 + 1_190_484) * 1024
    );
}

#[test]
fn the_heap_grows_by_what_is_allocated() {
    let before = match psoxide::heap_info() {
        Ok(heap) => heap,
        Err(error) => {
            assert!(error.is_unsupported(), "{error}");
            println!("{error}: not tested");
            return;
        }
    };
    assert!(before.heap_used > 0);
    assert_eq!(before.heap_count, None);
    // Other tests allocate and free in the same heap meanwhile.
    until_alike(|| {
        let before = psoxide::heap_info().unwrap();
        let small: Vec<Vec<u8>> = (0..20_000).map(|_| vec![1; 1000]).collect();
        let large = vec![1u8; 64 << 20];
        let after = psoxide::heap_info().unwrap();
        let sizes = small.iter().map(Vec::len).sum::<usize>() as u64;
        if after.heap_used.saturating_sub(before.heap_used) >= sizes
            && after.mmap_used.saturating_sub(before.mmap_used) >= large.len() as u64
        {
            return Ok(());
        }
        Err(format!("{before:?} {after:?}"))
    });
    psoxide::heap_trim().unwrap();
    assert!(psoxide::heap_info().unwrap().heap_used > 0);
}
