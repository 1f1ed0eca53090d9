//! No call keeps a handle of the system.

use std::fs::File;
use std::os::windows::io::AsRawHandle;

use psoxide::model::net::ConnectionKind;

/// The number of a handle that is opened now. The system gives out the lowest that is free, in steps of 4.
fn next_handle() -> usize {
    let program = std::env::current_exe().unwrap();
    File::open(program).unwrap().as_raw_handle().addr()
}

#[test]
fn ten_thousand_calls_leave_no_handle_open() {
    let service = psoxide::services().unwrap().remove(0).name.to_string();
    let calls = || {
        psoxide::cpu_times().unwrap();
        psoxide::cpu_freq().unwrap();
        psoxide::virtual_memory().unwrap();
        psoxide::disk_usage(std::env::temp_dir()).unwrap();
        psoxide::disk_usage("Z:/no such folder").unwrap_err();
        psoxide::disk_partitions(true).unwrap();
        psoxide::disk_io_counters().unwrap();
        psoxide::net_connections(ConnectionKind::All).unwrap();
        // Wine has a session that never began.
        drop(psoxide::users());
        psoxide::service(&service).unwrap();
    };
    calls();
    let before = next_handle();
    (0..1000).for_each(|_| calls());
    let after = next_handle();
    // Other tests open some meanwhile.
    assert!(after < before + 4 * 900, "{before} {after}");
}
