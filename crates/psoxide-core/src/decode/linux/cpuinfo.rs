//! `/proc/cpuinfo`: the clocks, the number of CPUs, and the number of cores where `/sys` does not tell it. Each
//! architecture writes this file its own way; models and flags are not read.

use crate::decode::bytes::{decimal, fraction, lines, split_once, words};

/// The clock of each CPU in megahertz, with the CPU's number.
///
/// x86 writes `cpu MHz : 2592.113`, PowerPC `clock : 3000.000000MHz`, s390x `cpu MHz dynamic : 5000` (its `cpu MHz
/// static` is the nominal one). Most ARM machines write none. A CPU whose number is not written is numbered by its
/// place.
pub fn megahertz(bytes: &[u8]) -> Vec<(u32, f64)> {
    let mut clocks = Vec::new();
    let mut number = None;
    for (key, value) in entries(bytes) {
        if let Some(cpu) = processor(key, value) {
            number = Some(cpu);
        } else if let Some(clock) = clock(key, value) {
            let place = u32::try_from(clocks.len()).unwrap_or(u32::MAX);
            clocks.push((number.take().unwrap_or(place), clock));
        }
    }
    clocks
}

/// The number of CPUs that are online; 0 if the file does not tell.
pub fn cpu_count(bytes: &[u8]) -> u32 {
    let mut numbered: u32 = 0;
    let mut named = false;
    for (key, value) in entries(bytes) {
        if key.eq_ignore_ascii_case(b"processor") && decimal(value).is_none() {
            // Old ARM kernels head the file with the model's name, and number only if there are several.
            named = true;
        } else if processor(key, value).is_some() && !key.eq_ignore_ascii_case(b"cpu number") {
            numbered = numbered.saturating_add(1);
        }
    }
    if numbered == 0 { u32::from(named) } else { numbered }
}

/// The number of cores: the sum of `cpu cores` over all `physical id`s. `None` if the file does not tell.
pub fn core_count(bytes: &[u8]) -> Option<u32> {
    let mut packages: Vec<(u64, u64)> = Vec::new();
    let (mut package, mut cores) = (None, None);
    for line in lines(bytes).chain([&b""[..]]) {
        let Some((key, value)) = split_once(line, b':') else {
            if let (Some(package), Some(cores)) = (package.take(), cores.take()) {
                match packages.iter_mut().find(|known| known.0 == package) {
                    Some(known) => known.1 = cores,
                    None => packages.push((package, cores)),
                }
            }
            continue;
        };
        if key.trim_ascii().eq_ignore_ascii_case(b"physical id") {
            package = decimal(value.trim_ascii());
        } else if key.trim_ascii().eq_ignore_ascii_case(b"cpu cores") {
            cores = decimal(value.trim_ascii());
        }
    }
    let sum = packages
        .iter()
        .fold(0, |sum: u64, (_, cores)| sum.saturating_add(*cores));
    u32::try_from(sum).ok().filter(|sum| *sum > 0)
}

/// The lines `key : value` that may be about a CPU's number or clock, trimmed. The long ones are about flags: all others are
/// passed over by their first letter.
fn entries(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    lines(bytes)
        .filter(|line| matches!(line.trim_ascii_start().first(), Some(b'p' | b'P' | b'c' | b'C')))
        .filter_map(|line| split_once(line, b':'))
        .map(|(key, value)| (key.trim_ascii(), value.trim_ascii()))
}

/// The number of the CPU that the following lines are about.
fn processor(key: &[u8], value: &[u8]) -> Option<u32> {
    let number = if key.eq_ignore_ascii_case(b"processor") || key.eq_ignore_ascii_case(b"cpu number") {
        decimal(value)
    } else {
        // s390x: `processor 0: version = FF, …`
        let mut parts = words(key);
        parts
            .next()
            .filter(|word| *word == b"processor")
            .and_then(|_| decimal(parts.next()?))
    };
    number.and_then(|number| u32::try_from(number).ok())
}

fn clock(key: &[u8], value: &[u8]) -> Option<f64> {
    if key.eq_ignore_ascii_case(b"cpu MHz") || key == b"cpu MHz dynamic" {
        return fraction(value);
    }
    if key == b"clock" {
        return fraction(value.strip_suffix(b"MHz")?);
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;

    const X86: &[u8] = include_bytes!("../../../../../testdata/linux/system-6.18/proc/cpuinfo");
    const X86_3_10: &[u8] = include_bytes!("../../../../../testdata/linux/system-3.10/proc/cpuinfo");
    const ARM: &[u8] = include_bytes!("../../../../../testdata/linux/cpuinfo/aarch64");
    const ARM_OLD: &[u8] = include_bytes!("../../../../../testdata/linux/cpuinfo/armv6");
    const PPC: &[u8] = include_bytes!("../../../../../testdata/linux/cpuinfo/ppc64le");
    const S390X: &[u8] = include_bytes!("../../../../../testdata/linux/cpuinfo/s390x");

    #[test]
    fn x86() {
        assert_eq!(megahertz(X86), [(0, 2596.118), (1, 2596.118)]);
        assert_eq!(cpu_count(X86), 2);
        assert_eq!(core_count(X86), Some(2));
    }

    #[test]
    fn two_packages_with_an_offline_cpu() {
        assert_eq!(cpu_count(X86_3_10), 3);
        assert_eq!(core_count(X86_3_10), Some(4));
        assert_eq!(megahertz(X86_3_10), [(0, 2000.0), (1, 1200.0), (3, 2600.0)]);
    }

    #[test]
    fn arm_tells_no_clock() {
        assert_eq!(megahertz(ARM), []);
        assert_eq!(cpu_count(ARM), 4);
        assert_eq!(core_count(ARM), None);
        assert_eq!(cpu_count(ARM_OLD), 1);
    }

    #[test]
    fn powerpc_writes_the_unit_behind_the_number() {
        assert_eq!(megahertz(PPC), [(0, 3000.0), (8, 2866.0)]);
        assert_eq!(cpu_count(PPC), 2);
        assert_eq!(core_count(PPC), None);
    }

    #[test]
    fn s390x_lists_the_cpus_first_and_pads_with_blanks() {
        assert_eq!(megahertz(S390X), [(0, 5000.0), (1, 5200.0)]);
        assert_eq!(cpu_count(S390X), 2);
        assert_eq!(core_count(S390X), Some(2));
    }

    #[test]
    fn nothing_from_nothing() {
        assert_eq!(megahertz(b""), []);
        assert_eq!(cpu_count(b"\n:\n"), 0);
        assert_eq!(core_count(b"cpu cores\t: 4\n\nphysical id\t: 0\n"), None);
        assert_eq!(core_count(b"cpu cores\t: 0\nphysical id\t: 0"), None);
    }
}
