//! Bad input and broken sources: processes that are not there, go away at any moment, or are something else.

use psoxide::catalog::{ATTRS, PLATFORM, PROBES};
use psoxide::model::process::{Exit, Status};
use psoxide::schema::Value;
use psoxide::{ErrorKind, Process, Root, Signal, pid_exists, processes};

use crate::child::{Child, LONG};
use crate::roots::{Tree, testdata};

/// A number that no process has and no thread. The kernel gives numbers out in turn, so that one which has just had its turn
/// is the last to be given out again.
fn free_number() -> u32 {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    let given: u32 = load.split_whitespace().last().unwrap().parse().unwrap();
    let text = std::fs::read_to_string("/proc/sys/kernel/pid_max").unwrap();
    let beyond: u32 = text.trim().parse().unwrap();
    (2..=given)
        .rev()
        .chain((given..beyond).rev())
        .find(|pid| !std::fs::exists(format!("/proc/{pid}")).unwrap())
        .unwrap()
}

#[test]
fn numbers_of_no_process() {
    let text = std::fs::read_to_string("/proc/sys/kernel/pid_max").unwrap();
    let beyond: u32 = text.trim().parse().unwrap();
    let largest = i32::MAX as u32;
    for pid in [
        0,
        free_number(),
        beyond,
        beyond + 1,
        largest,
        largest + 1,
        u32::MAX,
    ] {
        let error = Process::new(pid).map(|_| ()).unwrap_err();
        assert_eq!(
            (error.kind(), error.pid()),
            (ErrorKind::NoSuchProcess, Some(pid)),
            "{error}"
        );
        assert!(!pid_exists(pid).unwrap(), "{pid}");
    }
}

#[test]
fn the_number_of_a_thread() {
    // The thread of this test itself.
    let link = std::fs::read_link("/proc/thread-self").unwrap();
    let tid: u32 = link.file_name().unwrap().to_str().unwrap().parse().unwrap();
    if tid == std::process::id() {
        return println!("this test runs in the main thread: not compared");
    }
    let thread = Process::new(tid).unwrap();
    assert!(thread.is_running().unwrap());
    assert!(!pid_exists(tid).unwrap());
    assert_ne!(thread, Process::current().unwrap());
    assert_eq!(
        thread.parent().unwrap(),
        Process::current().unwrap().parent().unwrap()
    );
    assert!(!processes().unwrap().iter().any(|visit| visit.pid() == tid));
    // The process gets the signal; nothing is sent here, only asked.
    thread.send_signal(Signal::from_number(0)).unwrap();
    assert!(
        thread
            .wait(Some(std::time::Duration::from_millis(5)))
            .unwrap_err()
            .is_timeout()
    );
}

#[test]
fn a_thread_that_ends_is_waited_for() {
    let (told, tid) = std::sync::mpsc::channel();
    let (ends, end) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let link = std::fs::read_link("/proc/thread-self").unwrap();
        told.send(link.file_name().unwrap().to_str().unwrap().parse().unwrap())
            .unwrap();
        end.recv().unwrap_err();
    });
    let process = Process::new(tid.recv().unwrap()).unwrap();
    drop(ends);
    assert_eq!(process.wait(Some(LONG)).unwrap(), None);
    thread.join().unwrap();
    assert!(!process.is_running().unwrap());
}

#[test]
fn a_thread_of_the_kernel() {
    let Some(kernel) = processes().unwrap().into_iter().find(|visit| {
        // They have no address space, and so no program.
        visit.ppid().is_ok_and(|ppid| ppid == 2) && visit.exe().is_ok_and(|exe| exe.as_os_str().is_empty())
    }) else {
        return println!("no thread of the kernel is shown here: not compared");
    };
    let process = Process::new(kernel.pid()).unwrap();
    assert_eq!(process.parent().unwrap().unwrap().pid(), 2);
    assert!(process.cmdline().unwrap().is_empty());
    assert!(process.children(true).unwrap().is_empty());
    assert!(
        process
            .to_string()
            .contains(&format!("{:?}", process.name().unwrap()))
    );
    assert!(
        process
            .wait(Some(std::time::Duration::ZERO))
            .unwrap_err()
            .is_timeout()
    );
}

#[test]
fn a_zombie() {
    let zombie = Child::zombie();
    let process = &zombie.process;
    assert!(pid_exists(process.pid()).unwrap());
    assert!(process.is_running().unwrap());
    assert_eq!(process.status().unwrap(), Status::Zombie);
    assert_eq!(process.cmdline().unwrap_err().kind(), ErrorKind::ZombieProcess);
    assert!(
        Process::current()
            .unwrap()
            .children(false)
            .unwrap()
            .contains(process)
    );
    assert_eq!(process.parent().unwrap(), Some(Process::current().unwrap()));
    process.kill().unwrap();
    assert_eq!(process.wait(None).unwrap(), Some(Exit::Code(3)));
}

#[test]
fn a_process_that_ends_between_the_visit_and_the_answers() {
    for attr in ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM)) {
        let Some(get) = attr.get else { continue };
        let child = Child::sleeping();
        let visit = child.process.oneshot().unwrap();
        child.process.kill().unwrap();
        child.process.wait(Some(LONG)).unwrap();
        match get(&visit) {
            // What the visit has read already stays true of its moment.
            Ok(value) => assert!(visit.identity().is_ok(), "{}: {value:?}", attr.name),
            Err(error) => {
                assert!(error.is_no_such_process(), "{}: {error}", attr.name);
                assert_eq!(error.pid(), Some(child.process.pid()), "{}: {error}", attr.name);
                assert!(!error.what().is_empty());
            }
        }
        if attr.name == "cmdline" || attr.name == "memory_info" || attr.name == "open_files" {
            assert!(get(&visit).is_err(), "{}", attr.name);
        }
    }
}

#[test]
fn a_process_that_ends_between_any_two_reads() {
    let case = testdata("process-6.18/proc");
    let pid: u32 = std::fs::read_dir(&case)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
        .max()
        .unwrap();
    let files: Vec<_> = std::fs::read_dir(case.join(pid.to_string()))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .collect();
    assert!(files.len() > 3);
    // First only `stat` is there, then one more file at a time; whatever is missing, no answer is wrong.
    for count in 0..=files.len() {
        let tree = Tree::new();
        let present = files
            .iter()
            .take(count)
            .chain(files.iter().filter(|file| file.file_name() == "stat"));
        for file in present {
            let name = file.file_name();
            let bytes = std::fs::read(file.path()).unwrap();
            tree.write(&format!("proc/{pid}/{}", name.to_str().unwrap()), bytes);
        }
        let visit = Process::at(&tree.root(), pid).unwrap().oneshot().unwrap();
        for attr in ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM)) {
            if let Some(Err(error)) = attr.get.map(|get| get(&visit)) {
                assert_ne!(error.kind(), ErrorKind::InvalidData, "{}: {error}", attr.name);
                assert_ne!(error.kind(), ErrorKind::NoSuchProcess, "{}: {error}", attr.name);
                assert!(!error.what().is_empty());
            }
        }
        std::fs::remove_file(tree.path(&format!("proc/{pid}/stat"))).unwrap();
        let fresh = Process::at(&tree.root(), pid).map(|_| ()).unwrap_err();
        assert!(fresh.is_no_such_process(), "{fresh}");
    }
}

#[test]
fn a_root_that_is_none_answers_no_question() {
    let tree = Tree::new();
    tree.write("file", "");
    tree.path("empty/proc/none");
    for (folder, is_there) in [("missing", false), ("file", false), ("empty", true)] {
        let path = tree.path(folder);
        let root = Root::at(&path);
        for probe in PROBES.iter().filter(|probe| probe.on.contains(PLATFORM)) {
            match (probe.get)(&root) {
                // A system without processes and users: that is what the folders say.
                Ok(Value::List(none)) if is_there => {
                    assert!(none.is_empty() && ["pids", "users"].contains(&probe.name));
                }
                Ok(answer) => panic!("{} of {folder}: {answer:?}", probe.name),
                Err(error) if error.kind() == ErrorKind::ForeignRoot => {
                    assert_eq!(error.what(), probe.name);
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::NotFound, "{}: {error}", probe.name);
                    assert!(error.what().starts_with(path.to_str().unwrap()), "{error}");
                }
            }
        }
        let process = Process::at(&root, 1).map(|_| ());
        assert!(process.unwrap_err().is_no_such_process());
        let list = root.processes().map(|list| list.len());
        match list {
            Ok(count) => assert!(is_there && count == 0),
            Err(error) => assert!(!is_there && error.kind() == ErrorKind::NotFound, "{error}"),
        }
    }
}

#[test]
fn shares_of_memory_by_name() {
    let visit = Process::current().unwrap().oneshot().unwrap();
    assert!(visit.memory_percent_of("uss").unwrap() <= 100.0);
    assert!(visit.memory_percent_of("peak_rss").unwrap() > 0.0);
    for (field, kind) in [
        ("", ErrorKind::InvalidInput),
        ("RSS", ErrorKind::InvalidInput),
        // A count, and what another system tells.
        ("num_page_faults", ErrorKind::InvalidInput),
        ("peak_wset", ErrorKind::Unsupported),
    ] {
        let error = visit.memory_percent_of(field).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    // Without the machine's memory there is no share of it.
    let tree = Tree::new();
    let root = Root::default().with_proc(testdata("process-6.18/proc"));
    let pid = root.pids().unwrap().into_iter().max().unwrap();
    tree.write(
        &format!("proc/{pid}/stat"),
        std::fs::read(root.proc().join(format!("{pid}/stat"))).unwrap(),
    );
    tree.write(&format!("proc/{pid}/statm"), "9 9 9 9 0 9 0");
    tree.write("proc/meminfo", "MemTotal: 0 kB\nMemFree: 0 kB\n");
    let error = Process::at(&tree.root(), pid)
        .unwrap()
        .memory_percent()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
}
