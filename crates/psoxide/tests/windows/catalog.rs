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

#[test]
fn what_is_answered_of_this_process_is_no_error() {
    let visit = Process::current().unwrap().oneshot().unwrap();
    let mut answered = 0;
    for attr in ATTRS {
        match attr.get.map(|get| get(&visit)) {
            Some(Ok(_)) => answered += 1,
            Some(Err(error)) => assert!(error.is_unsupported(), "{}: {error}", attr.name),
            None => {}
        }
    }
    assert!(answered >= 18, "{answered}");
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
