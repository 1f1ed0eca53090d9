//! Disks: mounts against the kernel's other table of them, space against `df`, counters against `/proc` before and after,
//! and what is answered where files are missing or broken.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use psoxide::model::disk::{DiskIo, DiskUsage, Partition};
use psoxide::{DiskIoSampler, ErrorKind, MountWatch, Root};

use crate::agree::{PATIENCE, until_equal};
use crate::roots::{Tree, is_broken_by, is_denied, is_plain_user, testdata};
use crate::tools;

/// A column of a mount table with its octal escapes undone.
fn unescaped(column: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut parts = column.split('\\');
    bytes.extend(parts.next().unwrap().as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..3], 8).unwrap());
        bytes.extend(&part.as_bytes()[3..]);
    }
    bytes
}

#[test]
fn mounts_are_those_of_mountinfo() {
    // mountinfo is another file, with another layout: the type, device and options stand after a lone dash.
    until_equal(|| {
        let ours: Vec<_> = psoxide::disk_partitions(true)
            .unwrap()
            .into_iter()
            .map(|mount| (mount.mountpoint.into_bytes(), mount.fstype.into_bytes()))
            .collect();
        let table = String::from_utf8_lossy(&fs::read("/proc/self/mountinfo").unwrap()).into_owned();
        let theirs: Vec<_> = table
            .lines()
            .map(|line| {
                let (place, kind) = line.split_once(" - ").unwrap();
                let mountpoint = place.split(' ').nth(4).unwrap();
                (unescaped(mountpoint), unescaped(kind.split(' ').next().unwrap()))
            })
            .collect();
        (ours, theirs)
    });
}

#[test]
fn mounts_of_disks_have_a_device_and_a_type_that_needs_one() {
    let types = fs::read_to_string("/proc/filesystems").unwrap();
    let types: HashSet<&str> = types.lines().filter_map(|line| line.strip_prefix('\t')).collect();
    let is_disk = |mount: &Partition| {
        let fstype = mount.fstype.to_string();
        !mount.device.is_empty() && (types.contains(fstype.as_str()) || fstype == "zfs")
    };
    until_equal(|| {
        let disks = psoxide::disk_partitions(false).unwrap();
        let mut all = psoxide::disk_partitions(true).unwrap();
        all.retain(is_disk);
        (disks, all)
    });
}

/// What df says of the file system of a path: its size, the space used and available, and the percent used.
fn df(path: &str) -> Option<[f64; 4]> {
    let text = tools::output("df", &["-B1", "--output=size,used,avail,pcent", path])?;
    let columns: Vec<f64> = text
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .map(|column| tools::number(column.trim_end_matches('%').replace('-', "0").as_str()))
        .collect();
    Some(<[f64; 4]>::try_from(columns).unwrap())
}

#[test]
fn space_is_what_df_says() {
    let mut compared = 0;
    for path in ["/", "/dev", "/dev/shm", "/run", "/tmp"] {
        if !Path::new(path).is_dir() {
            continue;
        }
        // Others may write all the time, so that df does not say the same twice.
        let deadline = Instant::now() + PATIENCE / 4;
        let (mut still, mut tries) = (0, 0);
        loop {
            let Some(before) = df(path) else { return };
            let ours = psoxide::disk_usage(path).unwrap();
            let after = df(path).unwrap();
            let [size, used, available, percent] = after;
            let space = [ours.total as f64, ours.used as f64, ours.free as f64];
            // df rounds up, psutil to one decimal.
            let is_rounded = ours.percent <= percent + 0.05 && ours.percent > percent - 1.06;
            if before == after && space == [size, used, available] && is_rounded {
                compared += 1;
                break;
            }
            tries += 1;
            still += u32::from(before == after);
            if Instant::now() >= deadline {
                assert!(still <= tries / 2, "{path}: {ours:?}, df {after:?}");
                println!("{path} changes all the time: its space was not compared");
                break;
            }
        }
    }
    assert!(compared > 0, "no file system holds still");
}

#[test]
fn space_of_a_path_is_that_of_its_file_system() {
    let tree = Tree::new();
    tree.write("file", "");
    let odd = tree
        .path("x")
        .with_file_name(std::ffi::OsStr::from_bytes(b"not \xff utf8"));
    fs::write(&odd, "").unwrap();
    let total = |path: &Path| psoxide::disk_usage(path).unwrap().total;
    let expected = total(&std::env::temp_dir());
    assert_eq!(total(&tree.path("file")), expected);
    assert_eq!(total(&odd), expected);
    let relations = |space: DiskUsage| {
        assert!(space.used <= space.total && space.free <= space.total);
        assert!(space.used + space.free <= space.total);
        assert!((0.0..=100.0).contains(&space.percent));
    };
    relations(psoxide::disk_usage("/").unwrap());
}

#[test]
fn space_of_what_is_not_there() {
    let tree = Tree::new();
    tree.write("file", "");
    for path in [tree.path("missing"), tree.path("file").join("below")] {
        let error = psoxide::disk_usage(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.what(), path.to_str().unwrap());
    }
    let error = psoxide::disk_usage("").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = psoxide::disk_usage("nul\0byte").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os);
}

#[test]
fn space_behind_a_closed_directory() {
    if !is_plain_user("disk::space_behind_a_closed_directory") {
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new();
    let inner = tree.path("closed/inner");
    let closed = inner.parent().unwrap();
    fs::set_permissions(closed, fs::Permissions::from_mode(0o000)).unwrap();
    let error = psoxide::disk_usage(&inner).unwrap_err();
    fs::set_permissions(closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn space_below_another_root_stays_below_it() {
    let tree = Tree::new();
    tree.write("data/file", "");
    std::os::unix::fs::symlink("/data", tree.path("link")).unwrap();
    std::os::unix::fs::symlink("/etc", tree.path("out")).unwrap();
    std::os::unix::fs::symlink("../../../../../../../../etc", tree.path("up")).unwrap();
    let root = tree.root();
    let own = psoxide::disk_usage(tree.path("data")).unwrap().total;
    for path in ["/", "", "/data", "data/file", "/link", "/link/file"] {
        assert_eq!(root.disk_usage(path).unwrap().total, own, "{path}");
    }
    for path in ["/out", "/up", "/etc", "/missing"] {
        assert_eq!(
            root.disk_usage(path).unwrap_err().kind(),
            ErrorKind::NotFound,
            "{path}"
        );
    }
    let gone = Root::at("/no/such/root");
    assert_eq!(gone.disk_usage("/").unwrap_err().kind(), ErrorKind::NotFound);
}

/// Name and first eight counters of each line, read independently.
fn diskstats() -> HashMap<String, Vec<u64>> {
    let file = fs::read_to_string("/proc/diskstats").unwrap();
    file.lines()
        .map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let numbers = columns[3..11]
                .iter()
                .map(|column| column.parse().unwrap())
                .collect();
            (columns[2].to_string(), numbers)
        })
        .collect()
}

/// The same counters in the order of the file.
fn counters(io: &DiskIo) -> [u64; 8] {
    [
        io.read_count,
        io.read_merged_count.unwrap(),
        io.read_bytes / 512,
        io.read_time.unwrap(),
        io.write_count,
        io.write_merged_count.unwrap(),
        io.write_bytes / 512,
        io.write_time.unwrap(),
    ]
}

#[test]
fn counters_lie_between_two_readings_of_proc() {
    if !Path::new("/proc/diskstats").exists() {
        println!("no /proc/diskstats here: counters of disks were not compared");
        return;
    }
    let before = diskstats();
    let ours = psoxide::disk_io_counters_per_disk().unwrap();
    let total = psoxide::disk_io_counters().unwrap();
    let after = diskstats();
    let names: HashSet<String> = ours.iter().map(|(name, _)| name.to_string()).collect();
    for name in before.keys().filter(|name| after.contains_key(*name)) {
        assert!(names.contains(name), "{name}");
    }
    for (name, io) in &ours {
        let name = name.to_string();
        let (Some(before), Some(after)) = (before.get(&name), after.get(&name)) else {
            continue;
        };
        for (index, value) in counters(io).into_iter().enumerate() {
            assert!(before[index] <= value && value <= after[index], "{name} {index}");
        }
    }
    let whole = |name: &&String| Path::new("/sys/block").join(name.replace('/', "!")).exists();
    let sum = |table: &HashMap<String, Vec<u64>>, index: usize| -> u64 {
        table.keys().filter(whole).map(|name| table[name][index]).sum()
    };
    if before.keys().collect::<HashSet<_>>() != after.keys().collect::<HashSet<_>>() {
        println!("disks came or went: sums were not compared");
        return;
    }
    match total {
        None => assert!(before.keys().filter(whole).count() == 0),
        Some(total) => {
            for (index, value) in counters(&total).into_iter().enumerate() {
                assert!(
                    sum(&before, index) <= value && value <= sum(&after, index),
                    "{index}"
                );
            }
        }
    }
}

#[test]
fn both_sources_of_counters_tell_the_same() {
    let case = testdata("disk-3.10");
    let from_diskstats = Root::at(&case);
    let from_sysfs = Root::at(&case).with_proc(case.join("no-proc"));
    let named = |root: &Root| {
        let mut disks = root.disk_io_counters_per_disk().unwrap();
        disks.sort_by(|(first, _), (second, _)| first.cmp(second));
        disks
    };
    let disks = named(&from_diskstats);
    assert_eq!(disks.len(), 7);
    assert_eq!(disks, named(&from_sysfs));
    let total = from_diskstats.disk_io_counters().unwrap().unwrap();
    assert_eq!(from_sysfs.disk_io_counters().unwrap().unwrap(), total);
    // sda, cciss/c0d0, dm-0 and sr0, but no parts.
    assert_eq!(total.read_count, 446_216 + 5_320 + 1_120);
    assert_eq!(total.busy_time, Some(3_376_340 + 12_711 + 1_310));
    // Without sysfs the names alone tell which are parts.
    let without_sysfs = Root::at(&case).with_sys(case.join("no-sys"));
    assert_eq!(without_sysfs.disk_io_counters().unwrap().unwrap(), total);
}

#[test]
fn a_whole_disk_may_have_the_name_of_a_part() {
    let tree = Tree::new();
    let line = |name: &str| format!("202 1 {name} 1 0 0 0 0 0 0 0 0 0 0\n");
    let names = [
        "xvda",
        "xvda1",
        "xvda2",
        "dm-1",
        "dm-10",
        "nvme0n1",
        "nvme0n1p1",
        "loop1p2",
        "1",
    ];
    tree.write("proc/diskstats", names.map(line).concat());
    let wholes = || -> Vec<String> {
        let disks = tree.root().disk_counters().unwrap();
        disks
            .iter()
            .filter(|disk| disk.whole)
            .map(|disk| disk.name.to_string())
            .collect()
    };
    assert_eq!(wholes(), ["xvda", "dm-1", "dm-10", "nvme0n1", "loop1p2", "1"]);
    tree.write("sys/block/xvda2/stat", "");
    assert_eq!(
        wholes(),
        ["xvda", "xvda2", "dm-1", "dm-10", "nvme0n1", "loop1p2", "1"]
    );
}

#[test]
fn mounts_of_another_root() {
    let root = Root::at(testdata("disk-3.10"));
    let all = root.disk_partitions(true).unwrap();
    assert_eq!(all.len(), 10);
    let disks = root.disk_partitions(false).unwrap();
    let rows: Vec<(String, String)> = disks
        .iter()
        .map(|mount| (mount.device.to_string(), mount.mountpoint.to_string()))
        .collect();
    let row = |device: &str, mountpoint: &str| (device.to_string(), mountpoint.to_string());
    assert_eq!(
        rows,
        [
            row("/dev/sda2", "/"),
            row("/dev/cciss/c0d0p1", "/srv/two words\ttab"),
            row("/dev/mapper/vg-lv", "/srv/back\\slash\nnewline"),
            row("tank/home", "/home"),
        ]
    );
}

#[test]
fn the_root_device_is_found_in_each_place_or_left_alone() {
    let tree = Tree::new();
    let root = tree.root();
    tree.write("proc/filesystems", "\text4\n");
    tree.write("proc/1/mounts", "/dev/root / ext4 rw 0 0\n");
    tree.write("proc/1/mountinfo", "20 1 8:2 / / rw - ext4 /dev/root rw\n");
    let device = || root.disk_partitions(false).unwrap()[0].device.to_string();
    assert_eq!(device(), "/dev/root");
    tree.write(
        "proc/partitions",
        "major minor  #blocks  name\n\n 8 2 100 first\n",
    );
    // The name is known, but has no file below /dev.
    assert_eq!(device(), "/dev/root");
    tree.write("dev/third", "");
    tree.write("sys/class/block/third/dev", "8:2\n");
    assert_eq!(device(), "/dev/third");
    tree.write("dev/second", "");
    tree.write("sys/dev/block/8:2/uevent", "MAJOR=8\nMINOR=2\nDEVNAME=second\n");
    assert_eq!(device(), "/dev/second");
    tree.write("dev/first", "");
    assert_eq!(device(), "/dev/first");
    // The table of the first process is that root's, not the one that it calls `self`.
    tree.write("proc/self/mounts", "/dev/sdz /elsewhere ext4 rw 0 0\n");
    assert_eq!(device(), "/dev/first");
}

#[test]
fn without_a_list_of_types_a_disk_is_what_has_a_device_file() {
    let tree = Tree::new();
    let mounts = "/dev/block/dm-0 / ext4 ro 0 0\ntmpfs /dev tmpfs rw 0 0\n/dev/fuse /storage fuse rw 0 0\n";
    tree.write("proc/mounts", mounts);
    let disks = tree.root().disk_partitions(false).unwrap();
    assert_eq!(disks.len(), 1);
    assert_eq!(disks[0].mountpoint, "/");
}

#[test]
fn broken_files() {
    is_broken_by("proc/mounts", |root| root.disk_partitions(true).map(drop), false);
    let tree = Tree::new();
    let root = tree.root();
    let missing = root.disk_io_counters().unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(missing.what().contains("diskstats") && missing.what().contains("sys/block"));
    // A file cut in the middle of a line, and lines that are none.
    let line = "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n";
    let endless = "sda ".repeat(1 << 20);
    for bytes in [&line.repeat(3)[..150], "garbage\n", "\0\0\0\0", endless.as_str()] {
        tree.write("proc/diskstats", bytes);
        let error = root.disk_io_counters_per_disk().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.what(), tree.path("proc/diskstats").to_str().unwrap());
    }
    tree.write("proc/diskstats", "");
    assert_eq!(root.disk_io_counters().unwrap(), None);
    assert!(root.disk_io_counters_per_disk().unwrap().is_empty());
}

#[test]
fn files_that_may_not_be_read() {
    if is_plain_user("disk::files_that_may_not_be_read") {
        is_denied("proc/1/mounts", |root| root.disk_partitions(true).map(drop));
        is_denied("proc/diskstats", |root| root.disk_io_counters().map(drop));
    }
}

#[test]
fn a_sampler_tells_what_happens_between_its_samples() {
    let mut sampler = DiskIoSampler::new();
    let first = sampler.sample().unwrap();
    assert!(first.interval.is_none() && first.rates.is_none());
    assert!(first.disks.iter().all(|disk| disk.rates.is_none()));
    let second = sampler.sample().unwrap();
    let seconds = second.interval.unwrap().as_secs_f64();
    assert_eq!(
        second.rates.is_some(),
        second.disks.iter().any(|disk| disk.whole && disk.rates.is_some())
    );
    for disk in &second.disks {
        let Some(before) = first.disks.iter().find(|before| before.name == disk.name) else {
            continue;
        };
        let grown = (disk.io.read_bytes - before.io.read_bytes) as f64;
        let rates = disk.rates.as_ref().unwrap();
        assert!(
            (rates.read_bytes * seconds - grown).abs() <= grown * 1e-9,
            "{}",
            disk.name
        );
        assert!(rates.write_count >= 0.0 && rates.busy.is_none_or(|busy| (0.0..=100.0).contains(&busy)));
    }
    let broken = Tree::new();
    assert!(DiskIoSampler::at(&broken.root()).sample().is_err());
}

#[test]
fn a_watch_asks_every_mount() {
    let mut watch = MountWatch::new();
    // On a busy host a thread may wait for its turn.
    let mounts = watch.usage(false, PATIENCE).unwrap();
    let points: Vec<_> = mounts
        .iter()
        .map(|mount| mount.partition.mountpoint.clone())
        .collect();
    let expected: Vec<_> = psoxide::disk_partitions(false)
        .unwrap()
        .into_iter()
        .map(|mount| mount.mountpoint)
        .collect();
    assert_eq!(points, expected);
    for mount in &mounts {
        let path = Path::new(std::ffi::OsStr::from_bytes(&mount.partition.mountpoint));
        match (&mount.usage, psoxide::disk_usage(path)) {
            (Ok(watched), Ok(asked)) => assert_eq!(watched.total, asked.total),
            (Err(watched), Err(asked)) => assert_eq!(watched.kind(), asked.kind()),
            (watched, asked) => panic!("{path:?}: {watched:?}, {asked:?}"),
        }
    }
    assert!(watch.hanging().is_empty());
    let missing = MountWatch::at(&Root::at("/no/such/root"))
        .usage(true, PATIENCE)
        .unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

/// Whether this process has its own mounts, so that what it mounts hangs nobody else. If it has not, the test of this
/// name is run again in a namespace of its own, and its failure is this one's.
fn has_own_mounts(test: &str) -> bool {
    const OWN: &str = "PSOXIDE_TEST_OWN_MOUNTS";
    if std::env::var_os(OWN).is_some() {
        return true;
    }
    if !rustix::process::geteuid().is_root() {
        println!("{test}: mounting needs root; the unit tests have a stand-in for a mount that hangs");
        return false;
    }
    let again = Command::new("unshare")
        .args(["--mount", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(OWN, "1")
        .output();
    match again {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            print!("{said}");
            assert!(
                output.status.success() && said.contains("1 passed") || said.is_empty(),
                "{said}"
            );
            if said.is_empty() {
                println!(
                    "{test}: no namespace of mounts: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
        Err(error) => println!("{test}: unshare was not run: {error}"),
    }
    false
}

/// A file system in user space that nobody serves: whoever asks it for its space waits. `None`, and a line that says
/// why, if it cannot be mounted.
fn hanging_mount(place: &Path) -> Option<fs::File> {
    let device = fs::File::options().read(true).write(true).open("/dev/fuse");
    let device = match device {
        Ok(device) => device,
        Err(error) => {
            println!("/dev/fuse: {error}: no mount was made to hang");
            return None;
        }
    };
    let options = "fd=0,rootmode=40000,user_id=0,group_id=0";
    let mounted = Command::new("mount")
        .args(["-i", "-t", "fuse", "-o", options, "nobody"])
        .arg(place)
        .stdin(device.try_clone().unwrap())
        .output();
    match mounted {
        Ok(output) if output.status.success() => Some(device),
        Ok(output) => {
            println!(
                "mount: {}: no mount was made to hang",
                String::from_utf8_lossy(&output.stderr)
            );
            None
        }
        Err(error) => {
            println!("mount: {error}: no mount was made to hang");
            None
        }
    }
}

#[test]
fn a_mount_that_hangs_leaves_the_others_alone() {
    if !has_own_mounts("disk::a_mount_that_hangs_leaves_the_others_alone") {
        return;
    }
    let tree = Tree::new();
    let place = tree.path("hung/x").with_file_name("");
    let place = place.components().collect::<std::path::PathBuf>();
    let Some(device) = hanging_mount(&place) else {
        return;
    };
    let mut watch = MountWatch::new();
    let threads = || fs::read_dir("/proc/self/task").unwrap().count();
    let hangs =
        |mount: &psoxide::MountUsage| mount.partition.mountpoint.as_bytes() == place.as_os_str().as_bytes();
    let mut held = None;
    for _ in 0..3 {
        let mounts = watch.usage(true, Duration::from_secs(2)).unwrap();
        assert_eq!(mounts.iter().filter(|mount| hangs(mount)).count(), 1);
        for mount in &mounts {
            let timed_out = mount.usage.as_ref().err().map(psoxide::Error::kind) == Some(ErrorKind::Timeout);
            assert_eq!(timed_out, hangs(mount), "{mount:?}");
        }
        assert_eq!(watch.hanging().len(), 1);
        // However often it is asked, no more threads wait.
        let deadline = Instant::now() + PATIENCE;
        while threads() > held.unwrap_or(usize::MAX) {
            assert!(
                Instant::now() < deadline,
                "{} threads, {held:?} before",
                threads()
            );
        }
        held.get_or_insert(threads());
    }
    // Whoever serves the file system goes away for good, and with it the wait.
    drop(device);
    let deadline = Instant::now() + PATIENCE;
    while !watch.hanging().is_empty() {
        assert!(Instant::now() < deadline, "the mount still hangs");
    }
    let mounts = watch.usage(true, PATIENCE).unwrap();
    let answer = mounts.iter().find(|mount| hangs(mount)).unwrap().usage.as_ref();
    assert_ne!(answer.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(Command::new("umount").arg(&place).status().unwrap().success());
}
