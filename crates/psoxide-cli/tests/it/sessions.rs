//! `who` over login records that are written here, since their layout is that of the machine.

use crate::command::succeed;
use crate::damaged_host::Host;

/// A record as glibc of most machines writes it: in this machine's byte order, with a 32-bit time.
fn record(pid: i32, terminal: &str, user: &str, host: &str) -> Vec<u8> {
    const USER_PROCESS: i16 = 7;
    let mut bytes = vec![0; 384];
    let mut put = |offset: usize, field: &[u8]| bytes[offset..offset + field.len()].copy_from_slice(field);
    put(0, &USER_PROCESS.to_ne_bytes());
    put(4, &pid.to_ne_bytes());
    put(8, terminal.as_bytes());
    put(44, user.as_bytes());
    put(76, host.as_bytes());
    put(340, &1_700_000_123_i32.to_ne_bytes());
    bytes
}

#[test]
fn who_has_a_line_a_session() {
    let host = Host::new();
    std::fs::create_dir(host.path("run")).unwrap();
    let records = [
        record(2001, "pts/0", "anna", "10.0.0.7"),
        record(400, "tty1", "ev\x1b[2Jil", ""),
        record(4242, "", "gone", "\n"),
    ];
    host.write("run/utmp", records.concat());
    let lines = succeed(&mut host.psoxide(&["who"]));
    let expected = [
        r"anna         pts/0      2023-11-14 22:15 (10.0.0.7)     python3",
        r"ev\x1b[2Jil  tty1       2023-11-14 22:15                a) b\nc (d",
        r"gone         -          2023-11-14 22:15 (\n)",
    ];
    assert_eq!(lines.lines().collect::<Vec<&str>>(), expected);
    let answer = crate::command::json(&mut host.psoxide(&["who", "--json"]));
    assert_eq!(answer[0]["name"], "anna");
    assert_eq!(answer[0]["started"], 1_700_000_123.0);
    assert_eq!(answer[2]["terminal"], serde_json::Value::Null);
}
