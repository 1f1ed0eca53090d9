//! The platforms column is true: a getter answers `Unsupported` exactly where the table says so.

use psoxide::Process;
use psoxide::catalog::{ATTRS, PLATFORM};

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
