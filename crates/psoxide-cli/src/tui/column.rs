//! The columns of the process table: heading, width, text, and how rows are compared by them. Which view has which
//! columns stands here too; drawing does not.

use std::cmp::Ordering;

use psoxide::format::{bytes, minutes_hundredths, percent};
use psoxide::model::process::Status;

use super::sample::Row;
use super::state::View;
use crate::failure::Failure;

/// One column of the process table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Pid,
    User,
    Nice,
    Virtual,
    Resident,
    Status,
    Threads,
    Cpu,
    Memory,
    Time,
    /// Read and written together.
    IoRate,
    ReadRate,
    WriteRate,
    ReadTotal,
    WriteTotal,
    Command,
}

const PROCESSES: [Column; 11] = [
    Column::Pid,
    Column::User,
    Column::Nice,
    Column::Virtual,
    Column::Resident,
    Column::Status,
    Column::Threads,
    Column::Cpu,
    Column::Memory,
    Column::Time,
    Column::Command,
];

const DISK: [Column; 8] = [
    Column::Pid,
    Column::User,
    Column::IoRate,
    Column::ReadRate,
    Column::WriteRate,
    Column::ReadTotal,
    Column::WriteTotal,
    Column::Command,
];

impl Column {
    /// The columns of a view, from left to right; none if it shows no processes.
    pub(crate) fn of(view: View) -> &'static [Column] {
        match view {
            View::Processes => &PROCESSES,
            View::Disk => &DISK,
            View::Network | View::Cpus => &[],
        }
    }

    /// The column that `--sort` names, and whether its direction is turned round: with a minus the largest is first.
    pub(crate) fn named(name: &str, view: View) -> Result<(Column, bool), Failure> {
        let (is_largest_first, bare) = match name.strip_prefix('-') {
            Some(bare) => (true, bare),
            None => (false, name),
        };
        let columns = Column::of(view);
        match columns.iter().find(|column| column.name() == bare) {
            Some(column) => Ok((*column, column.is_amount() != is_largest_first)),
            None => {
                let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                let names = names.join(", ");
                Err(Failure::Usage(format!(
                    "the screen has no column {bare:?}; it has {names}"
                )))
            }
        }
    }

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Column::Pid => "pid",
            Column::User => "username",
            Column::Nice => "nice",
            Column::Virtual => "memory_info.vms",
            Column::Resident => "memory_info.rss",
            Column::Status => "status",
            Column::Threads => "num_threads",
            Column::Cpu => "cpu_percent",
            Column::Memory => "memory_percent",
            Column::Time => "cpu_times",
            Column::IoRate => "io_rates",
            Column::ReadRate => "io_rates.read_bytes",
            Column::WriteRate => "io_rates.write_bytes",
            Column::ReadTotal => "io_counters.read_bytes",
            Column::WriteTotal => "io_counters.write_bytes",
            Column::Command => "cmdline",
        }
    }

    /// Its heading.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Column::Pid => "PID",
            Column::User => "USER",
            Column::Nice => "NI",
            Column::Virtual => "VIRT",
            Column::Resident => "RES",
            Column::Status => "S",
            Column::Threads => "THR",
            Column::Cpu => "CPU%",
            Column::Memory => "MEM%",
            Column::Time => "TIME+",
            Column::IoRate => "IO/s",
            Column::ReadRate => "READ/s",
            Column::WriteRate => "WRITE/s",
            Column::ReadTotal => "READ",
            Column::WriteTotal => "WRITTEN",
            Column::Command => "COMMAND",
        }
    }

    /// How wide it is; the command takes what is left.
    pub(crate) fn width(self) -> u16 {
        match self {
            Column::Pid => 7,
            Column::User => 9,
            Column::Nice => 3,
            Column::Status => 1,
            Column::Threads => 4,
            Column::Cpu | Column::Memory => 5,
            Column::Virtual | Column::Resident => 7,
            Column::Time => 9,
            Column::IoRate
            | Column::ReadRate
            | Column::WriteRate
            | Column::ReadTotal
            | Column::WriteTotal => 9,
            Column::Command => u16::MAX,
        }
    }

    /// Whether its text ends at the right edge.
    pub(crate) fn is_right(self) -> bool {
        !matches!(self, Column::User | Column::Status | Column::Command)
    }

    /// How far its priority is from the first to be left out where a terminal is narrow; 0 stays always.
    pub(crate) fn spared(self) -> u8 {
        match self {
            Column::Threads => 6,
            Column::Virtual => 5,
            Column::Nice => 4,
            Column::Time | Column::ReadTotal | Column::WriteTotal => 3,
            Column::Status | Column::ReadRate | Column::WriteRate => 2,
            Column::User => 1,
            _ => 0,
        }
    }

    /// Whether the largest stands first unless that is turned round: of amounts people look for the most.
    pub(crate) fn is_amount(self) -> bool {
        !matches!(
            self,
            Column::Pid | Column::User | Column::Nice | Column::Status | Column::Command
        )
    }

    /// What stands in it; empty for what is not known.
    pub(crate) fn text(self, row: &Row) -> String {
        match self {
            Column::Pid => row.identity.pid.to_string(),
            Column::User => row.program.user.to_string(),
            Column::Nice => shown(row.nice, |nice| nice.to_string()),
            Column::Virtual => shown(row.vms, bytes),
            Column::Resident => shown(row.rss, bytes),
            Column::Status => shown(row.status, |status| status_letter(status).to_string()),
            Column::Threads => shown(row.threads, |threads| threads.to_string()),
            Column::Cpu => shown(row.cpu_percent, percent),
            Column::Memory => shown(row.memory_percent, percent),
            Column::Time => shown(row.cpu_time, time),
            Column::IoRate => shown(row.io_rate(), |rate| bytes(rate as u64)),
            Column::ReadRate => shown(row.read().rate, |rate| bytes(rate as u64)),
            Column::WriteRate => shown(row.written().rate, |rate| bytes(rate as u64)),
            Column::ReadTotal => shown(row.read().total, bytes),
            Column::WriteTotal => shown(row.written().total, bytes),
            Column::Command => row.program.command.to_string(),
        }
    }

    /// The order of two rows, the smaller first; what is not known is smaller than all.
    pub(crate) fn compare(self, left: &Row, right: &Row) -> Ordering {
        match self {
            Column::Pid => left.identity.pid.cmp(&right.identity.pid),
            Column::User => left.program.user.cmp(&right.program.user),
            Column::Nice => left.nice.cmp(&right.nice),
            Column::Virtual => left.vms.cmp(&right.vms),
            Column::Resident => left.rss.cmp(&right.rss),
            Column::Status => left.status.cmp(&right.status),
            Column::Threads => left.threads.cmp(&right.threads),
            Column::Cpu => number(left.cpu_percent).total_cmp(&number(right.cpu_percent)),
            Column::Memory => left.rss.cmp(&right.rss),
            Column::Time => number(left.cpu_time).total_cmp(&number(right.cpu_time)),
            Column::IoRate => number(left.io_rate()).total_cmp(&number(right.io_rate())),
            Column::ReadRate => number(left.read().rate).total_cmp(&number(right.read().rate)),
            Column::WriteRate => number(left.written().rate).total_cmp(&number(right.written().rate)),
            Column::ReadTotal => left.read().total.cmp(&right.read().total),
            Column::WriteTotal => left.written().total.cmp(&right.written().total),
            Column::Command => left.program.command.cmp(&right.program.command),
        }
    }
}

fn shown<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map(text).unwrap_or_default()
}

fn number(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NEG_INFINITY)
}

/// `M:SS.cc`; from a thousand minutes on `HhMMm`, which fits where that would not.
fn time(seconds: f64) -> String {
    let minutes = (seconds / 60.0) as u64;
    if minutes < 1_000 {
        return minutes_hundredths(seconds);
    }
    format!("{}h{:02}m", minutes / 60, minutes % 60)
}

/// The letter that `ps` has for a state.
fn status_letter(status: Status) -> char {
    match status {
        Status::Running => 'R',
        Status::Sleeping => 'S',
        Status::DiskSleep => 'D',
        Status::Stopped => 'T',
        Status::TracingStop => 't',
        Status::Zombie => 'Z',
        Status::Dead => 'X',
        Status::Idle => 'I',
        Status::Parked => 'P',
        Status::Waking => 'W',
        Status::WakeKill => 'K',
        Status::Locked => 'L',
        Status::Waiting | Status::Suspended => 'w',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_fits_its_column() {
        assert_eq!(time(83.456), "1:23.46");
        assert_eq!(time(59_999.0), "999:59.00");
        assert_eq!(time(60_000.0), "16h40m");
        assert_eq!(time(36_000_000.0 - 60.0), "9999h59m");
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        for columns in [&PROCESSES[..], &DISK] {
            for (place, column) in columns.iter().enumerate() {
                let same = columns.iter().position(|other| other.name() == column.name());
                assert_eq!(same, Some(place));
            }
        }
    }

    #[test]
    fn what_is_not_known_is_empty_and_comes_last() {
        let known = crate::tui::fixture::row(7, 1, "sh");
        let unknown = Row {
            nice: None,
            status: None,
            threads: None,
            vms: None,
            rss: None,
            memory_percent: None,
            cpu_percent: None,
            cpu_time: None,
            ..known.clone()
        };
        for column in PROCESSES {
            if column.text(&known) != column.text(&unknown) {
                assert_eq!(column.text(&unknown), "");
                assert_eq!(column.compare(&unknown, &known), Ordering::Less);
            }
            assert_eq!(column.compare(&known, &known), Ordering::Equal);
        }
    }
}
