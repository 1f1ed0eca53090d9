//! What psoxide's subcommands cost beside the programs that people use for the same: each run to its end with its output
//! thrown away, in turn, round after round.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use psoxide::Process;

use crate::debian;
use crate::workspace::{self, cargo, command, installed};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The Debian packages whose programs are compared.
const PACKAGES: [&str; 4] = ["procps", "psmisc", "iproute2", "smem"];
/// The kernel counts CPU time in hundredths of a second: a round runs a program for at least so many seconds of it.
const ENOUGH: f64 = 0.3;

/// A row of the table.
struct Comparison {
    ours: &'static str,
    theirs: &'static str,
    /// At most so many times the CPU and wall time of the other.
    wanted: f64,
}

/// `psoxide` stands for the program that was built, `PID` for a process with many mappings.
const COMPARISONS: [Comparison; 7] = [
    Comparison {
        ours: "psoxide ps",
        theirs: "ps aux",
        wanted: 0.5,
    },
    Comparison {
        ours: "psoxide ps --json",
        theirs: "psoxide ps",
        wanted: 1.3,
    },
    Comparison {
        ours: "psoxide pmap PID",
        theirs: "pmap -x PID",
        wanted: 1.0,
    },
    Comparison {
        ours: "psoxide procsmem",
        theirs: "smem",
        wanted: 1.0,
    },
    Comparison {
        ours: "psoxide netstat",
        theirs: "ss -tuanp",
        wanted: 1.0,
    },
    Comparison {
        ours: "psoxide pstree",
        theirs: "pstree -p",
        wanted: 1.0,
    },
    Comparison {
        ours: "psoxide free",
        theirs: "free",
        wanted: 1.5,
    },
];

/// Time of one run, in milliseconds.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
}

/// Measures, and gives the table.
pub(super) fn measure(processes: u32, rounds: u32) -> Result<String> {
    debian::require(&PACKAGES)?;
    workspace::run(&mut cargo([
        "build",
        "--release",
        "--quiet",
        "--package",
        "psoxide-cli",
    ]))?;
    let program = workspace::target().join("release/psoxide");
    let size = sizes(&program)?;
    let idle = Idle::start(processes)?;
    let subject = std::process::id().to_string();
    let mut table = format!(
        "{processes} idle processes beside those of the machine; medians of {rounds} interleaved rounds, in milliseconds a \
         run, output to /dev/null. The program is {size}.\n\n\
         | command | CPU | wall | beside | CPU | wall | CPU ratio | wall ratio | wanted |\n\
         |---|---|---|---|---|---|---|---|---|\n"
    );
    for comparison in &COMPARISONS {
        let words = |line: &str| -> Vec<String> {
            let words = line.split(' ').map(|word| match word {
                "psoxide" => program.display().to_string(),
                "PID" => subject.clone(),
                word => String::from(word),
            });
            words.collect()
        };
        let (ours, theirs) = (words(comparison.ours), words(comparison.theirs));
        let times = (enough(&ours)?, enough(&theirs)?);
        let mut costs = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            costs.0.push(cost(&ours, times.0)?);
            costs.1.push(cost(&theirs, times.1)?);
        }
        let (one, other) = (median(&costs.0), median(&costs.1));
        // Writing into a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {:.1} | {:.1} | `{}` | {:.1} | {:.1} | {:.2} | {:.2} | {:.1} |",
            comparison.ours,
            one.cpu,
            one.wall,
            comparison.theirs,
            other.cpu,
            other.wall,
            one.cpu / other.cpu,
            one.wall / other.wall,
            comparison.wanted
        );
    }
    drop(idle);
    Ok(table)
}

/// How large the program is, with and without what only debuggers read.
fn sizes(program: &Path) -> Result<String> {
    let size =
        |path: &Path| -> Result<f64> { Ok(std::fs::metadata(path)?.len() as f64 / f64::from(1 << 20)) };
    let told = format!("{:.1} MiB large, with its line tables", size(program)?);
    if !installed("strip") {
        return Ok(told);
    }
    let bare = program.with_extension("stripped");
    workspace::run(command("strip").arg("-o").arg(&bare).arg(program))?;
    let told = format!("{told}; {:.1} MiB without", size(&bare)?);
    std::fs::remove_file(&bare)?;
    Ok(told)
}

/// How many runs take long enough to be measured.
fn enough(words: &[String]) -> Result<u32> {
    let once = cost(words, 3)?.cpu / 1000.0;
    Ok((ENOUGH / once.max(0.001)).ceil() as u32)
}

/// What a run costs, from so many.
fn cost(words: &[String], times: u32) -> Result<Cost> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("a command without words".into());
    };
    let before = children()?;
    let start = Instant::now();
    for _ in 0..times {
        let status = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(format!("{}: {status}", words.join(" ")).into());
        }
    }
    let wall = start.elapsed().as_secs_f64();
    let per_run = |seconds: f64| seconds / f64::from(times) * 1000.0;
    Ok(Cost {
        cpu: per_run(children()? - before),
        wall: per_run(wall),
    })
}

/// CPU time of all children that were waited for, in seconds.
fn children() -> Result<f64> {
    let times = Process::current()?.cpu_times()?;
    match (times.children_user, times.children_system) {
        (Some(user), Some(system)) => Ok(user + system),
        _ => Err("this system does not tell what children cost".into()),
    }
}

fn median(costs: &[Cost]) -> Cost {
    let middle = |pick: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Cost {
        cpu: middle(|cost| cost.cpu),
        wall: middle(|cost| cost.wall),
    }
}

/// Processes that do nothing, and end with this.
struct Idle(Vec<Child>);

impl Idle {
    fn start(count: u32) -> Result<Idle> {
        let mut idle = Idle(Vec::new());
        for _ in 0..count {
            let child = Command::new("sleep").arg("100000").stdin(Stdio::null()).spawn()?;
            idle.0.push(child);
        }
        Ok(idle)
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that has ended already needs no signal, and no waiting for.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
