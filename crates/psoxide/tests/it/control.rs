//! What changes, ends or waits for a process.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use psoxide::model::process::{Exit, IoClass, Limits, Resource, Status};
use psoxide::{ErrorKind, Process, Root, Signal, wait_procs};

use crate::child::{Child, LONG, alone, only, run_alone, succeed, until};

fn is_root() -> bool {
    // Whose files a process's directory belongs to is in whose name it acts.
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A line of a file of `/proc/<pid>`, after the key and blanks.
fn told(process: &Process, file: &str, key: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{}/{file}", process.pid())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.trim_start_matches(':').trim().to_owned()
}

#[test]
fn a_signal_reaches_its_process() {
    let child = Child::running("trap 'exit 7' USR1; echo ready; while :; do sleep 0.01; done");
    let mut child = child;
    let mut line = String::new();
    BufReader::new(child.started.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.process.send_signal(Signal::from_number(0)).unwrap();
    child.process.send_signal(Signal::USR1).unwrap();
    assert_eq!(child.process.wait(Some(LONG)).unwrap(), Some(Exit::Code(7)));
}

#[test]
fn suspend_and_resume() {
    let child = Child::sleeping();
    child.process.suspend().unwrap();
    until(|| child.process.status().unwrap() == Status::Stopped);
    child.process.resume().unwrap();
    until(|| child.process.status().unwrap() == Status::Sleeping);
}

#[test]
fn exits_and_signals_are_told() {
    for (script, exit) in [
        ("exit 0", Exit::Code(0)),
        ("exit 255", Exit::Code(255)),
        ("kill -ABRT $$", Exit::Signal(6)),
        ("kill -KILL $$", Exit::Signal(9)),
        ("kill -40 $$", Exit::Signal(40)),
    ] {
        assert_eq!(
            Child::running(script).process.wait(None).unwrap(),
            Some(exit),
            "{script}"
        );
    }
    let child = Child::sleeping();
    child.process.terminate().unwrap();
    assert_eq!(child.process.wait(Some(LONG)).unwrap(), Some(Exit::Signal(15)));
}

#[test]
fn what_waiting_told_is_remembered_by_all_clones() {
    let child = Child::running("exit 5");
    let clone = child.process.clone();
    assert_eq!(child.process.wait(None).unwrap(), Some(Exit::Code(5)));
    assert_eq!(clone.wait(Some(Duration::ZERO)).unwrap(), Some(Exit::Code(5)));
    assert!(!clone.is_running().unwrap());
    assert!(clone.to_string().contains("exit status 5"), "{clone}");
    assert!(clone.kill().unwrap_err().is_no_such_process());
}

#[test]
fn many_threads_that_wait_agree() {
    for _ in 0..20 {
        let child = Child::running("exit 9");
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| child.process.wait(Some(LONG))))
                .collect();
            for thread in threads {
                assert_eq!(thread.join().unwrap().unwrap(), Some(Exit::Code(9)));
            }
        });
    }
}

#[test]
fn the_time_limit_is_kept() {
    let child = Child::sleeping();
    for limit in [
        Duration::ZERO,
        Duration::from_millis(1),
        Duration::from_millis(120),
    ] {
        let start = Instant::now();
        let error = child.process.wait(Some(limit)).unwrap_err();
        assert!(
            error.is_timeout() && error.pid() == Some(child.process.pid()),
            "{error}"
        );
        assert!(start.elapsed() >= limit);
    }
    // More time than a clock can hold is no limit.
    child.process.kill().unwrap();
    assert_eq!(
        child.process.wait(Some(Duration::MAX)).unwrap(),
        Some(Exit::Signal(9))
    );
}

#[test]
fn only_the_process_asked_for_is_reaped() {
    let (other, asked) = (Child::zombie(), Child::zombie());
    assert_eq!(asked.process.wait(None).unwrap(), Some(Exit::Code(3)));
    assert_eq!(other.process.status().unwrap(), Status::Zombie);
}

#[test]
fn a_child_reaped_by_others_has_no_exit_to_tell() {
    let mut child = Child::running("exit 4");
    assert_eq!(child.started.wait().unwrap().code(), Some(4));
    assert_eq!(child.process.wait(None).unwrap(), None);
    assert_eq!(child.process.wait(None).unwrap(), None);
}

#[test]
fn a_zombie_of_another_parent_is_waited_for_until_it_is_reaped() {
    // The shell starts a child and becomes a program that never waits for it; the child ends only after that, for the
    // shell itself might reap it.
    let mut child = Child::running(
        "sh -c 'while [ \"$(cat /proc/$PPID/comm)\" != sleep ]; do :; done; exit 3' & echo $!; exec sleep 600",
    );
    let mut line = String::new();
    BufReader::new(child.started.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let grandchild = Process::new(line.trim().parse().unwrap()).unwrap();
    until(|| grandchild.status().unwrap() == Status::Zombie);
    assert!(grandchild.wait(Some(Duration::ZERO)).unwrap_err().is_timeout());
    assert!(
        grandchild
            .wait(Some(Duration::from_millis(150)))
            .unwrap_err()
            .is_timeout()
    );
    child.process.kill().unwrap();
    child.process.wait(None).unwrap();
    match grandchild.wait(Some(LONG)) {
        Ok(exit) => assert_eq!(exit, None),
        Err(error) => {
            let ppid = grandchild.ppid().unwrap();
            assert!(error.is_timeout() && ppid != child.process.pid(), "{error}");
            println!("process {ppid} inherits zombies and does not reap them: not seen gone");
        }
    }
}

#[test]
fn processes_of_other_parents_are_waited_for() {
    let mut child = Child::running("sleep 0.2 & echo $!; wait; exec sleep 600");
    let mut line = String::new();
    BufReader::new(child.started.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let grandchild = Process::new(line.trim().parse().unwrap()).unwrap();
    assert_eq!(grandchild.wait(Some(LONG)).unwrap(), None);
    assert!(!grandchild.is_running().unwrap());
}

#[test]
fn wait_procs_tells_each_end_once() {
    let children: Vec<Child> = (0..10)
        .map(|number| Child::running(&format!("sleep 0.0{number}; exit {number}")))
        .collect();
    let (lasting, mut reaped) = (Child::sleeping(), Child::running("exit 1"));
    reaped.started.wait().unwrap();
    let mut processes: Vec<Process> = children.iter().map(|child| child.process.clone()).collect();
    processes.extend([
        lasting.process.clone(),
        reaped.process.clone(),
        children[0].process.clone(),
    ]);

    let mut called = Vec::new();
    let start = Instant::now();
    let waited = wait_procs(&processes, Some(Duration::from_secs(2)), |process, exit| {
        called.push((process.clone(), exit));
    })
    .unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2));
    assert_eq!(waited.alive, std::slice::from_ref(&lasting.process));
    assert_eq!(waited.gone, called);
    assert_eq!(waited.gone.len(), 11);
    for (number, child) in children.iter().enumerate() {
        let exit = Some(Exit::Code(i32::try_from(number).unwrap()));
        assert!(waited.gone.contains(&(child.process.clone(), exit)));
    }
    assert!(waited.gone.contains(&(reaped.process.clone(), None)));

    // A second time everything is known at once, and no time at all still looks.
    let again = wait_procs(&processes, Some(Duration::ZERO), |_, _| {}).unwrap();
    assert_eq!((again.gone.len(), again.alive.len()), (11, 1));
    lasting.process.kill().unwrap();
    let last = wait_procs(&again.alive, None, |_, _| {}).unwrap();
    assert_eq!(last.gone, [(lasting.process.clone(), Some(Exit::Signal(9)))]);
    assert!(wait_procs(&[], None, |_, _| {}).unwrap().gone.is_empty());
}

#[test]
fn signalling_a_zombie_succeeds_and_it_counts_as_running() {
    let zombie = Child::zombie();
    assert!(zombie.process.is_running().unwrap());
    zombie.process.terminate().unwrap();
    zombie.process.suspend().unwrap();
    zombie.process.set_nice(7).unwrap();
    assert!(
        zombie.process.to_string().contains("status=zombie"),
        "{}",
        zombie.process
    );
    assert_eq!(zombie.process.wait(Some(LONG)).unwrap(), Some(Exit::Code(3)));
    assert!(!zombie.process.is_running().unwrap());
    assert!(
        zombie.process.to_string().contains("status=terminated"),
        "{}",
        zombie.process
    );
}

#[test]
fn an_invalid_signal_is_named() {
    let child = Child::sleeping();
    for number in [-1, 65, 1000] {
        let error = child
            .process
            .send_signal(Signal::from_number(number))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(&number.to_string()), "{error}");
    }
}

#[test]
fn nice() {
    let child = Child::sleeping();
    child.process.set_nice(5).unwrap();
    assert_eq!(child.process.nice().unwrap(), 5);
    let output = Command::new("ps")
        .args(["-o", "ni=", "-p", &child.process.pid().to_string()])
        .output();
    match output {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "5"),
        Err(error) => println!("ps: {error}: compared with the library's own answer only"),
    }
    child.process.set_nice(1000).unwrap();
    assert_eq!(child.process.nice().unwrap(), 19);
    match child.process.set_nice(-1) {
        Ok(()) => assert_eq!(child.process.nice().unwrap(), -1),
        Err(error) => {
            assert!(error.is_access_denied(), "{error}");
            // Nor may root in a user namespace of its own, so a program of the system is asked whether one may here.
            let renice = Command::new("renice")
                .args(["-n", "-1", "-p", &child.process.pid().to_string()])
                .output();
            match renice {
                Ok(output) => assert!(!output.status.success(), "{error}"),
                Err(missing) => assert!(!is_root(), "{error}; renice: {missing}"),
            }
        }
    }
}

#[test]
fn io_priority() {
    let child = Child::sleeping();
    let process = &child.process;
    let shown = || {
        let output = Command::new("ionice")
            .args(["-p", &process.pid().to_string()])
            .output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let compare = |expected: &str| match shown() {
        Ok(shown) => assert_eq!(shown, expected),
        Err(error) => println!("ionice: {error}: not compared"),
    };
    process.set_ionice(IoClass::BestEffort, Some(6)).unwrap();
    compare("best-effort: prio 6");
    process.set_ionice(IoClass::Idle, None).unwrap();
    compare("idle");
    process.set_ionice(IoClass::BestEffort, None).unwrap();
    compare("best-effort: prio 0");
    process.set_ionice(IoClass::None, Some(0)).unwrap();
    for (class, level, part) in [
        (IoClass::BestEffort, Some(8), "8: levels go from 0 to 7"),
        (IoClass::Idle, Some(1), "idle has no levels"),
        (IoClass::None, Some(1), "none has no levels"),
        (IoClass::High, None, "high"),
        (IoClass::Other(7), None, "class 7"),
    ] {
        let error = process.set_ionice(class, level).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(part), "{error}");
    }
    match process.set_ionice(IoClass::RealTime, Some(0)) {
        Ok(()) => compare("realtime: prio 0"),
        Err(error) => assert!(error.is_access_denied(), "{error}"),
    }
}

#[test]
fn limits() {
    let child = Child::sleeping();
    let process = &child.process;
    process
        .set_rlimit(Resource::Nofile, Limits::new(Some(50), Some(60)))
        .unwrap();
    let line = told(process, "limits", "Max open files");
    assert_eq!(line.split_whitespace().take(2).collect::<Vec<_>>(), ["50", "60"]);
    process
        .set_rlimit(Resource::Core, Limits::new(Some(0), Some(0)))
        .unwrap();
    let error = process
        .set_rlimit(Resource::Nofile, Limits::new(Some(60), Some(50)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    let error = process
        .set_rlimit(Resource::Nofile, Limits::new(None, Some(50)))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    let error = process
        .set_rlimit(Resource::Swap, Limits::new(None, None))
        .unwrap_err();
    assert!(
        error.is_unsupported() && error.to_string().contains("RLIMIT_SWAP"),
        "{error}"
    );
    // A hard limit may be raised by the privileged only.
    match process.set_rlimit(Resource::Core, Limits::new(None, None)) {
        Ok(()) => {
            let line = told(process, "limits", "Max core file size");
            assert_eq!(
                line.split_whitespace().take(2).collect::<Vec<_>>(),
                ["unlimited", "unlimited"]
            );
        }
        Err(error) => assert!(error.is_access_denied(), "{error}"),
    }
}

#[test]
fn affinity() {
    let child = Child::sleeping();
    let process = &child.process;
    let allowed = || told(process, "status", "Cpus_allowed_list");
    let before = allowed();
    let first: u32 = before.split(['-', ',']).next().unwrap().parse().unwrap();
    process.set_cpu_affinity(&[first, first]).unwrap();
    assert_eq!(allowed(), first.to_string());
    for cpus in [&[9999_u32][..], &[u32::MAX], &[4095, 8191]] {
        let error = process.set_cpu_affinity(cpus).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
        assert!(error.to_string().contains(&cpus[0].to_string()), "{error}");
        assert!(error.to_string().contains(online.trim()), "{error}");
    }
    assert_eq!(allowed(), first.to_string());
    // All there are: at least those from before, for the test itself may have been pinned.
    process.set_cpu_affinity(&[]).unwrap();
    assert!(allowed().len() >= before.len(), "{} after {before}", allowed());
}

#[test]
fn a_process_on_another_root_is_only_looked_at() {
    let root = Root::default().with_sys("/nowhere");
    let child = Child::sleeping();
    let process = Process::at(&root, child.process.pid()).unwrap();
    assert!(process.is_running().unwrap());
    let errors = [
        process.kill(),
        process.set_nice(3),
        process.set_ionice(IoClass::Idle, None),
        process.set_cpu_affinity(&[0]),
        process.set_rlimit(Resource::Core, Limits::new(None, None)),
        process.wait(Some(Duration::ZERO)).map(|_| ()),
        wait_procs(std::slice::from_ref(&process), Some(Duration::ZERO), |_, _| {}).map(|_| ()),
    ];
    for error in errors.map(Result::unwrap_err) {
        assert_eq!(error.kind(), ErrorKind::ForeignRoot, "{error}");
    }
}

#[test]
fn another_users_process_may_not_be_changed() {
    if let Some(pid) = alone() {
        let victim = Process::new(pid.parse().unwrap()).unwrap();
        assert!(victim.is_running().unwrap());
        for answer in [
            victim.send_signal(Signal::from_number(0)),
            victim.kill(),
            victim.suspend(),
            victim.set_nice(3),
            victim.set_ionice(IoClass::Idle, None),
            victim.set_cpu_affinity(&[0]),
            victim.set_rlimit(Resource::Core, Limits::new(Some(0), Some(0))),
        ] {
            let error = answer.unwrap_err();
            assert!(
                error.is_access_denied() && error.pid() == Some(victim.pid()),
                "{error}"
            );
        }
        assert!(
            victim
                .wait(Some(Duration::from_millis(5)))
                .unwrap_err()
                .is_timeout()
        );
        return;
    }
    if !is_root() {
        // Process 1 is the machine's in nearly all cases; 0 as a signal only asks.
        let first = Process::new(1).unwrap();
        match first.send_signal(Signal::from_number(0)) {
            Ok(()) => println!("process 1 is this user's: nothing to compare"),
            Err(error) => assert!(error.is_access_denied(), "{error}"),
        }
        return;
    }
    let victim = Child::sleeping();
    let mut command = Command::new(std::env::current_exe().unwrap());
    only(
        &mut command,
        "control::another_users_process_may_not_be_changed",
        &victim.process.pid().to_string(),
    );
    command.uid(65534).gid(65534).current_dir("/");
    match command.spawn() {
        Err(error) => println!("the test program cannot be run as another user ({error}): not tested"),
        Ok(mut started) => {
            assert!(started.wait().unwrap().success());
            assert!(victim.process.is_running().unwrap());
        }
    }
}

#[test]
fn waiting_needs_no_descriptor() {
    if alone().is_none() {
        return run_alone("control::waiting_needs_no_descriptor", "yes");
    }
    let (short, long) = (Child::running("sleep 0.3; exit 6"), Child::sleeping());
    let itself = Process::current().unwrap();
    itself
        .set_rlimit(Resource::Nofile, Limits::new(Some(64), Some(64)))
        .unwrap();
    let mut files = Vec::new();
    let error = loop {
        match std::fs::File::open("/proc/self/stat") {
            Ok(file) => files.push(file),
            Err(error) => break error,
        }
    };
    assert_eq!(error.raw_os_error(), Some(24));

    assert!(
        long.process
            .wait(Some(Duration::from_millis(60)))
            .unwrap_err()
            .is_timeout()
    );
    assert_eq!(short.process.wait(Some(LONG)).unwrap(), Some(Exit::Code(6)));
    // Whose number it is cannot be looked at now: better no signal than one to another process.
    let error = long.process.kill().unwrap_err();
    assert_eq!(
        (error.kind(), error.raw_os_error()),
        (ErrorKind::Os, Some(24)),
        "{error}"
    );
    assert_eq!(long.process.is_running().unwrap_err().raw_os_error(), Some(24));
    drop(files);
    assert!(long.process.is_running().unwrap());
}

#[test]
fn wait_procs_makes_do_with_few_descriptors() {
    if alone().is_none() {
        return run_alone("control::wait_procs_makes_do_with_few_descriptors", "yes");
    }
    let children: Vec<Child> = (0..60)
        .map(|number| {
            let mut command = Command::new("sh");
            Child::of(command.args(["-c", &format!("sleep 0.{}; exit {number}", number % 4)]))
        })
        .collect();
    let itself = Process::current().unwrap();
    itself
        .set_rlimit(Resource::Nofile, Limits::new(Some(40), Some(40)))
        .unwrap();
    let processes: Vec<Process> = children.iter().map(|child| child.process.clone()).collect();
    let waited = wait_procs(&processes, Some(LONG), |_, _| {
        // Some are left for the program's own use.
        std::fs::File::open("/proc/self/stat").unwrap();
    })
    .unwrap();
    assert!(waited.alive.is_empty());
    for (number, child) in children.iter().enumerate() {
        let exit = Some(Exit::Code(i32::try_from(number).unwrap()));
        assert!(waited.gone.contains(&(child.process.clone(), exit)), "{number}");
    }
}

/// In a process namespace of its own nobody else takes numbers, so one can be given out again on purpose.
#[test]
fn a_number_that_was_given_out_again_is_never_hit() {
    const TEST: &str = "control::a_number_that_was_given_out_again_is_never_hit";
    if alone().is_none() {
        let mut command = Command::new("unshare");
        command
            .args(["--pid", "--fork", "--mount-proc"])
            .arg(std::env::current_exe().unwrap());
        only(&mut command, TEST, "yes");
        let permitted = Command::new("unshare")
            .args(["--pid", "--fork", "--mount-proc", "true"])
            .output();
        return match permitted {
            Ok(output) if output.status.success() => succeed(&mut command),
            Ok(output) => println!("not run: {}", String::from_utf8_lossy(&output.stderr).trim()),
            Err(error) => println!("unshare: {error}: not run"),
        };
    }
    let old = Child::sleeping().process.clone(); // ended and reaped here
    let held = Process::new(std::process::id()).unwrap();
    let not_waited_for = {
        let first = Child::sleeping();
        // A handle of its own does not know what waiting by the other has told.
        Process::new(first.process.pid()).unwrap()
    };
    for process in [old, not_waited_for.clone()] {
        let new = given_again(process.pid());
        assert_eq!(new.process.pid(), process.pid());
        assert_ne!(new.process, process);
        assert!(!process.is_running().unwrap());
        let another = |error: psoxide::Error| {
            assert!(error.is_no_such_process(), "{error}");
        };
        another(process.name().unwrap_err());
        another(process.parent().unwrap_err());
        another(process.children(true).unwrap_err());
        another(process.kill().unwrap_err());
        another(process.suspend().unwrap_err());
        another(process.set_nice(9).unwrap_err());
        another(process.set_ionice(IoClass::Idle, None).unwrap_err());
        another(process.set_cpu_affinity(&[0]).unwrap_err());
        another(
            process
                .set_rlimit(Resource::Core, Limits::new(Some(0), Some(0)))
                .unwrap_err(),
        );
        assert!(new.process.is_running().unwrap());
        assert_eq!(new.process.nice().unwrap(), held.nice().unwrap());
        assert_ne!(new.process.status().unwrap(), Status::Stopped);
    }
    let new = given_again(not_waited_for.pid());
    assert_eq!(not_waited_for.wait(None).unwrap(), None);
    assert!(new.process.is_running().unwrap());
}

/// A child with this number, which is free. Its start differs from that of the one before by a tick at least.
fn given_again(pid: u32) -> Child {
    std::thread::sleep(Duration::from_millis(30));
    for _ in 0..100 {
        std::fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string()).unwrap();
        let child = Child::sleeping();
        if child.process.pid() == pid {
            return child;
        }
    }
    panic!("number {pid} was not given out again");
}
