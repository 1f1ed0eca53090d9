//! What a process is asked, against `/proc` read again and `ps` in the same moment.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use psoxide::model::process::{IoClass, Resource, Status};
use psoxide::schema::Platforms;
use psoxide::{Error, ErrorKind, Oneshot, Process, Root, Text, processes};

/// A child that is ended with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Running {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Running(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    fn sleep() -> Running {
        let child = Running::start(Command::new("sleep").arg("1000"));
        // Until the new program runs, it is the caller's copy.
        wait_until("sleep runs", || {
            fs::read_to_string(child.file("comm")).unwrap() == "sleep\n"
        });
        child
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.pid().to_string()).join(name)
    }

    fn visit(&self) -> Oneshot {
        visit(self.pid())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn visit(pid: u32) -> Oneshot {
    Process::new(pid).unwrap().oneshot().unwrap()
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 20 seconds: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The fields of `stat` after the name; the first is the state.
fn stat_fields(pid: u32) -> Vec<String> {
    // Through a handle: an emulator answers for the path of the own process itself.
    let directory = fs::File::open(format!("/proc/{pid}")).unwrap();
    let bytes = fs::read(format!("/proc/self/fd/{}/stat", directory.as_raw_fd())).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (_, fields) = text.rsplit_once(") ").unwrap();
    fields.split_whitespace().map(str::to_owned).collect()
}

/// The lines `Key: value` of a file of a process.
fn keyed_lines(pid: u32, file: &str) -> BTreeMap<String, String> {
    let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap();
    String::from_utf8_lossy(&bytes)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
        .collect()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// What `ps` prints of a process, or nothing if there is no `ps`.
fn ps(pid: u32, columns: &str) -> Option<Vec<String>> {
    let output = match Command::new("ps")
        .args(["-o", columns, "-p", &pid.to_string()])
        .output()
    {
        Ok(output) => output,
        Err(error) => {
            println!("ps: {error}: {columns} not compared with it");
            return None;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.split_whitespace().map(str::to_owned).collect())
}

fn kind<T: std::fmt::Debug>(answer: Result<T, Error>) -> ErrorKind {
    answer.unwrap_err().kind()
}

#[test]
fn a_listing_holds_the_calling_process_and_agrees_with_a_visit_of_its_own() {
    let own = Process::current().unwrap();
    let visits = processes().unwrap();
    assert!(visits.is_sorted_by_key(|visit| visit.pid()));
    let listed = visits.iter().find(|visit| visit.pid() == own.pid()).unwrap();
    assert_eq!(listed.identity().unwrap(), own.identity());
    let visit = own.oneshot().unwrap();
    assert_eq!(listed.name().unwrap(), visit.name().unwrap());
    assert_eq!(listed.ppid().unwrap(), visit.ppid().unwrap());
    assert_eq!(listed.ppid().unwrap(), std::os::unix::process::parent_id());
    assert_eq!(listed.uids().unwrap(), visit.uids().unwrap());
}

#[test]
fn what_stands_in_stat_and_status_is_told() {
    let child = Running::sleep();
    let pid = child.pid();
    wait_until("the child sleeps", || stat_fields(pid)[0] == "S");
    let visit = child.visit();
    let stat = stat_fields(pid);
    let status = keyed_lines(pid, "status");
    assert_eq!(visit.name().unwrap(), "sleep");
    assert_eq!(visit.status().unwrap(), Status::Sleeping);
    assert_eq!(visit.ppid().unwrap(), std::process::id());
    assert_eq!(visit.identity().unwrap().start, stat[19].parse().ok());
    assert_eq!(visit.num_threads().unwrap(), 1);
    assert_eq!(visit.nice().unwrap().to_string(), stat[16]);
    assert!(visit.cpu_num().unwrap() < 1 << 16);
    let faults = visit.page_faults().unwrap();
    assert_eq!(
        (faults.minor.to_string(), faults.major.to_string()),
        (stat[7].clone(), stat[9].clone())
    );
    let switches = visit.num_ctx_switches().unwrap();
    assert_eq!(switches.voluntary.to_string(), status["voluntary_ctxt_switches"]);
    assert_eq!(
        switches.involuntary.unwrap().to_string(),
        status["nonvoluntary_ctxt_switches"]
    );
    let three = |key: &str| -> Vec<u32> {
        status[key]
            .split_whitespace()
            .take(3)
            .map(|id| id.parse().unwrap())
            .collect()
    };
    let uids = visit.uids().unwrap();
    assert_eq!(vec![uids.real, uids.effective, uids.saved.unwrap()], three("Uid"));
    let gids = visit.gids().unwrap();
    assert_eq!(vec![gids.real, gids.effective, gids.saved.unwrap()], three("Gid"));
    if let Some(columns) = ps(pid, "ppid=,ni=,nlwp=,comm=,stat=") {
        assert_eq!(columns[0], visit.ppid().unwrap().to_string());
        assert_eq!(columns[1], visit.nice().unwrap().to_string());
        assert_eq!((columns[2].as_str(), columns[3].as_str()), ("1", "sleep"));
        assert!(columns[4].starts_with('S'));
    }
    if let Some(columns) = ps(pid, "user:64=") {
        assert_eq!(visit.username().unwrap().to_string(), columns[0]);
    }
}

#[test]
fn a_process_started_after_the_machine_and_before_now() {
    let before = seconds_since_epoch();
    let child = Running::sleep();
    let created = child.visit().create_time().unwrap();
    // The boot time is told in whole seconds.
    assert!(
        created > before - 2.0 && created < seconds_since_epoch() + 2.0,
        "{created} {before}"
    );
    let boot = psoxide::boot_time().unwrap();
    for visit in processes().unwrap() {
        match visit.create_time() {
            Ok(created) => assert!(created >= boot, "{}", visit.pid()),
            Err(error) => assert!(error.is_no_such_process() || error.is_access_denied(), "{error}"),
        }
    }
}

fn seconds_since_epoch() -> f64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}

#[test]
fn time_on_the_cpu_grows_with_work() {
    let own = Process::current().unwrap();
    let before = own.oneshot().unwrap().cpu_times().unwrap();
    let mut sum = 0_u64;
    wait_until("a tenth of a second of work is seen", || {
        for number in 0..2_000_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(number));
        }
        let now = own.oneshot().unwrap().cpu_times().unwrap();
        assert!(now.user >= before.user && now.system >= before.system);
        now.user + now.system > before.user + before.system + 0.1
    });
    let fields = stat_fields(own.pid());
    let now = own.oneshot().unwrap().cpu_times().unwrap();
    let ticks: f64 = fields[11].parse().unwrap();
    let command = Command::new("getconf").arg("CLK_TCK").output();
    match command {
        Ok(output) => {
            let per_second: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
            assert!(now.user >= ticks / per_second && now.user < ticks / per_second + 5.0);
        }
        Err(error) => println!("getconf: {error}: times not compared with ticks"),
    }
}

#[test]
fn program_arguments_environment_and_directory() {
    let folder = TempFolder::new();
    let child = Running::start(
        Command::new("sleep")
            .args(["1000", "0"])
            .env_clear()
            .env("FIRST", "1=2")
            .env("EMPTY", "")
            .env(OsStr::from_bytes(b"B\xff"), OsStr::from_bytes(b"\xfe\n"))
            .current_dir(&folder.0),
    );
    wait_until("sleep runs", || {
        fs::read(child.file("cmdline")).unwrap().starts_with(b"sleep\0")
    });
    let visit = child.visit();
    assert_eq!(visit.cmdline().unwrap(), ["sleep", "1000", "0"]);
    assert_eq!(visit.exe().unwrap(), fs::read_link(child.file("exe")).unwrap());
    assert_eq!(visit.cwd().unwrap(), folder.0.canonicalize().unwrap());
    let environ: BTreeMap<_, _> = visit.environ().unwrap().into_iter().collect();
    assert_eq!(environ[&b"FIRST"[..]], "1=2");
    assert_eq!(environ[&b"EMPTY"[..]], "");
    assert_eq!(environ[&b"B\xff"[..]].as_bytes(), b"\xfe\n");
}

#[test]
fn arguments_are_bytes() {
    let odd = OsStr::from_bytes(b"\xff\xfe (x) \n");
    let mut child = Command::new("cat");
    child.arg0(odd).arg("-").arg("").arg(odd).stdin(Stdio::piped());
    let child = Running::start(&mut child);
    wait_until("cat runs", || {
        fs::read(child.file("cmdline")).unwrap().starts_with(b"\xff")
    });
    let arguments = child.visit().cmdline().unwrap();
    assert_eq!(
        arguments,
        [odd.as_bytes(), b"-", b"", odd.as_bytes()].map(Text::from)
    );
}

/// Starts a program that has just been written. A thread that forks meanwhile holds it open for writing until its child
/// runs another program, and for so long the kernel refuses to run this one (`ETXTBSY`).
fn start_written(path: &Path) -> Running {
    let mut started = None;
    wait_until("the program runs", || {
        let Ok(child) = Command::new(path).arg("1000").spawn() else {
            return false;
        };
        let mut child = Running(child);
        let name = path.file_name().unwrap().as_bytes();
        // Emulators tell of the refusal by an exit alone.
        while child.0.try_wait().unwrap().is_none() {
            let shown = fs::read(child.file("comm")).unwrap();
            let arguments = fs::read(child.file("cmdline")).unwrap();
            if name.starts_with(shown.trim_ascii_end()) && !arguments.is_empty() {
                started = Some(child);
                return true;
            }
        }
        false
    });
    started.unwrap()
}

#[test]
fn a_long_name_comes_from_the_arguments() {
    let folder = TempFolder::new();
    let path = folder.0.join("a-name-longer-than-the-kernel-keeps");
    fs::copy(program("sleep"), &path).unwrap();
    let child = start_written(&path);
    let visit = child.visit();
    assert_eq!(visit.name().unwrap(), "a-name-longer-than-the-kernel-keeps");
    let listed = processes().unwrap();
    let listed = listed.iter().find(|visit| visit.pid() == child.pid()).unwrap();
    assert_eq!(listed.name().unwrap(), visit.name().unwrap());
    assert_eq!(visit.exe().unwrap(), path.canonicalize().unwrap());
    // A removed program keeps its path, and one that is really called so keeps its name.
    fs::remove_file(&path).unwrap();
    assert_eq!(child.visit().exe().unwrap(), path);
    let mut odd = path.clone().into_os_string();
    odd.push(" (deleted)");
    fs::write(&odd, "").unwrap();
    assert_eq!(child.visit().exe().unwrap().as_os_str(), odd);
}

#[test]
fn a_name_may_hold_anything() {
    let mut command = Command::new("sh");
    command
        .args(["-c", "printf 'a) R 1\\n(\\377' > /proc/$$/comm; read line"])
        .stdin(Stdio::piped());
    let mut child = Running::start(&mut command);
    wait_until("the child has renamed itself", || {
        fs::read(child.file("comm")).unwrap().starts_with(b"a) R")
    });
    let visit = child.visit();
    assert_eq!(visit.name().unwrap().as_bytes(), b"a) R 1\n(\xff");
    assert_eq!(visit.ppid().unwrap(), std::process::id());
    let listed = processes().unwrap();
    let listed = listed.iter().find(|visit| visit.pid() == child.pid()).unwrap();
    assert_eq!(listed.name().unwrap(), visit.name().unwrap());
    assert_eq!(visit.threads().unwrap()[0].id, child.pid());
    child.0.stdin.take().unwrap().write_all(b"\n").unwrap();
}

#[test]
fn a_zombie_tells_what_it_still_has() {
    let mut child = Running::sleep();
    let before = Process::new(child.pid()).unwrap();
    child.0.kill().unwrap();
    wait_until("the child is a zombie", || stat_fields(child.pid())[0] == "Z");
    let visit = before.oneshot().unwrap();
    assert_eq!(visit.status().unwrap(), Status::Zombie);
    assert_eq!(visit.identity().unwrap(), before.identity());
    for (call, answer) in [
        ("cmdline", kind(visit.cmdline())),
        ("exe", kind(visit.exe())),
        ("cwd", kind(visit.cwd())),
        ("memory_maps", kind(visit.memory_maps())),
    ] {
        let denied = answer == ErrorKind::AccessDenied && !is_root();
        assert!(denied || answer == ErrorKind::ZombieProcess, "{call}: {answer:?}");
    }
    let environ = kind(visit.environ());
    assert!(environ == ErrorKind::ZombieProcess || !is_root() && environ == ErrorKind::AccessDenied);
    assert_eq!(visit.memory_info().unwrap().rss, 0);
    assert_eq!(visit.num_threads().unwrap(), 1);
    assert_eq!(visit.threads().unwrap().len(), 1);
    assert_eq!(visit.ppid().unwrap(), std::process::id());
    assert!(visit.create_time().unwrap() > 0.0);
    assert!(!visit.cpu_affinity().unwrap().is_empty());
    assert!(visit.ionice().is_ok());
    assert!(visit.uids().is_ok());
    assert!(visit.num_ctx_switches().is_ok());
    if is_root() {
        assert_eq!(visit.num_fds().unwrap(), 0);
        assert_eq!(visit.open_files().unwrap(), []);
        let counted = keyed_lines(child.pid(), "io")["syscr"].clone();
        assert_eq!(visit.io_counters().unwrap().read_count.to_string(), counted);
        assert_eq!(visit.memory_footprint().unwrap().uss, 0);
    }
    assert!(psoxide::pid_exists(child.pid()).unwrap());
}

#[test]
fn a_process_that_has_ended_is_gone_for_every_getter() {
    let mut child = Running::sleep();
    let handle = Process::new(child.pid()).unwrap();
    let asked = handle.oneshot().unwrap();
    let listed = processes().unwrap();
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    assert_eq!(kind(handle.oneshot().map(|_| ())), ErrorKind::NoSuchProcess);
    // What was read in the visit stays; what was not can no longer be.
    assert!(asked.name().is_ok());
    let listed = listed.iter().find(|visit| visit.pid() == child.pid()).unwrap();
    for visit in [&asked, listed] {
        for (call, answer) in [
            ("uids", kind(visit.uids())),
            ("memory_info", kind(visit.memory_info())),
            ("memory_footprint", kind(visit.memory_footprint())),
            ("memory_maps", kind(visit.memory_maps())),
            ("cmdline", kind(visit.cmdline())),
            ("environ", kind(visit.environ())),
            ("exe", kind(visit.exe())),
            ("cwd", kind(visit.cwd())),
            ("io_counters", kind(visit.io_counters())),
            ("num_fds", kind(visit.num_fds())),
            ("open_files", kind(visit.open_files())),
            ("threads", kind(visit.threads())),
            ("cpu_affinity", kind(visit.cpu_affinity())),
            ("ionice", kind(visit.ionice())),
            ("rlimit", kind(visit.rlimit(Resource::Nofile))),
        ] {
            assert_eq!(answer, ErrorKind::NoSuchProcess, "{call}");
        }
    }
}

#[test]
fn numbers_that_are_no_process() {
    for pid in [0, 4_194_305, i32::MAX as u32, i32::MAX as u32 + 1, u32::MAX] {
        let error = Process::new(pid).map(|_| ()).unwrap_err();
        assert!(error.is_no_such_process(), "{pid}: {error}");
        assert_eq!(error.pid(), Some(pid));
        assert!(error.to_string().contains(&pid.to_string()), "{error}");
        assert!(!psoxide::pid_exists(pid).unwrap(), "{pid}");
    }
}

#[test]
fn a_thread_is_no_process_but_may_be_visited() {
    let (started, stop) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let thread = std::thread::spawn(move || {
        let own = fs::read_link("/proc/thread-self").unwrap();
        started
            .0
            .send(own.file_name().unwrap().to_str().unwrap().parse::<u32>().unwrap())
            .unwrap();
        // Ends when the other side is dropped.
        stop.1.recv().unwrap_err();
    });
    let tid = started.1.recv().unwrap();
    assert!(!psoxide::pid_exists(tid).unwrap());
    assert!(psoxide::pid_exists(std::process::id()).unwrap());
    assert!(!psoxide::pids().unwrap().contains(&tid));
    assert_eq!(visit(tid).ppid().unwrap(), std::os::unix::process::parent_id());
    let threads = Process::current().unwrap().oneshot().unwrap().threads().unwrap();
    assert!(threads.is_sorted_by_key(|thread| thread.id));
    assert!(threads.iter().any(|thread| thread.id == tid));
    assert!(threads.iter().any(|thread| thread.id == std::process::id()));
    drop(stop.0);
    thread.join().unwrap();
}

#[test]
fn a_thread_of_the_kernel_has_no_memory_and_no_program() {
    let Ok(kthreadd) = Process::new(2) else {
        println!("process 2 is not visible here: threads of the kernel not tested");
        return;
    };
    let visit = kthreadd.oneshot().unwrap();
    if visit.name().unwrap() != "kthreadd" {
        println!("process 2 is no thread of the kernel here: not tested");
        return;
    }
    assert_eq!(visit.ppid().unwrap(), 0);
    assert!(visit.cmdline().unwrap().is_empty());
    let info = visit.memory_info().unwrap();
    assert_eq!((info.rss, info.vms), (0, 0));
    assert_eq!(visit.memory_info_ex().unwrap().peak_rss, None);
    assert_eq!(visit.terminal().unwrap(), None);
    if is_root() {
        assert_eq!(visit.exe().unwrap().as_os_str(), "");
        assert!(visit.environ().unwrap().is_empty());
        assert!(visit.memory_maps().unwrap().is_empty());
        assert_eq!(visit.memory_footprint().unwrap().uss, 0);
        assert_eq!(visit.open_files().unwrap(), []);
    } else {
        assert_eq!(kind(visit.exe()), ErrorKind::AccessDenied);
        assert_eq!(kind(visit.environ()), ErrorKind::AccessDenied);
    }
}

#[test]
fn a_process_of_another_user() {
    let child;
    let pid = if is_root() {
        child = Running::start(Command::new("sleep").arg("1000").uid(65_534).gid(65_533));
        wait_until("the child sleeps", || {
            fs::read_to_string(child.file("comm")).unwrap() == "sleep\n"
        });
        child.pid()
    } else {
        1
    };
    let Ok(process) = Process::new(pid) else {
        println!("processes of other users are hidden here: not tested");
        return;
    };
    let visit = process.oneshot().unwrap();
    let uids = visit.uids().unwrap();
    if is_root() {
        assert_eq!(
            (uids.real, uids.effective, uids.saved),
            (65_534, 65_534, Some(65_534))
        );
        assert_eq!(visit.gids().unwrap().real, 65_533);
        let listed = fs::read_to_string("/etc/passwd").unwrap();
        let name = listed
            .lines()
            .find(|line| line.split(':').nth(2) == Some("65534"));
        let name = name.map_or("65534", |line| line.split(':').next().unwrap());
        assert_eq!(visit.username().unwrap(), name);
        assert_eq!(visit.cwd().unwrap(), std::env::current_dir().unwrap());
        return;
    }
    if uids.real == fs::metadata("/proc/self").unwrap().uid() {
        println!("process 1 is the caller's own here: denial not tested");
        return;
    }
    assert!(visit.name().is_ok() && visit.cmdline().is_ok() && visit.memory_info().is_ok());
    for (call, answer) in [
        ("cwd", kind(visit.cwd())),
        ("environ", kind(visit.environ())),
        ("io_counters", kind(visit.io_counters())),
        ("memory_footprint", kind(visit.memory_footprint())),
        ("memory_maps", kind(visit.memory_maps())),
        ("num_fds", kind(visit.num_fds())),
        ("open_files", kind(visit.open_files())),
        ("rlimit", kind(visit.rlimit(Resource::Nofile))),
    ] {
        assert_eq!(answer, ErrorKind::AccessDenied, "{call}");
    }
}

#[test]
fn memory_is_what_the_kernel_says() {
    let child = Running::sleep();
    let pid = child.pid();
    wait_until("the child sleeps", || stat_fields(pid)[0] == "S");
    let visit = child.visit();
    let info = visit.memory_info().unwrap();
    let full = visit.memory_info_ex().unwrap();
    let status = keyed_lines(pid, "status");
    let kibibytes = |key: &str| status[key].trim_end_matches(" kB").parse::<u64>().unwrap() << 10;
    assert_eq!(info.vms, kibibytes("VmSize"));
    assert_eq!(full.peak_vms, Some(kibibytes("VmPeak")));
    assert!(full.peak_rss.unwrap() >= info.rss);
    assert!(info.rss <= info.vms && info.shared.unwrap() <= info.rss);
    assert_eq!(
        (full.rss, full.vms, full.shared),
        (info.rss, info.vms, info.shared)
    );
    let footprint = visit.memory_footprint().unwrap();
    assert!(footprint.uss <= footprint.pss.unwrap());
    // `statm` counts in batches, the walk over the pages counts exactly.
    assert!(footprint.pss.unwrap() <= info.rss + (1 << 20));
    let maps = visit.memory_maps().unwrap();
    let lines = fs::read_to_string(child.file("maps")).unwrap();
    let expected: Vec<&str> = lines
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    let ranges: Vec<String> = maps.iter().map(|map| map.addr.unwrap().to_string()).collect();
    assert_eq!(ranges, expected);
    let private =
        |map: &psoxide::model::process::MemoryMap| map.private_clean.unwrap() + map.private_dirty.unwrap();
    assert_eq!(maps.iter().map(private).sum::<u64>(), footprint.uss);
    let exe = visit.exe().unwrap();
    assert!(
        maps.iter()
            .any(|map| map.path.as_bytes() == exe.as_os_str().as_bytes())
    );
    assert!(maps.iter().any(|map| map.path == "[stack]"));
}

#[test]
fn open_files_have_position_flags_and_mode() {
    let folder = TempFolder::new();
    let path = folder.0.canonicalize().unwrap().join("a file");
    fs::write(&path, "0123456789").unwrap();
    let gone = folder.0.join("gone");
    fs::write(&gone, "x").unwrap();
    let script = "exec 3<\"$0/a file\" 4>>\"$0/a file\" 5<>\"$0/a file\" 6<\"$0/gone\"; rm \"$0/gone\"; head -c 4 <&3; echo ready; read line";
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(&folder.0).stdin(Stdio::piped());
    let child = Running::start(&mut command);
    wait_until("the child has opened its files", || {
        // A shell may do head's redirection itself, and undo it when head has ended.
        let redirected = fs::read_link(child.file("fd/0")).is_ok_and(|link| link == path);
        !gone.exists() && position(&child, 3) >= 4 && !redirected
    });
    let visit = child.visit();
    let files = visit.open_files().unwrap();
    let path = Text::from(path.canonicalize().unwrap().into_os_string().into_vec());
    let ours: Vec<_> = files.iter().filter(|file| file.path == path).collect();
    let modes: Vec<_> = ours
        .iter()
        .map(|file| (file.fd.unwrap(), file.mode.clone().unwrap()))
        .collect();
    assert_eq!(
        modes,
        [(3, Text::from("r")), (4, Text::from("a")), (5, Text::from("r+"))]
    );
    assert_eq!(ours[0].position, Some(position(&child, 3)));
    assert!(
        !files.iter().any(|file| file.path.as_bytes().ends_with(b"gone")),
        "{files:?}"
    );
    assert!(files.iter().all(|file| file.path.starts_with(b"/")));
    let links = fs::read_dir(child.file("fd")).unwrap().count();
    assert_eq!(visit.num_fds().unwrap() as usize, links);
}

fn position(child: &Running, descriptor: u32) -> u64 {
    let Ok(text) = fs::read_to_string(child.file(&format!("fdinfo/{descriptor}"))) else {
        return 0;
    };
    text.lines()
        .next()
        .unwrap()
        .trim_start_matches("pos:")
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn io_is_counted() {
    let mut command = Command::new("cat");
    let mut child = Running::start(command.stdin(Stdio::piped()));
    child.0.stdin.as_mut().unwrap().write_all(&[b'x'; 1000]).unwrap();
    let counters = |name: &str| keyed_lines(child.pid(), "io")[name].parse::<u64>().unwrap();
    wait_until("cat has passed it on", || counters("wchar") >= 1000);
    let visit = child.visit();
    let told = visit.io_counters().unwrap();
    assert_eq!(told.write_chars, Some(counters("wchar")));
    assert_eq!(told.read_chars, Some(counters("rchar")));
    assert_eq!(
        (told.read_count, told.write_count),
        (counters("syscr"), counters("syscw"))
    );
    assert_eq!(told.read_bytes, Some(counters("read_bytes")));
}

#[test]
fn limits_are_the_same_by_call_and_by_file() {
    let child = Running::sleep();
    let visit = child.visit();
    // The same system, but not known to be: no call is made for it.
    let root = Root::default().with_proc("/proc");
    let by_file = Process::at(&root, child.pid()).unwrap().oneshot().unwrap();
    let mut compared = 0;
    for (resource, on) in Resource::EACH {
        if on.contains(Platforms::LINUX) {
            assert_eq!(
                visit.rlimit(resource).unwrap(),
                by_file.rlimit(resource).unwrap(),
                "{resource}"
            );
            compared += 1;
        } else {
            assert_eq!(kind(visit.rlimit(resource)), ErrorKind::Unsupported);
            assert_eq!(kind(by_file.rlimit(resource)), ErrorKind::Unsupported);
        }
    }
    assert_eq!(compared, visit.rlimits().unwrap().len());
    assert_eq!(kind(by_file.cpu_affinity()), ErrorKind::ForeignRoot);
    assert_eq!(kind(by_file.ionice()), ErrorKind::ForeignRoot);
    assert_eq!(by_file.cmdline().unwrap(), visit.cmdline().unwrap());
    assert_eq!(by_file.uids().unwrap(), visit.uids().unwrap());
    // The program may still be loading its libraries.
    wait_until("both tell the same maps", || {
        by_file.memory_maps().unwrap().len() == visit.memory_maps().unwrap().len()
    });
}

#[test]
fn affinity_and_priorities() {
    let child = Running::sleep();
    let visit = child.visit();
    let allowed = keyed_lines(child.pid(), "status")["Cpus_allowed_list"].clone();
    let mut cpus = Vec::new();
    for part in allowed.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        cpus.extend(first.parse::<u32>().unwrap()..=last.parse().unwrap());
    }
    // Those that are switched off are allowed, but not told.
    let told = visit.cpu_affinity().unwrap();
    assert!(
        !told.is_empty() && told.iter().all(|cpu| cpus.contains(cpu)),
        "{told:?} of {cpus:?}"
    );
    let nice = Running::start(Command::new("nice").args(["-n", "7", "sleep", "1000"]));
    wait_until("nice has become sleep", || {
        fs::read_to_string(nice.file("comm")).unwrap() == "sleep\n"
    });
    let own = Process::current().unwrap().oneshot().unwrap().nice().unwrap();
    assert_eq!(nice.visit().nice().unwrap(), (own + 7).min(19));
    match Command::new("ionice").args(["-c", "3", "sleep", "1000"]).spawn() {
        Ok(child) => {
            let idle = Running(child);
            wait_until("ionice has become sleep", || {
                fs::read_to_string(idle.file("comm")).unwrap() == "sleep\n"
            });
            assert_eq!(idle.visit().ionice().unwrap().ioclass, IoClass::Idle);
        }
        Err(error) => println!("ionice: {error}: the idle class not compared with it"),
    }
    assert!(visit.ionice().unwrap().value.unwrap() <= 7);
}

#[test]
fn a_terminal_has_its_path() {
    // A process of its own terminal, which `script` provides.
    let mut command = Command::new("script");
    command
        .args(["-qec", "sleep 1000", "/dev/null"])
        .stdin(Stdio::piped());
    match Command::new("script").arg("--version").output() {
        Ok(_) => {}
        Err(error) => {
            println!("script: {error}: no terminal to test with");
            return;
        }
    }
    let script = Running::start(&mut command);
    let on_terminal = || {
        let visits = processes().unwrap();
        visits
            .iter()
            .find(|visit| visit.ppid().is_ok_and(|parent| parent == script.pid()))
            .filter(|visit| visit.terminal().is_ok_and(|terminal| terminal.is_some()))
            .map(|visit| (visit.pid(), visit.terminal().unwrap().unwrap()))
    };
    wait_until("a child has the terminal", || on_terminal().is_some());
    let (pid, terminal) = on_terminal().unwrap();
    assert!(terminal.starts_with(b"/dev/pts/"), "{terminal}");
    let device = fs::metadata(OsStr::from_bytes(&terminal)).unwrap().rdev();
    let number: u64 = stat_fields(pid)[4].parse().unwrap();
    assert_eq!(
        (device & 0xff, device >> 8 & 0xfff),
        (number & 0xff, number >> 8 & 0xfff)
    );
    if let Some(columns) = ps(pid, "tty=") {
        assert_eq!(terminal, format!("/dev/{}", columns[0]).as_str());
    }
}

#[test]
fn every_process_of_the_machine_answers_or_says_why() {
    for visit in processes().unwrap() {
        for attr in psoxide::catalog::ATTRS {
            let Some(get) = attr.get else { continue };
            if attr.name == "net_connections" {
                continue;
            }
            if let Err(error) = get(&visit) {
                let expected = matches!(
                    error.kind(),
                    ErrorKind::NoSuchProcess
                        | ErrorKind::ZombieProcess
                        | ErrorKind::AccessDenied
                        | ErrorKind::Unsupported
                );
                assert!(expected, "{} of {}: {error}", attr.name, visit.pid());
            }
        }
    }
}

/// The path of a program, as the shell finds it.
fn program(name: &str) -> PathBuf {
    let path: OsString = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not in PATH"))
}

/// A folder that is removed with the test.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> TempFolder {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("psoxide-process-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        TempFolder(path)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
