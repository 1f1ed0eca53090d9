//! Every decoder of `psoxide-core` as a fuzz target, a line each: its name, which files of `testdata/` are its seeds, and
//! the call. The order is that of the files in `decode/`.

use std::hint::black_box;

use psoxide_core::Text;
use psoxide_core::decode::windows::process_information::ProcessInformation;
use psoxide_core::decode::windows::processor_performance::ProcessorPerformance;
use psoxide_core::decode::{linux, windows};
use psoxide_core::model::net::SocketType;
use psoxide_core::model::process::Resource;

/// Takes any bytes at all, and comes back.
pub type Decoder = fn(&[u8]);

/// One line of [`TARGETS`].
pub struct Target {
    /// The decoder's folder and file below `decode/`, and what of it is called where there are several.
    pub name: &'static str,
    /// How the paths of its fixtures below `testdata/` end.
    pub seeds: &'static [&'static str],
    /// The call.
    pub decode: Decoder,
}

const fn target(name: &'static str, seeds: &'static [&'static str], decode: Decoder) -> Target {
    Target { name, seeds, decode }
}

/// Every decoder.
#[rustfmt::skip]
pub static TARGETS: &[Target] = &[
    target("bytes", &["/stat", "/meminfo"], walk),
    target("linux/bpf/program", &["/kernel.btf"], |bytes| {
        if let Ok(btf) = linux::btf::Btf::parse(bytes) {
            keep(linux::bpf::offsets_program(&btf, 3, 2));
            for io in [false, true] {
                keep(linux::bpf::task_program(&btf, &[0, 1 << 40], io));
                keep(linux::bpf::walk_program(&btf, &[0, 1 << 40], 3, io));
            }
        }
    }),
    target("linux/bpf/sockets", &["/kernel.btf", "/sockets.records"], |bytes| {
        keep(linux::bpf::Holder::all(bytes));
        if let Ok(btf) = linux::btf::Btf::parse(bytes) {
            keep(linux::bpf::sockets_program(&btf));
        }
    }),
    target("linux/bpf/record", &[".records"], |bytes| {
        for record in linux::bpf::TaskRecord::split(bytes).into_iter().flatten() {
            let mut shown = linux::bpf::Shown::new(100, 4096);
            let (stat, statm) = (record.stat(&shown, record.times((1, 2))), record.statm(&shown));
            keep((record.pid(), record.status(&shown, true), record.io(), shown.wants(&record)));
            if let (Some(stat), Some(statm)) = (stat, statm) {
                shown.learn([record, record], &stat, &statm);
            }
        }
    }),
    target("linux/btf", &[".btf"], |bytes| {
        if let Ok(btf) = linux::btf::Btf::parse(bytes) {
            keep((btf.enumerator("MM_ANONPAGES"), btf.function("bpf_iter_task"), btf.variable("runqueues")));
            for structure in ["task_struct", "signal_struct", "nest", "arrays", "far"].into_iter().flat_map(|name| btf.structure(name)) {
                for member in ["signal", "rss_stat", "tgid_high", "end", "itself"].into_iter().flat_map(|name| structure.member(name)) {
                    keep((member.offset(), member.size(), member.bits(), member.is_pointer()));
                    keep((member.pointee().and_then(|inside| inside.member("utime")), member.element(1).and_then(|element| element.member("count"))));
                }
            }
        }
    }),
    target("linux/cmdline", &["/cmdline"], |bytes| keep(linux::cmdline::arguments(bytes))),
    target("linux/comm", &[".comm"], |bytes| keep(linux::comm::comm(bytes))),
    target("linux/cpuinfo", &["/cpuinfo", "cpuinfo/aarch64", "cpuinfo/armv6", "cpuinfo/ppc64le", "cpuinfo/s390x"], |bytes| {
        keep((linux::cpuinfo::megahertz(bytes), linux::cpuinfo::cpu_count(bytes), linux::cpuinfo::core_count(bytes)));
    }),
    target("linux/cpulist", &["/online", "/core_cpus_list", "_cpus"], |bytes| {
        let parse = [linux::cpulist::CpuList::parse, linux::cpulist::CpuList::parse_words];
        for list in parse.into_iter().flat_map(|parse| parse(bytes)) {
            keep((list.count(), list.contains(1), list.iter().take(100).count()));
        }
    }),
    target("linux/diskstats", &["/diskstats"], |bytes| keep(linux::diskstats::diskstats(bytes))),
    target("linux/diskstats/stat", &["/sda/stat", "/sr0/stat"], |bytes| keep(linux::diskstats::block_stat(bytes))),
    target("linux/environ", &["/environ"], |bytes| keep(linux::environ::variables(bytes))),
    target("linux/ethtool", &[".ethtool"], |bytes| keep(linux::ethtool::link_settings(bytes))),
    target("linux/fdinfo", &["/fdinfo/3"], |bytes| {
        if let Ok(info) = linux::fdinfo::FdInfo::parse(bytes) {
            keep((info.mode(0o2000), info.open_file(Text::default(), 3, 0o2000)));
        }
    }),
    target("linux/filesystems", &["/filesystems"], |bytes| keep(linux::filesystems::disk_types(bytes))),
    target("linux/hwmon", &["_input"], |bytes| keep((linux::hwmon::sensor(bytes, b"temp"), linux::hwmon::sensor(bytes, b"fan")))),
    target("linux/io", &["/io"], |bytes| keep(linux::io::io_counters(bytes))),
    target("linux/limits", &["/limits"], |bytes| {
        for (resource, _) in Resource::EACH {
            keep(linux::limits::limits(bytes, resource));
        }
    }),
    target("linux/loadavg", &["/loadavg"], |bytes| keep(linux::loadavg::load_average(bytes))),
    target("linux/meminfo", &["/meminfo", "meminfo/lxcfs", "meminfo/shadow-call-stack"], |bytes| {
        if let Ok(info) = linux::meminfo::Meminfo::parse(bytes) {
            keep((info.virtual_memory(|| None), info.virtual_memory(|| Some(1 << 30)), info.swap_memory(None, None)));
        }
    }),
    target("linux/mounts", &["/mounts"], |bytes| keep(linux::mounts::mounts(bytes))),
    target("linux/mounts/root_device", &["/mountinfo"], |bytes| {
        keep((linux::mounts::root_device(bytes), linux::mounts::device_number(bytes)));
    }),
    target("linux/net_dev", &["/net/dev"], |bytes| keep(linux::net_dev::net_dev(bytes))),
    target("linux/net_tcp", &["/net/tcp", "/net/tcp6", "/net/udp", "/net/udp6"], |bytes| {
        keep((linux::net_tcp::sockets(bytes, SocketType::Stream), linux::net_tcp::sockets(bytes, SocketType::Datagram)));
    }),
    target("linux/net_unix", &["/net/unix"], |bytes| keep(linux::net_unix::sockets(bytes))),
    target("linux/netlink", &[".netlink"], |bytes| {
        for message in linux::netlink::messages(bytes).flatten() {
            keep((message.meaning(), linux::netlink::attributes(message.body).count()));
        }
    }),
    target("linux/partitions", &["/partitions", "/uevent"], |bytes| {
        keep((linux::partitions::name_of(bytes, (8, 1)), linux::partitions::device_name(bytes)));
    }),
    target("linux/passwd", &["/passwd"], |bytes| keep(linux::passwd::user_name(bytes, 1000))),
    target("linux/pidfd_info", &[".pidfd_info"], |bytes| {
        if let Ok(info) = linux::pidfd_info::PidfdInfo::parse(bytes) {
            keep((info.uids(), info.gids(), info.ppid));
        }
    }),
    target("linux/power_supply", &["/status"], |bytes| keep(linux::power_supply::Supply::parse(|_| Ok::<_, ()>(Some(bytes.to_vec()))).map(|supply| supply.battery(None)))),
    target("linux/proc_stat", &["proc/stat"], |bytes| {
        keep((linux::proc_stat::cpu_table(bytes, 100), linux::proc_stat::cpu_count(bytes)));
        keep((linux::proc_stat::cpu_stats(bytes), linux::proc_stat::boot_time(bytes)));
    }),
    target("linux/rtnetlink", &["links.netlink", "addresses.netlink"], |bytes| {
        use linux::rtnetlink::{Address, Link, interface_addresses};
        let bodies = || linux::netlink::messages(bytes).flatten().map(|message| message.body);
        let links: Vec<Link> = bodies().flat_map(Link::parse).take(100).collect();
        let addresses: Vec<Address> = bodies().flat_map(Address::parse).flatten().take(100).collect();
        keep((interface_addresses(&links, &addresses), links.first().map(Link::flag_names)));
    }),
    target("linux/schedstat", &["/schedstat"], |bytes| {
        if let Ok(schedstat) = linux::schedstat::Schedstat::parse(bytes) {
            keep(schedstat.shows_rest(&schedstat));
        }
    }),
    target("linux/smaps", &["/smaps", "/smaps_rollup"], |bytes| {
        keep((linux::smaps::memory_maps(bytes), linux::smaps::footprint(bytes), linux::smaps::header(bytes)));
    }),
    target("linux/sock_diag", &["tcp.netlink", "tcp6.netlink", "udp6.netlink", "unix.netlink"], |bytes| {
        for message in linux::netlink::messages(bytes).flatten() {
            keep((linux::sock_diag::inet_socket(message.body, SocketType::Stream), linux::sock_diag::unix_socket(message.body)));
        }
    }),
    target("linux/stat", &["/4242/stat", "/1234/stat", "/777/stat", "/31/stat", "/2/stat"], |bytes| {
        if let Ok(stat) = linux::stat::Stat::parse(bytes) {
            keep((stat.status(), stat.cpu_times(100), stat.page_faults(), stat.create_time(1.0, 100)));
            keep((stat.is_kernel_thread(), stat.thread(1, 100)));
        }
    }),
    target("linux/statm", &["/statm"], |bytes| {
        if let Ok(statm) = linux::statm::Statm::parse(bytes) {
            keep(statm.memory_info(4096));
        }
    }),
    target("linux/status", &["/status"], |bytes| {
        let _ = linux::status::StatusLines::parse_but_memory(bytes);
        if let Ok(status) = linux::status::StatusLines::parse(bytes) {
            keep((status.uids(), status.gids(), status.context_switches(), status.thread_group));
        }
    }),
    target("linux/sysfs", &["_input", "_label", "_freq"], |bytes| {
        keep((linux::sysfs::integer(bytes), linux::sysfs::megahertz(bytes), linux::sysfs::text(bytes)));
    }),
    target("linux/thermal", &["_type"], |bytes| keep(linux::thermal::trip_point(bytes))),
    target("linux/utmp", &[".utmp"], |bytes| {
        keep((linux::utmp::Layout::of(bytes), linux::utmp::users(bytes, linux::utmp::Layout::Time32)));
        keep(linux::utmp::users(bytes, linux::utmp::Layout::Time64));
    }),
    target("linux/vmstat", &["/vmstat"], |bytes| keep(linux::vmstat::swapped(bytes))),
    target("linux/zoneinfo", &["/zoneinfo"], |bytes| keep(linux::zoneinfo::low_watermark(bytes))),
    target("windows/adapter_addresses", &["/adapter_addresses.bin"], |bytes| {
        for adapter in windows::adapter_addresses::Adapter::all(bytes, 0x1_0000).unwrap_or_default() {
            keep((adapter.index, adapter.addresses()));
        }
    }),
    target("windows/command_line", &["/command_line.bin", "/command_lines.txt"], |bytes| {
        keep(windows::command_line::arguments(bytes));
    }),
    target("windows/environment_block", &["/environment_block.bin"], |bytes| {
        keep((windows::environment_block::is_whole(bytes), windows::environment_block::variables(bytes)));
    }),
    target("windows/disk_performance", &["/disk_performance.bin"], |bytes| {
        keep((windows::disk_performance::disk_io(bytes), windows::disk_performance::physical_drive(bytes)));
    }),
    target("windows/if_row2", &["/if_row2.bin"], |bytes| keep((windows::if_row2::net_io(bytes), windows::if_row2::interface_stats(bytes)))),
    target("windows/kernel_user_times", &["/kernel_user_times.bin"], |bytes| keep(windows::kernel_user_times::thread(8, bytes))),
    target("windows/logical_processor_information", &["/logical_processor_information.bin"], |bytes| {
        keep(windows::logical_processor_information::core_count(bytes));
    }),
    target("windows/memory_basic_information", &["/memory_basic_information.bin"], |bytes| {
        keep(windows::memory_basic_information::Region::parse(bytes).map(|region| (region.end(), region.mapping(Text::default()))));
    }),
    target("windows/nt_path", &["/nt_paths.txt"], |bytes| {
        let path = windows::nt_path::without_end(&Text::from(bytes));
        keep(windows::nt_path::to_dos(&path, [(Text::from("C:"), Text::from(r"\Device\HarddiskVolume1"))]));
    }),
    target("windows/owner_pid", &["_owner_pid.bin"], |bytes| {
        for table in windows::owner_pid::Table::EACH {
            keep(table.sockets(bytes));
        }
    }),
    target("windows/peb", &["/peb.bin", "/peb_wow64.bin", "/process_parameters.bin", "/process_parameters_wow64.bin"], |bytes| {
        for width in [windows::peb::Width::NATIVE, windows::peb::Width::WOW64] {
            keep((width.parameters_of(bytes), width.parameters(bytes)));
        }
    }),
    target("windows/page_file_information", &["/page_file_information.bin"], |bytes| {
        keep(windows::page_file_information::PageFiles::all(bytes).map(|files| files.swap_memory(1 << 40)));
    }),
    target("windows/performance_information", &["/performance_information.bin"], |bytes| {
        keep(windows::performance_information::cpu_stats(bytes, &[]));
    }),
    target("windows/process_handle_information", &["/process_handle_information.bin"], |bytes| {
        keep(windows::process_handle_information::handles(bytes));
    }),
    target("windows/process_information", &["/process_information.bin"], |bytes| {
        keep((ProcessInformation::pids(bytes), ProcessInformation::find(bytes, 0x1_0000, 4)));
        for process in ProcessInformation::all(bytes, 0x1_0000).unwrap_or_default() {
            keep((process.identity(), process.started(), process.cpu_times(), process.status(), process.threads()));
            keep((process.memory_info(), process.memory_info_ex(), process.page_faults(), process.io_counters()));
            keep(process.context_switches());
        }
    }),
    target("windows/processor_performance", &["/processor_performance.bin"], |bytes| {
        keep(ProcessorPerformance::all(bytes).map(|cpus| windows::processor_performance::cpu_times(&cpus)));
    }),
    target("windows/system_handle_information", &["/system_handle_information.bin"], |bytes| {
        keep(windows::system_handle_information::handles(bytes, 4));
    }),
    target("windows/processor_power_information", &["/processor_power_information.bin"], |bytes| {
        keep(windows::processor_power_information::clocks(bytes));
    }),
    target("windows/services", &["/services.bin", "/service_config.bin", "/service_description.bin"], |bytes| {
        use windows::services::{Entry, ServiceConfig, description, service};
        let config = ServiceConfig::parse(bytes, 0x1_0000).ok();
        for entry in Entry::all(bytes, 0x1_0000, 2).unwrap_or_default() {
            keep(service(entry, config.clone(), description(bytes, 0x1_0000).ok()));
        }
    }),
    target("windows/sessions", &["/session.bin", "/client_address.bin"], |bytes| {
        keep(windows::sessions::user(bytes, Text::from("user"), Some(bytes)));
    }),
    target("windows/system_power_status", &["/system_power_status.bin"], |bytes| keep(windows::system_power_status::battery(bytes))),
    target("windows/time_of_day", &["/time_of_day.bin"], |bytes| keep(windows::time_of_day::boot_time(bytes))),
    target("windows/unicode_string", &["/unicode_string.bin"], |bytes| keep(windows::unicode_string::text(bytes, 0x1_0000))),
    target("windows/working_set", &["/working_set.bin"], |bytes| keep(windows::working_set::memory_footprint(bytes, 4096))),
];

/// Everything that `decode::bytes` offers, on every line and word.
fn walk(bytes: &[u8]) {
    use psoxide_core::decode::bytes::*;
    for word in lines(bytes).flat_map(words) {
        keep((decimal(word), signed(word), hexadecimal(word)));
        keep((octal(word), kibibytes(word)));
        keep((split_once(word, b':'), rsplit_once(word, b':')));
        keep((leading_decimal(word), after(word, b':', word.len() % 3)));
    }
    if let Ok(layout) = Layout::new("bytes", bytes, 8) {
        let offset = layout.u32(0).map_or(0, |offset| offset as usize);
        let length = layout.u32(4).map_or(0, |length| length as usize);
        keep(layout.u16(offset));
        keep(layout.u64(offset));
        keep(layout.text(offset, length));
    }
}

/// Keeps the compiler from leaving out what makes `answer`, and `answer` from being unused.
fn keep<T>(answer: T) {
    drop(black_box(answer));
}
