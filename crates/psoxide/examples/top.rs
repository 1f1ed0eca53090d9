//! The ten busiest processes of one second: `cargo run --example top`.

use std::collections::HashMap;
use std::thread::sleep;
use std::time::Duration;

use psoxide::{CpuPercent, CpuSampler, Root};

fn main() -> psoxide::Result<()> {
    // samplers own both ends of the interval; their first reading begins it
    let mut cpus = CpuSampler::new(&Root::default());
    cpus.percent()?;
    let mut samplers = HashMap::new();
    for pid in psoxide::pids()? {
        let Ok(process) = psoxide::Process::new(pid) else {
            continue;
        };
        let mut sampler = CpuPercent::new(process);
        if sampler.sample().is_ok() {
            samplers.insert(pid, sampler);
        }
    }
    sleep(Duration::from_secs(1));

    let mut busy: Vec<(f64, CpuPercent)> = Vec::new();
    for (_, mut sampler) in samplers {
        // who has ended meanwhile has no second reading
        if let Ok(Some(percent)) = sampler.sample() {
            busy.push((percent, sampler));
        }
    }
    busy.sort_by(|one, other| other.0.total_cmp(&one.0));

    let load = psoxide::getloadavg()?;
    if let Some(percent) = cpus.percent()? {
        println!(
            "CPU {percent:.1}%, load {:.2} {:.2} {:.2}",
            load.one, load.five, load.fifteen
        );
    }
    println!("{:>7} {:>6}  NAME", "PID", "CPU%");
    for (percent, sampler) in busy.iter().take(10) {
        if let Ok(name) = sampler.process().name() {
            println!("{:>7} {percent:>6.1}  {name}", sampler.process().pid());
        }
    }
    Ok(())
}
