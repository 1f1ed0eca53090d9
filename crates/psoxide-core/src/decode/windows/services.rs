//! `ENUM_SERVICE_STATUS_PROCESSW`, `SERVICE_STATUS_PROCESS`, `QUERY_SERVICE_CONFIGW` and `SERVICE_DESCRIPTIONW`: what the
//! service control manager tells of services.

use crate::decode::bytes::Layout;
use crate::decode::windows::Filled;
use crate::error::DecodeError;
use crate::model::Pid;
use crate::model::services::Service;
use crate::text::Text;

const ENTRY: &str = "ENUM_SERVICE_STATUS_PROCESSW";
const CONFIG: &str = "QUERY_SERVICE_CONFIGW";
const DESCRIPTION: &str = "SERVICE_DESCRIPTIONW";
const STATUS: &str = "SERVICE_STATUS_PROCESS";
/// Size of the entry of one service.
const ENTRY_SIZE: usize = 56;
/// Where its status begins.
const ENTRY_STATUS: usize = 16;
const CONFIG_SIZE: usize = 64;
/// Size of the status.
pub const STATUS_SIZE: usize = 36;

/// What a service does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceStatus {
    state: u32,
    pid: Option<Pid>,
}

/// A service as the listing tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name that identifies it.
    pub name: Text,
    /// The name shown to people.
    pub display_name: Text,
    /// What it does.
    pub status: ServiceStatus,
}

/// How a service is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceConfig {
    start_type: u32,
    binpath: Text,
    username: Text,
}

impl ServiceStatus {
    /// From its bytes.
    pub fn parse(bytes: &[u8]) -> Result<ServiceStatus, DecodeError> {
        let status = Layout::new(STATUS, bytes, STATUS_SIZE)?;
        Ok(ServiceStatus {
            state: status.u32(4)?,
            pid: Some(status.u32(28)?).filter(|pid| *pid != 0),
        })
    }

    fn name(&self) -> &'static str {
        match self.state {
            1 => "stopped",
            2 => "start_pending",
            3 => "stop_pending",
            4 => "running",
            5 => "continue_pending",
            6 => "pause_pending",
            7 => "paused",
            _ => "unknown",
        }
    }
}

impl Entry {
    /// The first `count` entries of a buffer that lay at `address` when it was filled.
    pub fn all(bytes: &[u8], address: u64, count: usize) -> Result<Vec<Entry>, DecodeError> {
        let filled = Filled { bytes, address };
        let entries = bytes.chunks_exact(ENTRY_SIZE);
        if entries.len() < count {
            return Err(DecodeError::new(ENTRY, bytes.len(), "all entries"));
        }
        entries
            .take(count)
            .map(|bytes| {
                let entry = Layout::new(ENTRY, bytes, ENTRY_SIZE)?;
                Ok(Entry {
                    name: filled.text(ENTRY, entry.u64(0)?)?,
                    display_name: filled.text(ENTRY, entry.u64(8)?)?,
                    status: ServiceStatus::parse(bytes.get(ENTRY_STATUS..).unwrap_or_default())?,
                })
            })
            .collect()
    }
}

impl ServiceConfig {
    /// From a buffer that lay at `address` when it was filled.
    pub fn parse(bytes: &[u8], address: u64) -> Result<ServiceConfig, DecodeError> {
        let filled = Filled { bytes, address };
        let config = Layout::new(CONFIG, bytes, CONFIG_SIZE)?;
        let text = |offset| filled.text(CONFIG, config.u64(offset)?);
        Ok(ServiceConfig {
            start_type: config.u32(4)?,
            binpath: text(16)?,
            username: text(48)?,
        })
    }

    fn start_type(&self) -> &'static str {
        match self.start_type {
            2 => "automatic",
            3 => "manual",
            4 => "disabled",
            _ => "unknown",
        }
    }
}

/// What a service is for, from a buffer that lay at `address` when it was filled.
pub fn description(bytes: &[u8], address: u64) -> Result<Text, DecodeError> {
    let pointer = Layout::new(DESCRIPTION, bytes, 8)?.u64(0)?;
    Filled { bytes, address }.text(DESCRIPTION, pointer)
}

/// A service from its parts; how it is set up and what it is for may be denied to this user.
pub fn service(entry: Entry, config: Option<ServiceConfig>, description: Option<Text>) -> Service {
    let start_type = config.as_ref().map(|config| Text::from(config.start_type()));
    let (binpath, username) = config.map(|config| (config.binpath, config.username)).unzip();
    Service {
        name: entry.name,
        display_name: entry.display_name,
        binpath,
        username,
        start_type,
        status: Text::from(entry.status.name()),
        pid: entry.status.pid,
        description,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const LIST: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/services.bin");
    const SETUP: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/service_config.bin");
    const PURPOSE: &[u8] =
        include_bytes!("../../../../../testdata/windows/windows-10/service_description.bin");
    /// Where the fixtures say that they lay.
    const ADDRESS: u64 = 0x1_0000;

    #[cfg(target_endian = "little")]
    #[test]
    fn services_have_names_and_a_process_while_they_run() {
        let entries = Entry::all(LIST, ADDRESS, 2).unwrap();
        let services: Vec<Service> = entries
            .into_iter()
            .map(|entry| service(entry, None, None))
            .collect();
        assert_eq!(
            (services[0].name.clone(), services[0].pid),
            ("Dnscache".into(), Some(1236))
        );
        assert_eq!(
            (&services[0].status, &services[1].status),
            (&"running".into(), &"stopped".into())
        );
        assert_eq!(services[1].pid, None);
        // A surrogate that stands alone is kept.
        assert_eq!(services[1].display_name.as_bytes(), b"a\xed\xa0\x80");
        assert_eq!((&services[0].binpath, &services[0].description), (&None, &None));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn how_it_is_set_up_is_told_as_it_stands() {
        let config = ServiceConfig::parse(SETUP, ADDRESS).unwrap();
        let entry = Entry::all(LIST, ADDRESS, 1).unwrap().remove(0);
        let purpose = description(PURPOSE, ADDRESS).unwrap();
        let service = service(entry, Some(config), Some(purpose));
        assert_eq!(
            service.binpath,
            Some(r#""C:\Program Files\dns.exe" -k net"#.into())
        );
        // No account is told of it.
        assert_eq!(service.username, Some(Text::default()));
        assert_eq!(service.start_type, Some("automatic".into()));
        assert_eq!(service.description, Some("Caches names.".into()));
    }

    #[test]
    fn every_state_and_start_has_a_word() {
        let state = |state| ServiceStatus { state, pid: None }.name();
        assert_eq!(
            [state(3), state(7), state(8)],
            ["stop_pending", "paused", "unknown"]
        );
        assert_eq!(description(&[0; 8], ADDRESS), Ok(Text::default()));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn lists_that_lie_are_refused() {
        assert!(Entry::all(LIST, ADDRESS, LIST.len()).is_err());
        assert!(Entry::all(LIST, 0, 1).is_err());
        assert!(Entry::all(&LIST[..LIST.len() - 2], ADDRESS, 2).is_err());
        assert!(ServiceConfig::parse(&SETUP[..CONFIG_SIZE - 1], ADDRESS).is_err());
        assert!(ServiceConfig::parse(SETUP, ADDRESS + 0x1000).is_err());
        assert!(description(PURPOSE, 0).is_err());
        assert_eq!(Entry::all(b"", ADDRESS, 0), Ok(Vec::new()));
    }
}
