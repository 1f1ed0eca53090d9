//! Processes: this one, a child, and those that are not there.

use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use psoxide::model::process::{Exit, Identity, IoClass, Status};
use psoxide::{
    Error, ErrorKind, Process, ProcessTable, Root, Signal, pid_exists, pids, processes, wait_procs,
};

use crate::child::{Interpreter, PATIENCE, wait_until};

#[test]
fn this_process_knows_itself() {
    let process = Process::current().unwrap();
    let visit = process.oneshot().unwrap();
    let program = std::env::current_exe().unwrap();
    let file = program.file_name().unwrap().to_str().unwrap();
    assert_eq!(visit.name().unwrap(), file);
    assert_eq!(visit.status().unwrap(), Status::Running);
    assert!(process.is_running().unwrap());
    assert_eq!(process, Process::new(std::process::id()).unwrap());
    let threads = visit.threads().unwrap();
    assert_eq!(threads.len(), visit.num_threads().unwrap() as usize);
    assert!(!threads.is_empty());
}

#[test]
fn threads_are_counted() {
    // More than all other tests here have together.
    const MANY: u32 = 100;
    let count = || Process::current().unwrap().num_threads().unwrap();
    let (ends, end) = mpsc::channel::<()>();
    let end = std::sync::Mutex::new(end);
    std::thread::scope(|scope| {
        for _ in 0..MANY {
            scope.spawn(|| end.lock().unwrap().recv().unwrap_err());
        }
        wait_until("threads are not counted", || count() > MANY);
        drop(ends);
    });
    wait_until("threads that have ended are counted", || count() < MANY);
}

#[test]
fn work_takes_time_and_memory_is_held() {
    let process = Process::current().unwrap();
    let times = || process.cpu_times().unwrap();
    let before = times();
    wait_until("work takes no time", || {
        let now = times();
        now.user + now.system > before.user + before.system
    });
    assert_eq!(before.children_user, None);
    // More than all the rest of this program takes.
    let held = vec![1u8; 256 << 20];
    let memory = process.memory_info().unwrap();
    assert!(memory.rss > 200 << 20 && memory.vms > 200 << 20, "{memory:?}");
    assert!(memory.peak_wset >= Some(memory.rss));
    drop(held);
    assert!(process.memory_info().unwrap().rss < 200 << 20);
}

#[test]
fn a_child_has_this_process_as_its_parent() {
    let child = Interpreter::start();
    let process = child.process();
    assert_eq!(process.ppid().unwrap(), std::process::id());
    assert_eq!(process.parent().unwrap(), Some(Process::current().unwrap()));
    assert_eq!(process.name().unwrap(), "cmd.exe");
    let listed = pids().unwrap();
    assert!(listed.is_sorted());
    assert!(listed.contains(&process.pid()) && listed.contains(&std::process::id()));
    assert!(pid_exists(process.pid()).unwrap());
    let mine = Process::current().unwrap().create_time().unwrap();
    assert!(process.create_time().unwrap() >= mine);
    assert!(
        Process::current()
            .unwrap()
            .children(false)
            .unwrap()
            .contains(&process)
    );
}

#[test]
fn a_listing_tells_what_a_visit_tells() {
    let child = Interpreter::start();
    let listed = processes().unwrap();
    assert!(listed.is_sorted_by_key(|visit| visit.pid()));
    let visit = listed.iter().find(|visit| visit.pid() == child.0.id()).unwrap();
    let alone = child.process().oneshot().unwrap();
    assert_eq!(visit.name().unwrap(), alone.name().unwrap());
    assert_eq!(visit.identity().unwrap(), alone.identity().unwrap());
    assert_eq!(visit.ppid().unwrap(), alone.ppid().unwrap());
    for visit in &listed {
        assert!(visit.memory_info().is_ok() && visit.cpu_times().is_ok() && visit.status().is_ok());
    }
}

#[test]
fn a_process_that_has_ended_is_gone() {
    let mut child = Interpreter::start();
    let process = child.process();
    let visit = process.oneshot().unwrap();
    assert!(visit.name().is_ok());
    child.end();
    // A handle of it is still open here, and it counts as gone all the same.
    wait_until("an ended process is listed", || {
        !pid_exists(process.pid()).unwrap()
    });
    assert!(!process.is_running().unwrap());
    let error = process.memory_info().unwrap_err();
    assert_eq!(
        (error.kind(), error.pid()),
        (ErrorKind::NoSuchProcess, Some(process.pid()))
    );
    // What was read stays true of its moment.
    assert!(visit.ppid().is_ok());
}

#[test]
fn numbers_of_no_process() {
    let used = pids().unwrap();
    // Windows gives out multiples of 4 only.
    let own = std::process::id();
    for pid in [
        1,
        3,
        own + 1,
        own + 3,
        used.last().unwrap() + 4 * 1000 + 1,
        u32::MAX,
    ] {
        let error = Process::new(pid).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{pid}: {error}");
        assert!(!pid_exists(pid).unwrap());
    }
    assert!(Process::at(&Root::default(), std::process::id()).is_ok());
}

#[test]
fn the_user_of_a_child_is_that_of_this_process() {
    let child = Interpreter::start();
    let mine = Process::current().unwrap().username().unwrap().to_string();
    assert_eq!(child.process().username().unwrap(), mine.as_str());
    let name = std::env::var("USERNAME").unwrap();
    assert!(mine.ends_with(&format!("\\{name}")), "{mine} {name}");
}

#[test]
fn a_process_that_is_killed_leaves_its_exit_code() {
    let mut child = Interpreter::start();
    let process = child.process();
    let error = process.wait(Some(Duration::from_millis(5))).unwrap_err();
    assert!(error.is_timeout(), "{error}");
    process.kill().unwrap();
    let exit = process.wait(Some(PATIENCE)).unwrap();
    assert_eq!(exit, Some(Exit::Code(15)));
    assert_eq!(child.0.wait().unwrap().code(), Some(15));
    assert!(process.kill().unwrap_err().is_no_such_process());
    // Told once, it is remembered.
    assert_eq!(process.wait(None).unwrap(), exit);
}

#[test]
fn many_are_waited_for() {
    // More than one call of Windows can.
    const MANY: usize = 66;
    let started: Vec<Interpreter> = (0..MANY).map(|_| Interpreter::begin()).collect();
    let children: Vec<Interpreter> = started.into_iter().map(Interpreter::ready).collect();
    let processes: Vec<Process> = children.iter().map(Interpreter::process).collect();
    let waited = wait_procs(&processes, Some(Duration::from_millis(20)), |_, _| {}).unwrap();
    assert_eq!((waited.gone.len(), waited.alive.len()), (0, MANY));
    processes[MANY - 1].kill().unwrap();
    processes[0].terminate().unwrap();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let waited = wait_procs(&processes, Some(Duration::from_millis(20)), |_, _| {}).unwrap();
        if waited.gone.len() == 2 {
            assert!(waited.gone.iter().all(|(_, exit)| *exit == Some(Exit::Code(15))));
            break;
        }
        assert!(Instant::now() < deadline, "{} have ended", waited.gone.len());
    }
}

#[test]
fn a_suspended_process_goes_on_where_it_was() {
    let mut child = Interpreter::start();
    let process = child.process();
    process.suspend().unwrap();
    // It is told to end, and does not before it goes on.
    drop(child.0.stdin.take());
    let error = process.wait(Some(Duration::from_millis(50))).unwrap_err();
    assert!(error.is_timeout(), "{error}");
    process.resume().unwrap();
    assert!(process.wait(Some(PATIENCE)).unwrap().is_some());
}

#[test]
fn priority_is_read_back() {
    let child = Interpreter::start();
    let process = child.process();
    // IDLE_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS.
    for class in [0x40, 0x4000, 0x20] {
        process.set_nice(class).unwrap();
        assert_eq!(process.nice().unwrap(), class);
    }
    for none in [0, 1, -5, i32::MIN] {
        assert_eq!(
            process.set_nice(none).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
    }
    assert_eq!(process.nice().unwrap(), 0x20);
}

#[test]
fn affinity_is_read_back() {
    let child = Interpreter::start();
    let process = child.process();
    let all = process.cpu_affinity().unwrap();
    assert!(all.is_sorted() && !all.is_empty());
    process.set_cpu_affinity(&all[..1]).unwrap();
    assert_eq!(process.cpu_affinity().unwrap(), all[..1]);
    process.set_cpu_affinity(&[]).unwrap();
    assert_eq!(process.cpu_affinity().unwrap(), all);
    for none in [63, 64, u32::MAX] {
        if !all.contains(&none) {
            let error = process.set_cpu_affinity(&[all[0], none]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
    }
}

#[test]
fn a_number_that_is_another_processs_by_now_is_never_hit() {
    let child = Interpreter::start();
    let identity = child.process().identity();
    let other = Identity {
        start: identity.start.map(|start| start + 1),
        ..identity
    };
    let stale = Process::with(&Root::default(), other);
    for answer in [
        stale.kill(),
        stale.suspend(),
        stale.set_nice(0x40),
        stale.set_ionice(IoClass::Low, None),
        stale.send_signal(Signal::TERM),
        stale.set_cpu_affinity(&[0]),
    ] {
        assert!(answer.unwrap_err().is_no_such_process());
    }
    // Each is asked of a handle of its own: one that has been told so once asks no more.
    type Asked = fn(&Process) -> Result<(), Error>;
    let asked: [Asked; 7] = [
        |stale| stale.name().map(drop),
        |stale| stale.ppid().map(drop),
        |stale| stale.num_handles().map(drop),
        |stale| stale.threads().map(drop),
        |stale| stale.nice().map(drop),
        |stale| stale.username().map(drop),
        |stale| stale.cmdline().map(drop),
    ];
    for ask in asked {
        let error = ask(&Process::with(&Root::default(), other)).unwrap_err();
        assert!(error.is_no_such_process(), "{error}");
    }
    assert!(child.process().is_running().unwrap());
    assert!(!stale.is_running().unwrap());
}

#[test]
fn no_handle_is_kept() {
    const CALLS: usize = 10_000;
    let child = Interpreter::start();
    let process = child.process();
    let visits = || {
        let visit = process.oneshot().unwrap();
        let answered = [
            visit.nice().is_ok(),
            visit.username().is_ok(),
            visit.exe().is_ok(),
            visit.cmdline().is_ok(),
            visit.environ().is_ok(),
            visit.cwd().is_ok(),
            visit.cpu_affinity().is_ok(),
        ];
        assert_eq!(answered, [true; 7]);
        // Windows has more than wine here; that they are asked is what counts.
        drop((visit.ionice(), visit.memory_footprint()));
        answered.len() + 2
    };
    // A handle that is kept is one more each time. The number of a new one is that of the first that is free.
    let number = || {
        use std::os::windows::io::AsRawHandle;
        std::fs::File::open("NUL").unwrap().as_raw_handle().addr()
    };
    let before = number();
    let mut calls = 0;
    while calls < CALLS {
        calls += visits();
    }
    for _ in 0..20 {
        assert!(process.open_files().is_ok() && process.memory_maps().is_ok());
    }
    assert!(number() < before + 4 * 500, "{before} {}", number());
}

#[test]
fn a_process_that_ended_with_the_code_of_those_that_run_has_ended() {
    // STILL_ACTIVE.
    let mut child = Command::new("cmd.exe").args(["/c", "exit 259"]).spawn().unwrap();
    let process = Process::new(child.id());
    assert_eq!(child.wait().unwrap().code(), Some(259));
    // Its handle is open as long as `child` is.
    let Ok(process) = process else {
        println!("it had ended before it could be looked at");
        return;
    };
    for error in [
        process.nice().map(drop).unwrap_err(),
        process.set_nice(0x20).unwrap_err(),
        process.cmdline().map(drop).unwrap_err(),
    ] {
        assert!(error.is_no_such_process(), "{error}");
    }
    assert!(!process.is_running().unwrap());
}

#[test]
fn signals_are_those_that_there_are() {
    let child = Interpreter::start();
    let process = child.process();
    for none in [2, 9, -1, i32::MAX] {
        let error = process.send_signal(Signal::from_number(none)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    assert!(process.send_signal(Signal::KILL).unwrap_err().is_unsupported());
    assert!(process.is_running().unwrap());
    process.send_signal(Signal::TERM).unwrap();
    assert_eq!(process.wait(Some(PATIENCE)).unwrap(), Some(Exit::Code(15)));
    for event in ["CTRL_C_EVENT", "CTRL_BREAK_EVENT"] {
        let event: Signal = event.parse().unwrap();
        assert!(process.send_signal(event).unwrap_err().is_no_such_process());
    }
}

#[test]
fn the_priority_of_input_and_output_is_read_back() {
    let child = Interpreter::start();
    let process = child.process();
    for none in [IoClass::Idle, IoClass::Other(9)] {
        let error = process.set_ionice(none, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    let error = process.set_ionice(IoClass::Low, Some(3)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    match process.ionice() {
        Err(error) if error.is_unsupported() => println!("not told here: {error}"),
        before => {
            let before = before.unwrap().ioclass;
            for class in [IoClass::VeryLow, IoClass::Low, IoClass::Normal, before] {
                process.set_ionice(class, None).unwrap();
                assert_eq!(process.ionice().unwrap().ioclass, class);
            }
        }
    }
}

#[test]
fn a_table_has_a_row_for_each_process() {
    let child = Interpreter::start();
    let table = ProcessTable::read(["name", "ppid", "nice", "num_handles", "cpu_affinity"]).unwrap();
    assert_eq!(table.source(), psoxide::process::Source::Bulk);
    let row = table.row(child.0.id()).unwrap();
    assert_eq!(row.name().unwrap(), "cmd.exe");
    assert_eq!(row.ppid().unwrap(), std::process::id());
    assert_eq!(row.nice().unwrap(), child.process().nice().unwrap());
    for attr in table.attrs() {
        assert!(row.value(attr).is_ok(), "{}", attr.name);
    }
    // What was not asked for is not asked later.
    assert_eq!(row.username().unwrap_err().kind(), ErrorKind::InvalidInput);
    let mine = Process::current().unwrap().username().unwrap();
    let mut table = ProcessTable::builder()
        .attrs(["username"])
        .user(mine.clone())
        .build()
        .unwrap();
    table.refresh().unwrap();
    assert_eq!(table.row(child.0.id()).unwrap().username().unwrap(), mine);
}
