//! The platforms column is true: a getter answers `Unsupported` exactly where the table says so.

use psoxide::catalog::{ATTRS, PLATFORM, PROBES};
use psoxide::{Process, Root};

#[test]
fn an_attribute_is_unsupported_exactly_where_the_table_says_so() {
    let visit = Process::current().unwrap().oneshot().unwrap();
    for attr in ATTRS {
        let Some(get) = attr.get else { continue };
        let answer = get(&visit);
        let unsupported = answer.as_ref().is_err_and(|error| error.is_unsupported());
        assert_eq!(
            unsupported,
            !attr.on.contains(PLATFORM),
            "{}: {answer:?}",
            attr.name
        );
        // Of itself a process may know everything.
        assert!(unsupported || answer.is_ok(), "{}: {answer:?}", attr.name);
    }
}

#[test]
fn a_probe_is_unsupported_exactly_where_the_table_says_so() {
    for probe in PROBES {
        let answer = (probe.get)(&Root::default());
        let unsupported = answer.as_ref().is_err_and(|error| error.is_unsupported());
        // The table knows systems, not C libraries: musl's allocator tells nothing of itself.
        let lacking = !probe.on.contains(PLATFORM) || cfg!(target_env = "musl") && probe.name == "heap_info";
        assert_eq!(unsupported, lacking, "{}: {answer:?}", probe.name);
    }
}
