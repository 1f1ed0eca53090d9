//! Which processes no signal goes to unless it is forced: those that the system, or this very command, lives by.

use psoxide::Process;

/// Why a signal to the process would hit more than was meant; nothing if it would not.
pub(crate) fn protection(process: &Process) -> Option<&'static str> {
    match process.pid() {
        0 => return Some("the kernel's own"),
        1 => return Some("the first process, which all others depend on"),
        _ => {}
    }
    // Where they cannot be told, as of another root, no process of this system is in danger either: a signal goes to
    // none there.
    let this = Process::current().ok()?;
    if *process == this {
        return Some("this very command");
    }
    let above = this.parents().ok()?;
    above
        .contains(process)
        .then_some("one that this command was started by")
}

#[cfg(test)]
mod tests {
    use psoxide::Root;
    use psoxide::model::process::Identity;

    use super::*;

    #[test]
    fn the_first_processes_and_ancestors_are_protected() {
        for pid in [0, 1] {
            let first = Process::with(&Root::default(), Identity { pid, start: None });
            assert!(protection(&first).is_some());
        }
        let this = Process::current().unwrap();
        assert!(protection(&this).is_some());
        for parent in this.parents().unwrap() {
            assert!(protection(&parent).is_some(), "{parent}");
        }
        // The number alone does not make an ancestor.
        let identity = this.identity();
        let other = Identity {
            start: identity.start.map(|start| start + 1),
            ..identity
        };
        assert_eq!(protection(&Process::with(&Root::default(), other)), None);
    }

    #[test]
    fn a_child_is_not_protected() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = Process::new(child.id()).unwrap();
        assert_eq!(protection(&process), None);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
