//! What CPUs did between two readings of their times, in percent. Which two readings belong together is the
//! samplers' business.

use crate::model::cpu::{CpuTimes, CpuTimesPercent};

/// Seconds of CPU time that passed between two readings, all modes together.
///
/// A counter that went backwards (the kernel corrects `idle` and `iowait`; a CPU came back) counts as 0. Guest time
/// is part of `user` and `nice` already and is not counted twice.
pub fn cpu_total(earlier: &CpuTimes, later: &CpuTimes) -> f64 {
    let part = |field: fn(&CpuTimes) -> Option<f64>| passed(earlier, later, field).unwrap_or(0.0);
    part(|times| Some(times.user))
        + part(|times| times.nice)
        + part(|times| Some(times.system))
        + part(|times| Some(times.idle))
        + part(|times| times.iowait)
        + part(|times| times.irq)
        + part(|times| times.softirq)
        + part(|times| times.steal)
        + part(|times| times.interrupt)
        + part(|times| times.dpc)
}

/// The share of the time between two readings that was not spent idle or waiting for a disk, 0 to 100. `None` if no
/// time passed, as the kernel counts it.
pub fn cpu_percent(earlier: &CpuTimes, later: &CpuTimes) -> Option<f64> {
    let total = cpu_total(earlier, later);
    if total <= 0.0 {
        return None;
    }
    let idle = passed(earlier, later, |times| Some(times.idle)).unwrap_or(0.0);
    let iowait = passed(earlier, later, |times| times.iowait).unwrap_or(0.0);
    Some(((total - idle - iowait) / total * 100.0).clamp(0.0, 100.0))
}

/// The share of the time between two readings that was spent in each mode, 0 to 100 each. All of them but `guest`
/// and `guest_nice`, which are parts of `user` and `nice`, add up to 100. `None` if no time passed, as the kernel
/// counts it.
pub fn cpu_times_percent(earlier: &CpuTimes, later: &CpuTimes) -> Option<CpuTimesPercent> {
    let total = cpu_total(earlier, later);
    if total <= 0.0 {
        return None;
    }
    let share = |field: fn(&CpuTimes) -> Option<f64>| {
        passed(earlier, later, field).map(|seconds| (seconds / total * 100.0).clamp(0.0, 100.0))
    };
    Some(CpuTimesPercent {
        user: share(|times| Some(times.user))?,
        nice: share(|times| times.nice),
        system: share(|times| Some(times.system))?,
        idle: share(|times| Some(times.idle))?,
        iowait: share(|times| times.iowait),
        irq: share(|times| times.irq),
        softirq: share(|times| times.softirq),
        steal: share(|times| times.steal),
        guest: share(|times| times.guest),
        guest_nice: share(|times| times.guest_nice),
        interrupt: share(|times| times.interrupt),
        dpc: share(|times| times.dpc),
    })
}

/// The seconds of one mode between two readings; `None` if either lacks it.
fn passed(earlier: &CpuTimes, later: &CpuTimes, field: fn(&CpuTimes) -> Option<f64>) -> Option<f64> {
    Some((field(later)? - field(earlier)?).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(user: f64, system: f64, idle: f64, iowait: f64, guest: f64) -> CpuTimes {
        CpuTimes {
            user,
            nice: Some(0.0),
            system,
            idle,
            iowait: Some(iowait),
            irq: Some(0.0),
            softirq: Some(0.0),
            steal: Some(0.0),
            guest: Some(guest),
            guest_nice: Some(0.0),
            interrupt: None,
            dpc: None,
        }
    }

    #[test]
    fn iowait_is_not_busy_and_guest_counts_once() {
        let earlier = times(10.0, 10.0, 100.0, 5.0, 2.0);
        let later = times(13.0, 11.0, 104.0, 7.0, 4.0);
        assert_eq!(cpu_total(&earlier, &later), 10.0);
        assert_eq!(cpu_percent(&earlier, &later), Some(40.0));
        let percent = cpu_times_percent(&earlier, &later).unwrap();
        assert_eq!(percent.user, 30.0);
        assert_eq!(percent.guest, Some(20.0));
        assert_eq!(percent.idle, 40.0);
        assert_eq!(percent.iowait, Some(20.0));
        assert_eq!(percent.interrupt, None);
    }

    #[test]
    fn the_shares_add_up_even_over_a_short_interval() {
        let earlier = times(10.0, 10.0, 100.0, 5.0, 0.0);
        let later = times(10.01, 10.02, 100.01, 5.01, 0.0);
        let percent = cpu_times_percent(&earlier, &later).unwrap();
        let sum = percent.user + percent.system + percent.idle + percent.iowait.unwrap();
        assert!((sum - 100.0).abs() < 1e-6, "{sum}");
    }

    #[test]
    fn counters_that_go_backwards_are_clipped() {
        let earlier = times(10.0, 10.0, 100.0, 50.0, 0.0);
        let later = times(11.0, 10.0, 99.0, 40.0, 0.0);
        assert_eq!(cpu_percent(&earlier, &later), Some(100.0));
        assert_eq!(cpu_times_percent(&earlier, &later).unwrap().idle, 0.0);
    }

    #[test]
    fn without_an_interval_there_is_no_reading() {
        let reading = times(10.0, 10.0, 100.0, 5.0, 0.0);
        assert_eq!(cpu_percent(&reading, &reading), None);
        assert_eq!(cpu_times_percent(&reading, &reading), None);
    }

    #[test]
    fn modes_that_the_kernel_does_not_tell_stay_absent() {
        let mut earlier = times(10.0, 10.0, 100.0, 5.0, 0.0);
        let mut later = times(11.0, 10.0, 101.0, 5.0, 0.0);
        for reading in [&mut earlier, &mut later] {
            reading.steal = None;
            reading.guest = None;
            reading.iowait = None;
        }
        let percent = cpu_times_percent(&earlier, &later).unwrap();
        assert_eq!((percent.steal, percent.guest, percent.iowait), (None, None, None));
        assert_eq!(cpu_percent(&earlier, &later), Some(50.0));
    }
}
