//! `/proc/<pid>/limits`: a table of soft and hard limits.
//!
//! Layout: proc_pid_limits(5), Linux 2.6.24. A column ends where the next begins; `unlimited` is no limit. Of a process
//! that is just going away the file is empty.

use crate::decode::bytes::{decimal, finished, lines, words};
use crate::error::DecodeError;
use crate::model::process::{Limits, Resource};

/// The limits on one resource; `None` if the table has no line for it.
pub fn limits(bytes: &[u8], resource: Resource) -> Result<Option<Limits>, DecodeError> {
    let title: &[u8] = match resource {
        Resource::As => b"Max address space ",
        Resource::Core => b"Max core file size ",
        Resource::Cpu => b"Max cpu time ",
        Resource::Data => b"Max data size ",
        Resource::Fsize => b"Max file size ",
        Resource::Locks => b"Max file locks ",
        Resource::Memlock => b"Max locked memory ",
        Resource::Msgqueue => b"Max msgqueue size ",
        Resource::Nice => b"Max nice priority ",
        Resource::Nofile => b"Max open files ",
        Resource::Nproc => b"Max processes ",
        Resource::Rss => b"Max resident set ",
        Resource::Rtprio => b"Max realtime priority ",
        Resource::Rttime => b"Max realtime timeout ",
        Resource::Sigpending => b"Max pending signals ",
        Resource::Stack => b"Max stack size ",
        Resource::Npts | Resource::Sbsize | Resource::Swap => return Ok(None),
    };
    let mut lines = lines(finished("limits", bytes)?);
    if lines.next().is_none_or(|names| !names.starts_with(b"Limit ")) {
        return Err(DecodeError::new("limits", 0, "the names of the columns"));
    }
    let Some(line) = lines.find_map(|line| line.strip_prefix(title)) else {
        return Ok(None);
    };
    let mut columns = words(line);
    let mut limit = || match columns.next() {
        Some(b"unlimited") => Ok(None),
        Some(number) => match decimal(number) {
            Some(number) => Ok(Some(number)),
            None => Err(DecodeError::new("limits", 0, "a number or unlimited")),
        },
        None => Err(DecodeError::new("limits", 0, "a soft and a hard limit")),
    };
    Ok(Some(Limits::new(limit()?, limit()?)))
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
    use crate::schema::Platforms;

    const TABLE: &[u8] = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/limits");

    #[test]
    fn every_resource_of_linux_has_a_line() {
        for (resource, on) in Resource::EACH {
            let limits = limits(TABLE, resource).unwrap();
            assert_eq!(limits.is_some(), on.contains(Platforms::LINUX), "{resource}");
        }
        assert_eq!(
            limits(TABLE, Resource::Nofile).unwrap().unwrap(),
            Limits::new(Some(20_000), Some(20_000))
        );
        assert_eq!(
            limits(TABLE, Resource::Stack).unwrap().unwrap(),
            Limits::new(Some(8_388_608), None)
        );
        assert_eq!(
            limits(TABLE, Resource::Nice).unwrap().unwrap(),
            Limits::new(Some(0), Some(0))
        );
    }

    #[test]
    fn a_line_without_numbers_is_refused() {
        const NAMES: &str =
            "Limit                     Soft Limit           Hard Limit           Units     \n";
        let nofile = |line: &str| limits(format!("{NAMES}{line}").as_bytes(), Resource::Nofile);
        assert!(nofile("Max open files   x  y files\n").is_err());
        assert!(nofile("Max open files   1\n").is_err());
        assert!(nofile("Max open files   1 2").is_err());
        assert!(nofile("Max open files   1 2\n").unwrap().is_some());
        assert_eq!(nofile("").unwrap(), None);
        assert!(limits(b"", Resource::Nofile).is_err());
        assert!(limits(b"Max open files   1 2\n", Resource::Nofile).is_err());
    }
}
