//! Who does each piece of work: the floor (opens, reads and closes the same files, parses nothing), psoxide, sysinfo and
//! the procfs crate.

use std::hint::black_box;
use std::os::fd::OwnedFd;

use procfs::{Current, CurrentSI};
use psoxide::model::net::ConnectionKind;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::read;

pub type Run = Box<dyn FnMut() -> usize>;

pub struct Contender {
    pub name: &'static str,
    /// Does what is done once, and gives what is done each time; that answers how many things it saw.
    pub prepare: fn() -> Run,
}

pub struct Work {
    pub name: &'static str,
    pub about: &'static str,
    /// What it may cost at most, as a multiple of the floor.
    pub bound: f64,
    pub contenders: Vec<Contender>,
}

macro_rules! work {
    ($name:literal, $about:literal, $bound:literal, $($contender:literal => $prepare:expr),* $(,)?) => {
        Work {
            name: $name,
            about: $about,
            bound: $bound,
            contenders: vec![$(Contender { name: $contender, prepare: || Box::new($prepare) }),*],
        }
    };
}

pub fn works() -> Vec<Work> {
    vec![
        work!("table-1", "pid, name, status, ppid, times, start, threads of every process", 1.15,
            "floor" => || floor_table(&["stat"]),
            "psoxide" => psoxide_table_1,
            "sysinfo" => sysinfo_table(sysinfo::ProcessRefreshKind::nothing().with_cpu().without_tasks()),
            "procfs" => || procfs::process::all_processes().expect("proc").flatten()
                .filter_map(|process| process.stat().ok()).map(black_box).count(),
        ),
        work!("table-3", "the same and memory, uids, context switches", 1.15,
            "floor" => || floor_table(&["stat", "status", "statm"]),
            "psoxide" => psoxide_table_3,
            "sysinfo" => sysinfo_table(
                sysinfo::ProcessRefreshKind::nothing().with_cpu().with_memory()
                    .with_user(sysinfo::UpdateKind::Always).without_tasks()),
            "procfs" => || procfs::process::all_processes().expect("proc").flatten()
                .filter_map(|process| Some((process.stat().ok()?, process.status().ok()?, process.statm().ok()?)))
                .map(black_box).count(),
        ),
        work!("virtual_memory", "memory of the machine", 1.3,
            "floor" => || floor_file("/proc/meminfo"),
            "psoxide" => || black_box(psoxide::virtual_memory().expect("memory")).total as usize,
            "sysinfo" => {
                let mut system = sysinfo::System::new().expect("a system");
                move || { system.refresh_memory(); system.total_memory() as usize }
            },
            "procfs" => || black_box(procfs::Meminfo::current().expect("meminfo")).mem_total as usize,
        ),
        work!("cpu_times", "CPU times, total and per CPU", 1.3,
            "floor" => || floor_file("/proc/stat"),
            "psoxide" => || black_box(psoxide::cpu_times_per_cpu().expect("stat")).len(),
            // sysinfo reads this file at most every 200 ms, so it cannot be asked again and again
            "procfs" => || black_box(procfs::KernelStats::current().expect("stat")).cpu_time.len(),
        ),
        work!("net_io_counters", "counters of every network interface", 1.3,
            "floor" => || floor_file("/proc/net/dev"),
            "psoxide" => || black_box(psoxide::net_io_counters_per_nic().expect("dev")).len(),
            "sysinfo" => {
                let mut networks = sysinfo::Networks::new_with_refreshed_list().expect("networks");
                move || { networks.refresh(true); networks.len() }
            },
            "procfs" => || black_box(procfs::net::dev_status().expect("dev")).len(),
        ),
        work!("disk_io_counters", "counters of every disk", 1.3,
            "floor" => || floor_file("/proc/diskstats"),
            "psoxide" => || black_box(psoxide::disk_io_counters_per_disk().expect("diskstats")).len(),
            "procfs" => || black_box(procfs::diskstats().expect("diskstats")).len(),
        ),
        work!("net_connections", "all internet sockets, without owners", 1.3,
            "floor" => || floor_sockets(),
            "floor-text" => || ["/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"]
                .iter().map(|path| floor_file(path)).sum(),
            "psoxide" => || black_box(psoxide::net_sockets(ConnectionKind::Inet).expect("sockets")).len(),
            "procfs" => || procfs::net::tcp().expect("tcp").len() + procfs::net::tcp6().expect("tcp6").len()
                + procfs::net::udp().expect("udp").len() + procfs::net::udp6().expect("udp6").len(),
        ),
        work!("net_connections_pids", "the same with descriptor and process of each", 1.0,
            "floor" => || floor_sockets() + floor_descriptors(),
            "psoxide" => || black_box(psoxide::net_connections(ConnectionKind::Inet).expect("sockets")).len(),
        ),
        work!("memory_maps", "every mapping of a process with 5,000", 1.3,
            "floor" => || floor_file("/proc/self/smaps"),
            "psoxide" => {
                let process = psoxide::Process::current().expect("this process");
                move || black_box(process.oneshot().and_then(|visit| visit.memory_maps()).expect("maps")).len()
            },
            "procfs" => || black_box(procfs::process::Process::myself().and_then(|me| me.smaps()).expect("smaps"))
                .into_iter().count(),
        ),
    ]
}

fn psoxide_table_1() -> usize {
    let mut seen = 0;
    for visit in psoxide::processes().expect("processes") {
        let row = (
            visit.name(),
            visit.status(),
            visit.ppid(),
            visit.cpu_times(),
            visit.create_time(),
            visit.num_threads(),
        );
        seen += usize::from(black_box(row).0.is_ok());
    }
    seen
}

fn psoxide_table_3() -> usize {
    let mut seen = 0;
    for visit in psoxide::processes().expect("processes") {
        let row = (
            visit.name(),
            visit.status(),
            visit.ppid(),
            visit.cpu_times(),
            visit.create_time(),
            visit.num_threads(),
            visit.memory_info(),
            visit.uids(),
            visit.num_ctx_switches(),
        );
        seen += usize::from(black_box(row).8.is_ok());
    }
    seen
}

pub fn sysinfo_table(kind: sysinfo::ProcessRefreshKind) -> impl FnMut() -> usize {
    let mut system = sysinfo::System::new().expect("a system");
    move || system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::All, true, kind)
}

/// Opens a file, reads it to its end into a buffer that is large enough for one read, closes it.
fn floor_file(path: &str) -> usize {
    let mut buffer = vec![0; 256 << 10];
    let file = openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).expect("the file");
    let mut bytes = 0;
    loop {
        match read(&file, &mut buffer).expect("its bytes") {
            0 => return bytes,
            length => bytes += length,
        }
    }
}

/// Lists the descriptors of every process, and reads where each leads.
fn floor_descriptors() -> usize {
    let mut seen = 0;
    for process in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let Ok(directory) = openat(
            CWD,
            &process.path().join("fd"),
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        ) else {
            continue;
        };
        let mut entries = [std::mem::MaybeUninit::uninit(); 32 << 10];
        let mut listing = rustix::fs::RawDir::new(&directory, &mut entries);
        while let Some(Ok(entry)) = listing.next() {
            let mut target = [std::mem::MaybeUninit::uninit(); 64];
            seen +=
                usize::from(rustix::fs::readlinkat_raw(&directory, entry.file_name(), &mut target).is_ok());
        }
    }
    seen
}

/// Opens, reads once and closes the files of every process.
pub fn floor_table(files: &[&str]) -> usize {
    let proc: OwnedFd = openat(
        CWD,
        "/proc",
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .expect("/proc");
    let mut buffer = [0; 4096];
    let mut seen = 0;
    let mut names = Vec::new();
    let mut entries = [std::mem::MaybeUninit::uninit(); 32 << 10];
    let mut listing = rustix::fs::RawDir::new(&proc, &mut entries);
    while let Some(entry) = listing.next() {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_bytes();
        if name.iter().all(u8::is_ascii_digit) {
            names.push(name.to_vec());
        }
    }
    let mut path = Vec::new();
    for name in names {
        for file in files {
            path.clear();
            path.extend_from_slice(&name);
            path.push(b'/');
            path.extend_from_slice(file.as_bytes());
            let Ok(file) = openat(
                &proc,
                path.as_slice(),
                OFlags::RDONLY | OFlags::CLOEXEC,
                Mode::empty(),
            ) else {
                continue;
            };
            seen += usize::from(read(&file, &mut buffer).is_ok());
        }
    }
    seen
}

/// Dumps the kernel's TCP and UDP sockets of both families over netlink and looks at nothing but where messages end.
fn floor_sockets() -> usize {
    use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
    use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        Some(SOCK_DIAG),
    )
    .expect("a netlink socket");
    let mut bytes = 0;
    let mut buffer = vec![0u8; 256 << 10];
    for (family, protocol) in [(2u8, 6u8), (10, 6), (2, 17), (10, 17)] {
        let mut request = Vec::with_capacity(72);
        request.extend_from_slice(&72u32.to_ne_bytes());
        request.extend_from_slice(&20u16.to_ne_bytes());
        request.extend_from_slice(&0x301u16.to_ne_bytes());
        request.extend_from_slice(&[0; 8]);
        request.extend_from_slice(&[family, protocol, 0, 0]);
        request.extend_from_slice(&u32::MAX.to_ne_bytes());
        request.resize(72, 0);
        rustix::net::sendto(
            &socket,
            &request,
            SendFlags::empty(),
            &SocketAddrNetlink::new(0, 0),
        )
        .expect("a request");
        'dump: loop {
            let (length, _) =
                rustix::net::recv(&socket, &mut buffer[..], RecvFlags::empty()).expect("an answer");
            bytes += length;
            let mut place = 0;
            while place + 16 <= length {
                let size = u32::from_ne_bytes(buffer[place..place + 4].try_into().expect("4 bytes")) as usize;
                let kind = u16::from_ne_bytes(buffer[place + 4..place + 6].try_into().expect("2 bytes"));
                if kind == 3 || kind == 2 || size < 16 {
                    break 'dump;
                }
                place += size.next_multiple_of(4);
            }
        }
    }
    bytes
}
