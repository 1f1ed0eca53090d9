//! The machine: processors, memory, disks, network, boot.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use psoxide::ErrorKind;
use psoxide::model::net::{
    AddressFamily, ConnectionKind, ConnectionStatus, InterfaceAddress, SocketAddress, SocketType,
};

#[test]
fn processors_are_those_that_a_program_may_use() {
    let count = psoxide::cpu_count().unwrap().unwrap();
    assert!(count as usize >= std::thread::available_parallelism().unwrap().get());
    let cores = psoxide::cpu_count_cores().unwrap().unwrap();
    assert!((1..=count).contains(&cores), "{cores} {count}");
    let per_cpu = psoxide::cpu_times_per_cpu().unwrap();
    let numbers: Vec<u32> = per_cpu.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (0..count).collect::<Vec<_>>());
    let clocks = psoxide::cpu_freq_per_cpu().unwrap();
    let clocked: Vec<u32> = clocks.iter().map(|(number, _)| *number).collect();
    assert_eq!(clocked, numbers);
    for (number, clock) in &clocks {
        assert!(
            clock.current > Some(0.0) && clock.max > Some(0.0),
            "{number}: {clock:?}"
        );
        assert_eq!(clock.min, None);
    }
}

#[test]
fn cpu_time_grows_by_what_the_clock_does() {
    let sum = || {
        let times = psoxide::cpu_times().unwrap();
        assert_eq!(times.iowait, None);
        assert!(times.interrupt.is_some() && times.dpc.is_some());
        times.user + times.system + times.idle
    };
    let cpus = f64::from(psoxide::cpu_count().unwrap().unwrap());
    let (before, began) = (sum(), Instant::now());
    while began.elapsed() < Duration::from_millis(300) {
        std::hint::black_box(began);
    }
    let (grown, elapsed) = (sum() - before, began.elapsed().as_secs_f64());
    // Counted in ticks, and on a host whose clocks may stand still for a moment.
    assert!(
        grown > 0.0 && grown <= elapsed * cpus * 1.5 + 0.5,
        "{grown} {elapsed}"
    );
}

#[test]
fn memory_has_what_this_program_uses() {
    let memory = psoxide::virtual_memory().unwrap();
    assert!(memory.available <= memory.total);
    assert_eq!(memory.used, memory.total - memory.available);
    assert_eq!((memory.free, memory.active), (memory.available, None));
    let mine = psoxide::Process::current().unwrap().memory_info().unwrap();
    assert!((1..memory.total).contains(&mine.rss));
}

#[test]
fn swap_is_what_the_paging_files_have() {
    match psoxide::swap_memory() {
        Ok(swap) => {
            assert_eq!(swap.used + swap.free, swap.total);
            assert_eq!((swap.sin, swap.sout), (None, None));
        }
        Err(error) => assert!(error.is_unsupported(), "{error}"),
    }
}

#[test]
fn what_is_held_is_in_the_heap() {
    const MEBIBYTE: u64 = 1 << 20;
    let before = psoxide::heap_info().unwrap();
    let small: Vec<Box<[u8; 4096]>> = (0..16_384).map(|_| Box::new([1; 4096])).collect();
    let with_small = psoxide::heap_info().unwrap();
    assert!(
        with_small.heap_used > before.heap_used + 48 * MEBIBYTE,
        "{before:?} {with_small:?}"
    );
    drop(small);
    // What is large is not taken from the heap but from the system.
    let large = vec![1u8; 256 * MEBIBYTE as usize];
    let with_large = psoxide::heap_info().unwrap();
    assert!(
        with_large.mmap_used > before.mmap_used + 192 * MEBIBYTE,
        "{before:?} {with_large:?}"
    );
    drop(large);
    psoxide::heap_trim().unwrap();
    let after = psoxide::heap_info().unwrap();
    assert!(
        after.heap_used + 16 * MEBIBYTE < with_small.heap_used,
        "{with_small:?} {after:?}"
    );
    assert!(after.heap_count >= Some(1));
}

#[test]
fn a_battery_has_a_charge() {
    if let Some(battery) = psoxide::sensors_battery().unwrap() {
        assert!((0.0..=100.0).contains(&battery.percent), "{battery:?}");
    }
}

#[test]
fn who_is_logged_in_has_been_so_for_a_while() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    let users = match psoxide::users() {
        // The session was never begun, if one believes wine.
        Err(error) if error.kind() == ErrorKind::InvalidData => return,
        users => users.unwrap(),
    };
    for user in users {
        assert!(!user.name.is_empty());
        assert!(user.started > 0.0 && user.started <= now, "{user:?}");
        assert_eq!((user.terminal, user.pid), (None, None));
    }
}

#[test]
fn the_boot_was_before_this_program_and_does_not_move() {
    let boot = psoxide::boot_time().unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    let started = psoxide::Process::current().unwrap().create_time().unwrap();
    assert!(boot <= started && started <= now, "{boot} {started} {now}");
    assert_eq!(psoxide::boot_time().unwrap(), boot);
}

#[test]
fn the_drive_of_this_program_is_a_disk() {
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap().trim_start_matches(r"\\?\").to_owned();
    let all = psoxide::disk_partitions(true).unwrap();
    let drive = all
        .iter()
        .find(|mount| program.to_uppercase().starts_with(&mount.mountpoint.to_string()))
        .unwrap();
    assert_eq!(drive.device, drive.mountpoint);
    assert!(drive.mountpoint.ends_with(br":\"));
    let kind = drive.opts.to_string();
    assert!(kind.starts_with("rw,") || kind.starts_with("ro,"), "{kind}");
    let disks = psoxide::disk_partitions(false).unwrap();
    assert!(disks.iter().all(|disk| all.contains(disk)));
    assert!(disks.iter().all(|disk| !disk.opts.ends_with(b"remote")));
}

#[test]
fn space_adds_up() {
    let folder = std::env::temp_dir();
    let usage = psoxide::disk_usage(&folder).unwrap();
    assert!(usage.total > 0);
    assert_eq!(usage.used + usage.free, usage.total);
    assert!((0.0..=100.0).contains(&usage.percent));
    let missing = psoxide::disk_usage(folder.join("no such folder")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound, "{missing}");
    assert!(missing.what().contains("no such folder"));
    let error = psoxide::disk_usage(Path::new("C:\\\0")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn space_is_told_of_files_and_of_long_paths() {
    let folder = std::env::temp_dir().join(format!("psoxide-space-{}", std::process::id()));
    let mut deep = folder.clone();
    while deep.as_os_str().len() < 400 {
        deep.push("a folder whose name is of fifty characters or so");
    }
    std::fs::create_dir_all(&deep).unwrap();
    let file = deep.join("file");
    std::fs::write(&file, "something").unwrap();
    let total = psoxide::disk_usage(std::env::temp_dir()).unwrap().total;
    assert_eq!(psoxide::disk_usage(&deep).unwrap().total, total);
    assert_eq!(psoxide::disk_usage(&file).unwrap().total, total);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn disks_only_count_up() {
    let before = psoxide::Root::default().disk_counters().unwrap();
    let after = psoxide::disk_io_counters_per_disk().unwrap();
    for disk in &before {
        assert!(disk.whole && disk.name.starts_with(b"PhysicalDrive"), "{disk:?}");
        if let Some((_, later)) = after.iter().find(|(name, _)| *name == disk.name) {
            assert!(disk.io.read_bytes <= later.read_bytes && disk.io.write_bytes <= later.write_bytes);
        }
    }
    assert_eq!(psoxide::disk_io_counters().unwrap().is_some(), !before.is_empty());
}

/// The address that this machine would send from.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    match socket.connect("192.0.2.1:9") {
        Ok(()) => Some(socket.local_addr().unwrap().ip()),
        Err(error) => {
            println!("no way to other machines ({error}): only the loopback is compared");
            None
        }
    }
}

#[test]
fn addresses_are_those_that_sockets_get() {
    let interfaces = psoxide::net_if_addrs().unwrap();
    let addresses: Vec<IpAddr> = interfaces
        .iter()
        .flat_map(|(_, entries)| entries)
        .filter_map(|entry| match entry.address {
            InterfaceAddress::Ip(address) => Some(address),
            _ => None,
        })
        .collect();
    assert!(addresses.contains(&IpAddr::from([127, 0, 0, 1])), "{addresses:?}");
    if let Some(own) = own_address() {
        assert!(addresses.contains(&own), "{own}: {addresses:?}");
    }
    for (name, entries) in &interfaces {
        assert!(!name.is_empty());
        for entry in entries {
            let is_v4 = entry.family == AddressFamily::Inet;
            assert_eq!(entry.netmask.is_some(), is_v4, "{name}: {entry:?}");
        }
    }
}

#[test]
fn interfaces_have_counters_and_a_state() {
    let names = |list: Vec<String>| {
        let mut list = list;
        list.sort();
        list
    };
    let addresses = psoxide::net_if_addrs().unwrap();
    let expected = names(addresses.iter().map(|(name, _)| name.to_string()).collect());
    let counters = psoxide::net_io_counters_per_nic().unwrap();
    let told = names(counters.iter().map(|(name, _)| name.to_string()).collect());
    assert_eq!(told, expected);
    let states = psoxide::net_if_stats().unwrap();
    assert_eq!(
        names(states.iter().map(|(name, _)| name.to_string()).collect()),
        expected
    );
    assert!(states.iter().any(|(_, state)| state.isup));
    let later = psoxide::net_io_counters_per_nic().unwrap();
    for (name, before) in &counters {
        let Some((_, after)) = later.iter().find(|(other, _)| other == name) else {
            continue;
        };
        assert!(before.bytes_recv <= after.bytes_recv && before.bytes_sent <= after.bytes_sent);
    }
}

#[test]
fn sockets_of_this_program_are_found() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let datagrams = UdpSocket::bind("[::1]:0").or_else(|error| {
        println!("no IPv6 ({error}): datagrams are compared over IPv4");
        UdpSocket::bind("127.0.0.1:0")
    });
    let datagrams = datagrams.unwrap();
    let end = |address: SocketAddr| {
        let (ip, port) = (address.ip(), address.port());
        Some(SocketAddress::Inet { ip, port })
    };
    let (server, client) = (listener.local_addr().unwrap(), stream.local_addr().unwrap());
    let mine = psoxide::Process::current().unwrap();
    for sockets in [
        psoxide::net_connections(ConnectionKind::All).unwrap(),
        mine.net_connections(ConnectionKind::All).unwrap(),
    ] {
        let find = |local: SocketAddr, status| {
            let mut found = sockets
                .iter()
                .filter(|socket| socket.laddr == end(local) && socket.status == status);
            let socket = found
                .next()
                .unwrap_or_else(|| panic!("{local} {status}: {sockets:?}"));
            assert_eq!(socket.pid, Some(std::process::id()));
            socket
        };
        assert_eq!(find(server, ConnectionStatus::Listen).raddr, None);
        assert_eq!(find(client, ConnectionStatus::Established).raddr, end(server));
        let datagram = find(datagrams.local_addr().unwrap(), ConnectionStatus::None);
        assert_eq!(datagram.socket_type, SocketType::Datagram);
    }
    let tcp = psoxide::net_connections(ConnectionKind::Tcp4).unwrap();
    assert!(tcp.iter().all(|socket| socket.family == AddressFamily::Inet));
    assert!(mine.net_connections(ConnectionKind::Unix).unwrap().is_empty());
}
