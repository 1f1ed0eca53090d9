//! `cargo xtask vm`: boots Debian's kernels in an emulated machine with the hardware that a server or container lacks
//! (batteries, mains power, fans, temperatures, an NVMe disk, processor frequencies), and compares there psoxide with
//! the real psutil, probe by probe. Whoever runs all of it has `docs/hardware.md` written anew.

mod kernel;
mod report;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use self::kernel::Kernel;
use crate::test::python;
use crate::workspace::{self, cargo, command};
use crate::{Outcome, debian};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What the machine, its files and the comparison take.
const PACKAGES: [&str; 7] = [
    "acpica-tools",
    "busybox-static",
    "cpio",
    "kmod",
    "qemu-system-x86",
    "seabios",
    "xz-utils",
];
/// From power-on to power-off; an emulated processor on a busy host takes its time.
const LIMIT: &str = "1500";

/// Megabytes of memory of a machine, and of one on which thousands of processes are started.
const MEMORY: (&str, &str) = ("1024", "12288");
/// So many: as many as a machine of few processors has numbers for by default.
const CROWD: u32 = 32_768;

/// The arguments of `cargo xtask vm`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The Debian release whose kernel is booted; both if none is given.
    #[arg(long)]
    kernel: Vec<Suite>,
    /// What the machine has for a battery; each in turn if none is given.
    #[arg(long)]
    battery: Vec<Battery>,
}

/// A Debian release, for its kernel.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Linux 6.1.
    Bookworm,
    /// Linux 6.12.
    Trixie,
}

/// What `xtask/vm/machine.asl` knows for batteries.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Battery {
    /// At 40 %, without mains.
    Discharging,
    /// At 40 %, on mains.
    Charging,
    /// At 100 %, on mains.
    Full,
    /// One on discharge, one in reserve.
    Two,
    /// None, on mains.
    None,
    /// One that is neither charging nor discharging, without an adapter that could tell.
    Unknown,
    /// One on discharge that does not tell its rate.
    NoPower,
    /// One on discharge that counts current instead of energy.
    Amperes,
}

/// What one boot told.
struct Told {
    battery: Battery,
    /// The kernel's release, from inside.
    release: String,
    psutil: String,
    /// Each probe with psoxide's answer.
    probes: BTreeMap<String, String>,
    /// Each probe that differs, with how.
    differences: Vec<(String, String)>,
    /// Where psoxide means to differ, with the reason.
    meant: Vec<String>,
    /// The last line of the live tests, and of the one with a crowd of processes, where they were run; and those that failed.
    tests: Vec<String>,
    /// The newest such line; those of programs that a test starts come before the test's own.
    result: String,
    failed_tests: Vec<String>,
    /// What went wrong besides.
    failure: Option<String>,
    time: Duration,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let suites = chosen(&arguments.kernel);
    let batteries = chosen(&arguments.battery);
    debian::require(&PACKAGES)?;
    let python = python::environment()?;
    let tests = live_tests()?;
    let mut told = Vec::new();
    for suite in suites {
        let kernel = Kernel::prepare(suite.name())?;
        for battery in &batteries {
            let script = inside_script(*battery, &python, &tests)?;
            let boot = boot(&kernel, suite, *battery, &script)?;
            println!("{}", boot.line());
            told.push(boot);
        }
    }
    report::print(&told);
    if arguments.kernel.is_empty() && arguments.battery.is_empty() {
        report::write(&told)?;
    }
    let failed = told.iter().filter(|boot| !boot.agrees()).count();
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} of {} machines differ", told.len()).into())
    }
}

fn chosen<T: ValueEnum>(wanted: &[T]) -> Vec<T> {
    if wanted.is_empty() {
        T::value_variants().to_vec()
    } else {
        wanted.to_vec()
    }
}

/// The live tests' program, built.
fn live_tests() -> Result<PathBuf> {
    let messages = debian::output(
        cargo(["test", "--quiet", "--package", "psoxide", "--test", "it"]).args([
            "--all-features",
            "--no-run",
            "--message-format=json",
        ]),
    )?;
    messages
        .lines()
        .filter_map(|message| message.split_once("\"executable\":\""))
        .filter_map(|(_, rest)| rest.split_once('"'))
        .map(|(path, _)| PathBuf::from(path))
        .next_back()
        .ok_or_else(|| "cargo names no program of the live tests".into())
}

fn boot(kernel: &Kernel, suite: Suite, battery: Battery, script: &str) -> Result<Told> {
    println!("\n== {} with battery {}", suite.name(), battery.name());
    let start = Instant::now();
    let folder = workspace::target()
        .join("vm")
        .join(format!("{}-{}", suite.name(), battery.name()));
    fs::create_dir_all(&folder)?;
    debian::output(
        command("iasl")
            .arg("-p")
            .arg(folder.join("machine"))
            .args(["-D", &battery.name().to_uppercase().replace('-', "_")])
            .arg(workspace::root().join("xtask/vm/machine.asl")),
    )?;
    let disk = folder.join("nvme.img");
    fs::File::create(&disk)?.set_len(64 << 20)?;
    let inside = folder.join("inside.sh");
    fs::write(&inside, script)?;

    let mut machine = command("timeout");
    machine.args(["--kill-after=10", LIMIT, "qemu-system-x86_64"]);
    machine
        // acpi-cpufreq refuses the family that TCG has by default.
        .args([
            "-accel",
            "tcg",
            "-cpu",
            "max,vendor=GenuineIntel,family=6,model=60",
        ])
        .args([
            "-smp",
            "2",
            "-m",
            match battery.has_live_tests() {
                true => MEMORY.1,
                false => MEMORY.0,
            },
            "-nic",
            "none",
            "-nographic",
            "-no-reboot",
        ])
        .arg("-kernel")
        .arg(&kernel.image)
        .arg("-initrd")
        .arg(&kernel.initramfs)
        .arg("-append")
        .arg(format!(
            "console=ttyS0 panic=-1 quiet psoxide.command={}",
            inside.display()
        ))
        .arg("-acpitable")
        .arg(format!("file={}", folder.join("machine.aml").display()))
        .arg("-drive")
        .arg(format!("file={},if=none,id=disk,format=raw", disk.display()))
        .args(["-device", "nvme,serial=psoxide,drive=disk", "-virtfs"])
        .arg("local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap");
    let mut told = Told::new(battery);
    let mut child = machine.stdout(Stdio::piped()).spawn()?;
    let mut console = String::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).trim_end().to_owned();
            told.hear(&line);
            console.push_str(&line);
            console.push('\n');
        }
    }
    let log = folder.join("console");
    fs::write(&log, console)?;
    let status = child.wait()?;
    if let Some(failure) = &told.failure {
        println!("{failure} ({status}); see {}", log.display());
    }
    told.time = start.elapsed();
    Ok(told)
}

/// What runs in the machine, with the host's files around it: the comparison, and on one of the machines of each kernel
/// the live tests.
fn inside_script(battery: Battery, python: &Path, tests: &Path) -> Result<String> {
    let root = workspace::root();
    Ok(format!(
        "export PYTHONDONTWRITEBYTECODE=1 TMPDIR=/run\n\
         {python} {compare} {parity} {program} 2>&1\n\
         status=$?\n\
         {tests}\n\
         exit $status\n",
        python = quoted(python)?,
        compare = quoted(&root.join("xtask/vm/hardware.py"))?,
        parity = quoted(&root.join("xtask/parity"))?,
        program = quoted(&std::env::current_exe()?)?,
        tests = if battery.has_live_tests() {
            let folder = quoted(&root.join("crates/psoxide"))?;
            let tests = format!("{} --color never </dev/null 2>&1", quoted(tests)?);
            format!(
                "cd {folder} && {tests} || status=1\n\
                 echo PSOXIDE tested\n\
                 echo {} > /proc/sys/kernel/pid_max\n\
                 PSOXIDE_CROWD={CROWD} {tests} --exact bulk::a_crowd_is_told_to_the_last || status=1\n\
                 echo PSOXIDE tested",
                CROWD * 2,
            )
        } else {
            String::new()
        },
    ))
}

fn quoted(path: &Path) -> Result<String> {
    let text = path
        .to_str()
        .ok_or_else(|| format!("{} is not UTF-8", path.display()))?;
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

impl Told {
    fn new(battery: Battery) -> Told {
        Told {
            battery,
            release: String::new(),
            psutil: String::new(),
            probes: BTreeMap::new(),
            differences: Vec::new(),
            meant: Vec::new(),
            tests: Vec::new(),
            result: String::new(),
            failed_tests: Vec::new(),
            failure: Some("the machine ended before the comparison did".to_owned()),
            time: Duration::ZERO,
        }
    }

    /// Takes in a line of the console.
    fn hear(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            result.clone_into(&mut self.result);
        } else if line.starts_with("test ") && line.ends_with(" FAILED") {
            self.failed_tests.push(line.to_owned());
        }
        let Some((_, said)) = line.split_once("PSOXIDE ") else {
            return;
        };
        let (kind, rest) = said.split_once(' ').unwrap_or((said, ""));
        let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
        match kind {
            "begin" => self.release = rest.to_owned(),
            "psutil" => self.psutil = rest.to_owned(),
            "probe" => {
                self.probes.insert(name.to_owned(), value.to_owned());
            }
            "tested" => self.tests.push(std::mem::take(&mut self.result)),
            "meant" => self.meant.push(value.to_owned()),
            "difference" => self.differences.push((name.to_owned(), value.to_owned())),
            "end" if rest == "0" => self.failure = None,
            "end" => self.failure = Some(format!("what ran inside ended with {rest}")),
            _ => println!("{said}"),
        }
    }

    fn agrees(&self) -> bool {
        self.failure.is_none() && self.differences.is_empty() && !self.probes.is_empty()
    }

    fn agreeing(&self) -> usize {
        let differs = |probe: &str| self.differences.iter().any(|(name, _)| name == probe);
        self.probes.keys().filter(|probe| !differs(probe)).count()
    }

    fn line(&self) -> String {
        let failure = self.failure.as_deref().unwrap_or_default();
        format!(
            "{:22} {:12} {:2} of {:2} probes agree {:6.1} s {failure}",
            self.release,
            self.battery.name(),
            self.agreeing(),
            self.probes.len(),
            self.time.as_secs_f64(),
        )
    }
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Suite::Bookworm => "bookworm",
            Suite::Trixie => "trixie",
        }
    }
}

impl Battery {
    /// Whether the live tests run there, too: on one machine of each kernel.
    fn has_live_tests(self) -> bool {
        self == Battery::Discharging
    }

    fn name(self) -> &'static str {
        match self {
            Battery::Discharging => "discharging",
            Battery::Charging => "charging",
            Battery::Full => "full",
            Battery::Two => "two",
            Battery::None => "none",
            Battery::Unknown => "unknown",
            Battery::NoPower => "no-power",
            Battery::Amperes => "amperes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_tells_what_agrees() {
        let mut told = Told::new(Battery::Full);
        for line in [
            "[    1.0] a message of the kernel",
            "garbage PSOXIDE begin 6.1.0",
            "PSOXIDE probe cpu_count 2",
            "PSOXIDE probe sensors_battery null",
            "PSOXIDE difference sensors_battery psutil 1, psoxide null",
            "test result: ok. 1 passed; 0 failed",
            "test host::users ... FAILED",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "PSOXIDE tested",
            "test result: ok. 1 passed; 0 failed",
            "PSOXIDE tested",
            "PSOXIDE end 1",
        ] {
            told.hear(line);
        }
        assert_eq!(
            (told.release.as_str(), told.agreeing(), told.probes.len()),
            ("6.1.0", 1, 2)
        );
        assert!(!told.agrees());
        assert_eq!(told.failed_tests, ["test host::users ... FAILED"]);
        let [tests, crowd] = &told.tests[..] else {
            panic!("{:?}", told.tests)
        };
        assert!(tests.starts_with("FAILED. 3 passed") && crowd.starts_with("ok. 1 passed"));
        let mut told = Told::new(Battery::Full);
        assert!(!told.agrees());
        told.hear("PSOXIDE probe cpu_count 2");
        assert!(!told.agrees());
        told.hear("PSOXIDE end 0");
        assert!(told.agrees());
    }
}
