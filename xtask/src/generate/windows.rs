//! What has been run of the Windows backend, by name of the attribute or probe: what the comparison under wine found out, and
//! what wine cannot show, so that only its decoder is tried, on bytes that were laid out.

use std::collections::BTreeMap;
use std::fs;

use crate::cross::python::ANSWERS;
use crate::workspace::root;

/// What wine tells as 0 or not at all, with the decoder that is tested on bytes.
const ON_BYTES: [(&str, &str); 12] = [
    ("cpu_stats", "performance_information"),
    ("disk_io_counters", "disk_performance"),
    ("io_counters", "process_information"),
    ("memory_footprint", "working_set"),
    ("memory_full_info", "working_set"),
    ("num_ctx_switches", "process_information"),
    ("num_handles", "process_information"),
    ("page_faults", "process_information"),
    ("sensors_battery", "system_power_status"),
    ("status", "process_information"),
    ("swap_memory", "page_file_information"),
    ("users", "sessions"),
];

/// What became of each name.
pub(super) struct Windows(BTreeMap<String, String>);

impl Windows {
    pub(super) fn read() -> Result<Windows, Box<dyn std::error::Error>> {
        let mut found = BTreeMap::new();
        for line in fs::read_to_string(root().join(ANSWERS))?.lines() {
            if let Some((name, state)) = line.split_once('\t') {
                found.insert(name.to_owned(), state.to_owned());
            }
        }
        for (name, decoder) in ON_BYTES {
            let path = root().join(format!("crates/psoxide-core/src/decode/windows/{decoder}.rs"));
            if !fs::read_to_string(path).is_ok_and(|text| text.contains("#[test]")) {
                return Err(format!("{name}: the decoder {decoder} has no test").into());
            }
            found.insert(name.to_owned(), "decoded from bytes".to_owned());
        }
        Ok(Windows(found))
    }

    /// The state in words.
    pub(super) fn state(&self, name: &str) -> &str {
        match self.0.get(name).map(String::as_str) {
            Some("as psutil") => "run under wine, as psutil",
            Some("run") => "run under wine",
            Some("lacking") => "**missing**",
            Some("refused") | None => "compiled",
            Some(other) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_run_is_not_called_run() {
        let windows = Windows::read().unwrap();
        assert_eq!(windows.state("no such name"), "compiled");
        assert_eq!(windows.state("num_ctx_switches"), "decoded from bytes");
        assert_eq!(windows.state("pids"), "run under wine, as psutil");
    }
}
