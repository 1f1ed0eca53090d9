//! The second part of `procinfo`: a table for each attribute that is a list.

use std::cmp::Reverse;

use psoxide::catalog::PLATFORM;
use psoxide::format::{bytes, quantity};
use psoxide::model::net::{AddressFamily, Connection, ConnectionKind, SocketType};
use psoxide::model::process::{MemoryMap, Resource};
use psoxide::schema::{Typed, Unit};
use psoxide::{Oneshot, Process};

use super::{Page, name};
use crate::answer::known;
use crate::columns;
use crate::failure::Failure;
use crate::output::table;

/// How many entries of a long list are shown unless all are asked for.
const FIRST: usize = 4;

/// How people call the limits, by the name of the resource.
const LIMIT_NAMES: [(&str, &str); 19] = [
    ("RLIMIT_AS", "virtualmem"),
    ("RLIMIT_CORE", "coredumpsize"),
    ("RLIMIT_CPU", "cputime"),
    ("RLIMIT_DATA", "datasize"),
    ("RLIMIT_FSIZE", "filesize"),
    ("RLIMIT_LOCKS", "locks"),
    ("RLIMIT_MEMLOCK", "memlock"),
    ("RLIMIT_MSGQUEUE", "msgqueue"),
    ("RLIMIT_NICE", "nice"),
    ("RLIMIT_NOFILE", "openfiles"),
    ("RLIMIT_NPROC", "maxprocesses"),
    ("RLIMIT_NPTS", "pseudoterms"),
    ("RLIMIT_RSS", "rss"),
    ("RLIMIT_RTPRIO", "realtimeprio"),
    ("RLIMIT_RTTIME", "rtimesched"),
    ("RLIMIT_SBSIZE", "sockbufsize"),
    ("RLIMIT_SIGPENDING", "sigspending"),
    ("RLIMIT_STACK", "stack"),
    ("RLIMIT_SWAP", "swapuse"),
];

pub(super) fn write(page: &mut Page<'_>, subject: &Process, process: &Oneshot) -> Result<(), Failure> {
    write_children(page, subject)?;
    write_open_files(page, process)?;
    write_connections(page, process)?;
    write_threads(page, process)?;
    write_limits(page, process)?;
    write_environ(page, process)?;
    write_maps(page, process)
}

fn write_children(page: &mut Page<'_>, subject: &Process) -> Result<(), Failure> {
    let children = known(subject.children(false))?.unwrap_or_default();
    let rows = children.iter().map(|child| {
        let name = name(child).map(|name| name.to_string()).unwrap_or_default();
        table::line(&columns::CHILDREN, &[&child.pid().to_string(), &name])
    });
    page.table("children", table::header(&columns::CHILDREN), rows)
}

fn write_open_files(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let files = known(process.open_files())?.unwrap_or_default();
    if files.is_empty() {
        return page.fact("open-files", "");
    }
    let rows = files.iter().map(|file| file.path.to_string());
    page.long_table("open-files", String::from("PATH"), rows)
}

fn write_connections(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let connections = known(process.net_connections(ConnectionKind::Inet))?.unwrap_or_default();
    if connections.is_empty() {
        return page.fact("connections", "");
    }
    let rows = connections.iter().map(connection);
    page.table("connections", table::header(&columns::CONNECTIONS), rows)
}

fn connection(connection: &Connection) -> String {
    let protocol = match (connection.family, connection.socket_type) {
        (AddressFamily::Unix, _) => "UNIX",
        (_, SocketType::Stream) => "TCP",
        (_, SocketType::Datagram) => "UDP",
        (_, other) => other.as_str(),
    };
    let address = |end: &Option<_>| {
        end.as_ref()
            .map_or_else(|| String::from("*:*"), ToString::to_string)
    };
    table::line(
        &columns::CONNECTIONS,
        &[
            protocol,
            &address(&connection.laddr),
            &address(&connection.raddr),
            connection.status.as_str(),
        ],
    )
}

fn write_threads(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let threads = known(process.threads())?.unwrap_or_default();
    if threads.len() < 2 {
        return Ok(());
    }
    let rows = threads.iter().map(|thread| {
        let user = quantity(&thread.user_time.value(), Unit::Seconds);
        let system = quantity(&thread.system_time.value(), Unit::Seconds);
        table::line(&columns::THREADS, &[&thread.id.to_string(), &user, &system])
    });
    page.long_table("threads", table::header(&columns::THREADS), rows)?;
    page.fact("", &format!("total={}", threads.len()))
}

fn write_limits(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (resource, _) in Resource::EACH.iter().filter(|(_, on)| on.contains(PLATFORM)) {
        let Some(limits) = known(process.rlimit(*resource))? else {
            continue;
        };
        let size =
            |limit: Option<u64>| limit.map_or_else(|| String::from("infinity"), |limit| limit.to_string());
        rows.push(table::line(
            &columns::LIMITS,
            &[limit_name(*resource), &size(limits.soft), &size(limits.hard)],
        ));
    }
    page.table("res-limits", table::header(&columns::LIMITS), rows)
}

fn limit_name(resource: Resource) -> &'static str {
    LIMIT_NAMES
        .iter()
        .find(|(constant, _)| *constant == resource.as_str())
        .map_or(resource.as_str(), |(_, name)| name)
}

fn write_environ(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let mut variables = known(process.environ())?.unwrap_or_default();
    variables.sort();
    let rows = variables
        .iter()
        .map(|(name, value)| table::line(&columns::ENVIRON, &[&name.to_string(), &value.to_string()]));
    page.long_table("environ", table::header(&columns::ENVIRON), rows)
}

fn write_maps(page: &mut Page<'_>, process: &Oneshot) -> Result<(), Failure> {
    let mut maps = MemoryMap::group(known(process.memory_maps())?.unwrap_or_default());
    maps.sort_by_key(|map| Reverse(map.rss));
    let rows = maps
        .iter()
        .map(|map| table::line(&columns::MAPS, &[&bytes(map.rss), &map.path.to_string()]));
    page.long_table("mem-maps", table::header(&columns::MAPS), rows)
}

impl Page<'_> {
    /// All rows below their header; nothing if there is none.
    fn table(
        &mut self,
        label: &str,
        header: String,
        rows: impl IntoIterator<Item = String>,
    ) -> Result<(), Failure> {
        self.rows(label, &header, rows, usize::MAX)
    }

    /// The same, but only the first rows unless all are asked for.
    fn long_table(
        &mut self,
        label: &str,
        header: String,
        rows: impl IntoIterator<Item = String>,
    ) -> Result<(), Failure> {
        let most = if self.verbose { usize::MAX } else { FIRST };
        self.rows(label, &header, rows, most)
    }

    fn rows(
        &mut self,
        label: &str,
        header: &str,
        rows: impl IntoIterator<Item = String>,
        most: usize,
    ) -> Result<(), Failure> {
        for (place, row) in rows.into_iter().enumerate() {
            if place == 0 {
                self.fact(label, header)?;
            }
            if place == most {
                return self.fact("", "[...]");
            }
            self.fact("", &row)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_a_name_and_every_name_a_limit() {
        let known: Vec<&str> = Resource::EACH
            .iter()
            .map(|(resource, _)| resource.as_str())
            .collect();
        let named: Vec<&str> = LIMIT_NAMES.iter().map(|(constant, _)| *constant).collect();
        assert_eq!(named, known);
        assert_eq!(limit_name(Resource::Locks), "locks");
    }
}
