//! `/proc/stat`: CPU times, events since boot, and when that was. The `stat` of a process is another file.
//!
//! The line `intr` has a number for each interrupt, thousands on a large machine: only its first, the sum, is read,
//! and the lines behind it are looked for from the end of the file.

use crate::decode::bytes::{decimal, finished, split_once, words};
use crate::error::DecodeError;
use crate::model::cpu::{CpuStats, CpuTable, CpuTimes};

const STRUCTURE: &str = "/proc/stat";

/// The times of all CPUs together and of each that is online, in seconds.
pub fn cpu_table(bytes: &[u8], ticks_per_second: u64) -> Result<CpuTable, DecodeError> {
    let mut rest = bytes;
    let (name, total) = next_cpu(bytes, &mut rest, ticks_per_second)?.ok_or(expected(0, "line cpu"))?;
    if !name.is_empty() {
        return Err(expected(0, "line cpu"));
    }
    let mut per_cpu = Vec::new();
    while let Some((name, times)) = next_cpu(bytes, &mut rest, ticks_per_second)? {
        let number = decimal(name)
            .and_then(|number| u32::try_from(number).ok())
            .ok_or(expected(bytes.len() - rest.len(), "number of a cpu"))?;
        per_cpu.push((number, times));
    }
    Ok(CpuTable { total, per_cpu })
}

/// The number of CPUs that are online.
pub fn cpu_count(bytes: &[u8]) -> Result<usize, DecodeError> {
    let lines = finished(STRUCTURE, bytes)?.split(|byte| *byte == b'\n');
    Ok(lines.skip(1).take_while(|line| line.starts_with(b"cpu")).count())
}

/// Context switches and interrupts since boot; what has no line is absent.
pub fn cpu_stats(bytes: &[u8]) -> Result<CpuStats, DecodeError> {
    let bytes = finished(STRUCTURE, bytes)?;
    let number = |key| line(bytes, key).map(first_number).transpose();
    Ok(CpuStats {
        ctx_switches: number(b"ctxt")?,
        interrupts: number(b"intr")?,
        soft_interrupts: number(b"softirq")?,
        syscalls: None,
    })
}

/// When the system was booted, in seconds since the epoch.
pub fn boot_time(bytes: &[u8]) -> Result<u64, DecodeError> {
    line(finished(STRUCTURE, bytes)?, b"btime")
        .ok_or(expected(bytes.len(), "line btime"))
        .and_then(first_number)
}

/// The next line if it is about CPUs: what follows `cpu`, and the times.
fn next_cpu<'a>(
    whole: &[u8],
    rest: &mut &'a [u8],
    ticks_per_second: u64,
) -> Result<Option<(&'a [u8], CpuTimes)>, DecodeError> {
    let start = whole.len() - rest.len();
    let Some(line) = rest.strip_prefix(b"cpu") else {
        return Ok(None);
    };
    // A line that the file ends in may have lost digits.
    let (line, after) = split_once(line, b'\n').ok_or(expected(start, "end of line"))?;
    *rest = after;
    let (name, mut line) = split_once(line, b' ').ok_or(expected(start, "times of a cpu"))?;

    let mut mode = || -> Result<Option<f64>, DecodeError> {
        line = line.trim_ascii_start();
        if line.is_empty() {
            return Ok(None);
        }
        let (word, after) = split_once(line, b' ').unwrap_or((line, b""));
        line = after;
        let ticks = decimal(word).ok_or(expected(start, "ticks"))?;
        Ok(Some(ticks as f64 / ticks_per_second as f64))
    };
    let missing = || expected(start, "at least four times");
    let times = CpuTimes {
        user: mode()?.ok_or_else(missing)?,
        nice: Some(mode()?.ok_or_else(missing)?),
        system: mode()?.ok_or_else(missing)?,
        idle: mode()?.ok_or_else(missing)?,
        iowait: mode()?,
        irq: mode()?,
        softirq: mode()?,
        steal: mode()?,
        guest: mode()?,
        guest_nice: mode()?,
        interrupt: None,
        dpc: None,
    };
    Ok(Some((name, times)))
}

/// What follows `key` in its line, looked for from the end.
fn line<'a>(bytes: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    bytes
        .rsplit(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(key).filter(|values| values.starts_with(b" ")))
}

fn first_number(values: &[u8]) -> Result<u64, DecodeError> {
    words(values)
        .next()
        .and_then(decimal)
        .ok_or(expected(0, "number"))
}

const fn expected(offset: usize, what: &'static str) -> DecodeError {
    DecodeError::new(STRUCTURE, offset, what)
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

    const CURRENT: &[u8] = include_bytes!("../../../../../testdata/linux/system-6.18/proc/stat");
    const LINUX_3_10: &[u8] = include_bytes!("../../../../../testdata/linux/system-3.10/proc/stat");
    const LINUX_2_6: &[u8] = include_bytes!("../../../../../testdata/linux/system-2.6.9/proc/stat");
    const LINUX_2_4: &[u8] = include_bytes!("../../../../../testdata/linux/system-2.4/proc/stat");

    #[test]
    fn a_current_kernel_tells_ten_modes() {
        let table = cpu_table(CURRENT, 100).unwrap();
        assert_eq!(table.per_cpu.len(), 2);
        assert_eq!(cpu_count(CURRENT), Ok(2));
        assert_eq!(table.per_cpu[1].0, 1);
        let total = table.total;
        assert_eq!((total.user, total.system, total.idle), (196.18, 99.79, 4033.55));
        assert_eq!(total.nice, Some(199.51));
        assert_eq!(total.iowait, Some(8.32));
        assert_eq!(
            (total.irq, total.softirq, total.steal),
            (Some(0.0), Some(0.94), Some(0.36))
        );
        assert_eq!((total.guest, total.guest_nice), (Some(0.0), Some(0.0)));
        assert_eq!((total.interrupt, total.dpc), (None, None));
        let stats = cpu_stats(CURRENT).unwrap();
        assert_eq!(stats.ctx_switches, Some(775_340));
        assert_eq!(stats.interrupts, Some(423_872));
        assert_eq!(stats.soft_interrupts, Some(272_891));
        assert_eq!(stats.syscalls, None);
        assert_eq!(boot_time(CURRENT), Ok(1_795_387_941));
    }

    #[test]
    fn an_offline_cpu_has_no_line_and_leaves_a_gap() {
        let table = cpu_table(LINUX_3_10, 100).unwrap();
        let numbers: Vec<u32> = table.per_cpu.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [0, 1, 3]);
        assert_eq!(table.total.guest_nice, Some(0.0));
    }

    #[test]
    fn older_kernels_tell_fewer_modes() {
        let total = cpu_table(LINUX_2_6, 100).unwrap().total;
        assert_eq!((total.softirq, total.steal), (Some(11.45), None));
        let stats = cpu_stats(LINUX_2_6).unwrap();
        assert_eq!(stats.soft_interrupts, None);
        assert!(stats.interrupts.is_some() && stats.ctx_switches.is_some());

        let table = cpu_table(LINUX_2_4, 100).unwrap();
        assert_eq!(table.total.idle, 64_581.66);
        assert_eq!((table.total.iowait, table.total.guest_nice), (None, None));
        assert_eq!(boot_time(LINUX_2_4), Ok(1_093_631_448));
    }

    #[test]
    fn further_modes_of_a_future_kernel_are_passed_over() {
        let table = cpu_table(b"cpu  1 2 3 4 5 6 7 8 9 10 11 12\n", 1).unwrap();
        assert_eq!(table.total.guest_nice, Some(10.0));
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        assert!(cpu_table(b"", 100).is_err());
        assert!(cpu_table(b"cpu0 1 2 3 4\n", 100).is_err());
        assert!(cpu_table(b"cpu  1 2 3\n", 100).is_err());
        assert!(cpu_table(b"cpu  1 2 3 4\ncpu0 1 2 3 44", 100).is_err());
        assert!(cpu_table(b"cpu  1 2 x 4\n", 100).is_err());
        assert!(cpu_table(b"cpu  1 2 3 4\ncpux 1 2 3 4\n", 100).is_err());
        assert!(boot_time(b"cpu  1 2 3 4\n").is_err());
        assert!(boot_time(b"btime \n").is_err());
        assert!(cpu_stats(b"ctxt x\n").is_err());
    }

    #[test]
    fn no_number_of_a_file_that_is_cut_off_is_a_part_of_one() {
        let whole = cpu_stats(CURRENT).unwrap();
        for end in 0..CURRENT.len() {
            let cut = &CURRENT[..end];
            let is_part = |part: Option<u64>, whole| part.is_none() || part == whole;
            if let Ok(stats) = cpu_stats(cut) {
                assert!(is_part(stats.ctx_switches, whole.ctx_switches), "{end}");
                assert!(is_part(stats.interrupts, whole.interrupts), "{end}");
                assert!(is_part(stats.soft_interrupts, whole.soft_interrupts), "{end}");
            }
            assert!(is_part(boot_time(cut).ok(), boot_time(CURRENT).ok()), "{end}");
            assert_eq!(cpu_count(cut).is_ok(), end == 0 || cut.ends_with(b"\n"));
            if let Ok(table) = cpu_table(cut, 100) {
                let times = cpu_table(CURRENT, 100).unwrap();
                assert_eq!(table.total, times.total, "{end}");
                assert_eq!(table.per_cpu, times.per_cpu[..table.per_cpu.len()], "{end}");
            }
        }
    }

    #[test]
    fn a_large_machine() {
        let mut file = b"cpu  256 0 0 0 0 0 0 0 0 0\n".to_vec();
        for cpu in 0..256 {
            file.extend_from_slice(format!("cpu{cpu} {cpu} 0 0 1 0 0 0 0 0 0\n").as_bytes());
        }
        file.extend_from_slice(b"intr 77");
        file.extend_from_slice(&b" 0".repeat(20_000));
        file.extend_from_slice(b"\nctxt 5\nbtime 6\nsoftirq 7 0\n");
        let table = cpu_table(&file, 1).unwrap();
        assert_eq!(table.per_cpu.len(), 256);
        assert_eq!(table.per_cpu[255].1.user, 255.0);
        assert_eq!(cpu_stats(&file).unwrap().interrupts, Some(77));
    }
}
