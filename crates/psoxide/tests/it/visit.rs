//! What a visit to a process promises: each source read once, never two processes mixed, few descriptors. Mostly over
//! roots of files, which can be changed under it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use psoxide::catalog::{ATTRS, Cost, PLATFORM};
use psoxide::model::process::{Resource, Status};
use psoxide::{Error, ErrorKind, Process, ProcessTable, Root, processes};

/// A copy of a folder of `testdata/linux`, removed with the test.
struct Copy(PathBuf);

impl Copy {
    fn of(case: &str) -> Copy {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("psoxide-visit-{}-{number}", std::process::id()));
        copy(&case_folder(case), &path);
        Copy(path)
    }

    fn root(&self) -> Root {
        Root::at(&self.0)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join("proc").join(name)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn case_folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/linux")
        .join(case)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn kind<T: std::fmt::Debug>(answer: Result<T, Error>) -> ErrorKind {
    answer.unwrap_err().kind()
}

/// The cheap attributes that this system has, and that take nothing but the process's own files.
fn cheap() -> impl Iterator<
    Item = (
        &'static str,
        fn(&psoxide::Oneshot) -> psoxide::Result<psoxide::schema::Value>,
    ),
> {
    ATTRS
        .iter()
        .filter(|attr| {
            attr.cost == Cost::Cheap && attr.on.contains(PLATFORM) && attr.name != "memory_percent"
        })
        .filter_map(|attr| Some((attr.name, attr.get?)))
}

#[test]
fn the_cheap_attributes_take_three_files() {
    let copy = Copy::of("process-6.18");
    let visit = Process::at(&copy.root(), 4242).unwrap().oneshot().unwrap();
    assert_eq!(visit.name().unwrap(), "cat");
    assert_eq!(visit.uids().unwrap().real, 1000);
    assert_eq!(visit.memory_info().unwrap().vms % 660, 0);
    fs::remove_dir_all(copy.file("4242")).unwrap();
    for (name, get) in cheap() {
        let answer = get(&visit);
        assert!(answer.is_ok(), "{name}: {answer:?}");
    }
    assert_eq!(visit.create_time().unwrap(), 1_700_000_000.0 + 2573.52);
    assert_eq!(visit.username().unwrap(), "alice");
}

#[test]
fn the_cheap_attributes_take_three_reads() {
    let reads = || -> Option<u64> {
        // One read each time, whatever the length.
        let mut bytes = [0; 4096];
        let length = fs::File::open("/proc/thread-self/io")
            .and_then(|mut file| file.read(&mut bytes))
            .ok()?;
        String::from_utf8_lossy(&bytes[..length])
            .lines()
            .find_map(|line| line.strip_prefix("syscr: "))?
            .parse()
            .ok()
    };
    // One that is still starting bears the name of this test, which is cut: its arguments would be read, too.
    let child = crate::child::Child::sleeping();
    // Looking at the counter reads, too.
    let (first, second) = (reads(), reads());
    let visit = child.process.oneshot().unwrap();
    for (name, get) in cheap() {
        // These two ask others: the system's files, and the C library.
        if name != "create_time" && name != "username" {
            assert!(get(&visit).is_ok(), "{name}");
        }
    }
    let third = reads();
    let (Some(first), Some(second), Some(third)) = (first, second, third) else {
        println!("/proc/thread-self/io cannot be read here: reads not counted");
        return;
    };
    let looking = second - first;
    assert_eq!(third - second - looking, 3);
}

#[test]
fn an_error_is_not_kept() {
    let copy = Copy::of("process-6.18");
    let process = Process::at(&copy.root(), 4242).unwrap();
    let visit = process.oneshot().unwrap();
    let bytes = fs::read(copy.file("4242/statm")).unwrap();
    fs::write(copy.file("4242/statm"), "660 x\n").unwrap();
    let error = visit.memory_info().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(error.what().ends_with("/proc/4242/statm"), "{error}");
    fs::write(copy.file("4242/statm"), bytes).unwrap();
    assert!(visit.memory_info().is_ok());
    fs::remove_file(copy.file("4242/io")).unwrap();
    let error = visit.io_counters().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.what().ends_with("/proc/4242/io"), "{error}");
    // Without `stat` there is no process.
    fs::remove_file(copy.file("4242/stat")).unwrap();
    assert_eq!(kind(visit.io_counters()), ErrorKind::NoSuchProcess);
    assert_eq!(
        kind(Process::at(&copy.root(), 4242).map(|_| ())),
        ErrorKind::NoSuchProcess
    );
}

#[test]
fn visits_of_a_listing_never_mix_two_processes() {
    let copy_of = Copy::of("process-6.18");
    for pid in 5000..5050 {
        copy(&copy_of.file("4242"), &copy_of.file(&pid.to_string()));
    }
    let visits = copy_of.root().processes().unwrap();
    assert_eq!(visits.len(), 52);
    let find = |pid| visits.iter().find(|visit| visit.pid() == pid).unwrap();
    for visit in &visits {
        visit.name().unwrap();
    }
    // Another process takes the number of one whose directory is not held open.
    let stat = fs::read_to_string(copy_of.file("5000/stat")).unwrap();
    let start = find(5000).identity().unwrap().start.unwrap().to_string();
    fs::write(
        copy_of.file("5000/stat"),
        stat.replace(&format!(" {start} "), " 999999 "),
    )
    .unwrap();
    assert_eq!(kind(find(5000).memory_info()), ErrorKind::NoSuchProcess);
    assert!(find(5000).name().is_ok());
    assert!(find(5001).memory_info().is_ok());
    // Column by column the handles are opened again, and it is the same process each time.
    for visit in visits.iter().filter(|visit| visit.pid() >= 5001) {
        assert_eq!(visit.memory_info().unwrap(), find(5001).memory_info().unwrap());
        assert_eq!(visit.uids().unwrap().real, 1000);
    }
    // A process that is a handle's own is told from its successor, too.
    let process = Process::at(&copy_of.root(), 5001).unwrap();
    fs::write(
        copy_of.file("5001/stat"),
        stat.replace(&format!(" {start} "), " 999999 "),
    )
    .unwrap();
    assert_eq!(kind(process.oneshot().map(|_| ())), ErrorKind::NoSuchProcess);
}

#[test]
fn a_listing_holds_few_descriptors() {
    const ROLE: &str = "PSOXIDE_TEST_COUNTS_DESCRIPTORS";
    if std::env::var_os(ROLE).is_none() {
        // In a process of its own: other tests open files meanwhile.
        let own = std::env::current_exe().unwrap();
        let test = "visit::a_listing_holds_few_descriptors";
        let output = Command::new(own)
            .args(["--exact", test, "--nocapture"])
            .env(ROLE, "1")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    let descriptors = || fs::read_dir("/proc/self/fd").unwrap().count();
    let sleep = || Command::new("sleep").arg("1000").spawn().unwrap();
    let mut children: Vec<Child> = (0..40).map(|_| sleep()).collect();
    let before = descriptors();
    let visits = processes().unwrap();
    let listed = descriptors();
    assert!(visits.len() >= 40);
    for visit in &visits {
        // One that ends meanwhile is no matter here.
        let _ = (visit.name(), visit.uids(), visit.memory_info(), visit.cmdline());
    }
    let read = descriptors();
    drop(visits);
    let dropped = descriptors();
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(listed, before + 1);
    assert!(read <= before + 16, "{read} of {before}");
    assert_eq!(dropped, before);
}

/// As another user, over a `/proc` that hides processes: `hidepid=1` their files, `hidepid=2` that they are there.
#[test]
fn processes_that_are_hidden() {
    const ROLE: &str = "PSOXIDE_TEST_HIDDEN";
    if let Some(proc) = std::env::var_os(ROLE) {
        let root = Root::default().with_proc(&proc);
        let hidden = proc.to_string_lossy().ends_with('2');
        let (own, other) = (std::process::id(), 1);
        assert!(root.pid_exists(own).unwrap());
        assert!(Process::at(&root, own).unwrap().oneshot().unwrap().name().is_ok());
        assert_eq!(root.pid_exists(other).unwrap(), !hidden);
        assert_eq!(root.pids().unwrap().contains(&other), !hidden);
        let process = Process::at(&root, other);
        if hidden {
            assert_eq!(kind(process.map(|_| ())), ErrorKind::NoSuchProcess);
            return;
        }
        let process = process.unwrap();
        assert_eq!(process.identity().start, None);
        assert_eq!(kind(process.oneshot().unwrap().name()), ErrorKind::AccessDenied);
        let visits = root.processes().unwrap();
        let visit = visits.iter().find(|visit| visit.pid() == other).unwrap();
        assert_eq!(kind(visit.name()), ErrorKind::AccessDenied);
        assert_eq!(kind(visit.memory_info()), ErrorKind::AccessDenied);
        let mut table = ProcessTable::builder()
            .root(&root)
            .attrs(["name", "memory_info", "uids"])
            .build()
            .unwrap();
        table.refresh().unwrap();
        let row = table.row(other).unwrap();
        assert_eq!(row.identity().start, None);
        assert_eq!(kind(row.name()), ErrorKind::AccessDenied);
        assert_eq!(kind(row.memory_info()), ErrorKind::AccessDenied);
        assert_eq!(kind(row.uids()), ErrorKind::AccessDenied);
        assert!(table.row(own).unwrap().memory_info().is_ok());
        return;
    }
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release
        .split(|letter: char| !letter.is_ascii_digit())
        .map(|number| number.parse().unwrap_or(0));
    if (numbers.next(), numbers.next()) < (Some(5), Some(8)) {
        println!("before Linux 5.8 every /proc hides the same: hidden processes not tested");
        return;
    }
    let copy = Copy::of("process-quirks");
    // Where another user may run it.
    let program = copy.0.join("it");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for level in ["1", "2"] {
        let proc = copy.0.join(format!("hidden-{level}"));
        fs::create_dir(&proc).unwrap();
        let mount = "mount -t proc -o hidepid=$1 proc \"$2\" || exit 77";
        let script = format!(
            "{mount}; exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$3\" --exact visit::processes_that_are_hidden"
        );
        let arguments = ["-m", "sh", "-c", &script, "sh", level];
        let output = Command::new("unshare")
            .args(arguments)
            .args([&proc, &program])
            .env(ROLE, &proc)
            .output();
        match output {
            Err(error) => println!("unshare: {error}: hidden processes not tested"),
            Ok(output) if matches!(output.status.code(), Some(1 | 77)) && output.stdout.is_empty() => {
                println!("no mount of one's own here: hidden processes not tested");
            }
            Ok(output) => {
                let (out, err) = (
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr),
                );
                assert!(
                    output.status.success() && out.contains("1 passed"),
                    "{level}: {out}{err}"
                );
            }
        }
    }
}

#[test]
fn older_kernels_tell_less() {
    let old = Process::at(&Root::at(case_folder("process-2.6")), 777)
        .unwrap()
        .oneshot()
        .unwrap();
    assert_eq!(old.name().unwrap(), "crond");
    assert_eq!(old.cpu_times().unwrap().iowait, None);
    assert_eq!(kind(old.num_ctx_switches()), ErrorKind::Unsupported);
    assert_eq!(kind(old.io_counters()), ErrorKind::NotFound);
    assert_eq!(kind(old.rlimit(Resource::Nofile)), ErrorKind::NotFound);
    let full = old.memory_info_ex().unwrap();
    assert_eq!((full.peak_rss, full.swap, full.rss_anon), (None, None, None));
    // Without `smaps_rollup` the mappings are added up.
    let footprint = old.memory_footprint().unwrap();
    assert_eq!(
        (footprint.uss, footprint.pss, footprint.swap),
        (40 << 10, None, None)
    );
    assert_eq!(old.username().unwrap(), "500");
    assert_eq!(old.memory_maps().unwrap().len(), 3);
    let newer = Process::at(&Root::at(case_folder("process-3.10")), 1234)
        .unwrap()
        .oneshot()
        .unwrap();
    assert_eq!(newer.cpu_times().unwrap().iowait, Some(0.05));
    assert_eq!(newer.memory_footprint().unwrap().swap, Some(12 << 10));
    assert_eq!(newer.rlimit(Resource::Nofile).unwrap().hard, Some(4096));
    assert_eq!(newer.environ().unwrap().len(), 2);
    assert_eq!(newer.threads().unwrap().len(), 1);
    assert_eq!(newer.io_counters().unwrap().read_chars, Some(1_843_211));
}

#[test]
fn a_zombie_of_another_root_is_one_there() {
    let root = Root::at(case_folder("process-quirks"));
    assert_eq!(root.pids().unwrap(), [31]);
    let visit = Process::at(&root, 31).unwrap().oneshot().unwrap();
    assert_eq!(visit.name().unwrap().as_bytes(), b"a) R 9 (\nb\xff");
    assert_eq!(visit.status().unwrap(), Status::Zombie);
    assert_eq!(kind(visit.exe()), ErrorKind::ZombieProcess);
    assert_eq!(kind(visit.cmdline()), ErrorKind::ZombieProcess);
    assert_eq!(kind(visit.io_counters()), ErrorKind::ZombieProcess);
    assert_eq!(kind(visit.create_time()), ErrorKind::NotFound);
    let times = visit.cpu_times().unwrap();
    assert_eq!((times.children_user, times.children_system), (None, Some(0.14)));
    // A file that was removed, and blanks and bytes as they are.
    let maps = visit.memory_maps().unwrap();
    assert_eq!(maps[1].path, "/tmp/gone");
    assert_eq!(maps[7].path, "/tmp/ends in a blank ");
}

#[test]
fn a_thread_of_the_kernel_of_another_root_has_no_program() {
    let root = Root::at(case_folder("process-6.18"));
    let visit = Process::at(&root, 2).unwrap().oneshot().unwrap();
    assert!(visit.cmdline().unwrap().is_empty());
    assert_eq!(visit.exe().unwrap().as_os_str(), "");
    assert_eq!(visit.username().unwrap(), "root");
}

#[test]
fn a_root_without_processes() {
    let nowhere = Root::at("/nonexistent/root");
    let error = nowhere.processes().map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.what().contains("/nonexistent/root/proc"), "{error}");
    assert_eq!(
        kind(Process::at(&nowhere, 1).map(|_| ())),
        ErrorKind::NoSuchProcess
    );
    let file = Root::default().with_proc(case_folder("process-6.18/README.md"));
    assert_eq!(kind(file.processes().map(|_| ())), ErrorKind::NotFound);
}
