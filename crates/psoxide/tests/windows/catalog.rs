//! What a backend that is not whole answers: never more than it knows, and nothing of another root.

use psoxide::catalog::{ATTRS, PLATFORM, PROBES};
use psoxide::{ErrorKind, Process, Root};

#[test]
fn what_windows_does_not_have_is_unsupported() {
    let visit = Process::current().unwrap().oneshot().unwrap();
    for attr in ATTRS.iter().filter(|attr| !attr.on.contains(PLATFORM)) {
        if let Some(get) = attr.get {
            assert!(get(&visit).unwrap_err().is_unsupported(), "{}", attr.name);
        }
    }
    for probe in PROBES.iter().filter(|probe| !probe.on.contains(PLATFORM)) {
        let error = (probe.get)(&Root::default()).unwrap_err();
        assert!(error.is_unsupported(), "{}", probe.name);
    }
}

/// What wine does not tell of a process, and Windows does.
const NOT_OF_WINE: [&str; 2] = ["ionice", "memory_footprint"];

#[test]
fn what_windows_has_of_a_process_is_answered() {
    let visit = Process::current().unwrap().oneshot().unwrap();
    for attr in ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM)) {
        match attr.get.map(|get| get(&visit)) {
            Some(Err(error)) if NOT_OF_WINE.contains(&attr.name) => {
                assert!(error.is_unsupported(), "{}: {error}", attr.name);
            }
            Some(answer) => assert!(answer.is_ok(), "{}: {answer:?}", attr.name),
            None => {}
        }
    }
}

#[test]
fn another_root_is_not_this_machine() {
    let root = Root::at("Z:/no/such/root");
    for probe in PROBES.iter().filter(|probe| probe.on.contains(PLATFORM)) {
        let kind = (probe.get)(&root).unwrap_err().kind();
        let refused = [ErrorKind::ForeignRoot, ErrorKind::Unsupported];
        assert!(refused.contains(&kind), "{}: {kind:?}", probe.name);
    }
    assert_eq!(root.pids().unwrap_err().kind(), ErrorKind::ForeignRoot);
    let error = Process::at(&root, std::process::id()).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignRoot);
    assert_eq!(
        root.processes().map(drop).unwrap_err().kind(),
        ErrorKind::ForeignRoot
    );
}
