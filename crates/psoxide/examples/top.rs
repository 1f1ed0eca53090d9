//! The ten busiest processes of each second, three seconds long: `cargo run --example top`.

use std::thread::sleep;
use std::time::Duration;

use psoxide::{CpuSampler, ProcessTable, Root};

fn main() -> psoxide::Result<()> {
    // both own the two ends of their interval; the first reading begins it
    let mut cpus = CpuSampler::new(&Root::default());
    cpus.percent()?;
    let mut table = ProcessTable::builder()
        .attrs(["name", "username", "cpu_percent", "memory_info", "num_threads"])
        .keep_descriptors(5_000)
        .build()?;
    table.refresh()?;

    for _ in 0..3 {
        sleep(Duration::from_secs(1));
        table.refresh()?;
        let mut busy: Vec<_> = table
            .rows()
            .iter()
            .filter_map(|row| Some((row.cpu_percent()?, row)))
            .collect();
        busy.sort_by(|one, other| other.0.total_cmp(&one.0));

        let (load, percent) = (psoxide::getloadavg()?, cpus.percent()?);
        println!(
            "{} processes, {} ended; CPU {:.1}%, load {:.2} {:.2} {:.2}",
            table.rows().len(),
            table.ended().len(),
            percent.unwrap_or_default(),
            load.one,
            load.five,
            load.fifteen
        );
        println!(
            "{:>7} {:>6} {:>9} {:>4} {:12} NAME",
            "PID", "CPU%", "RSS", "THR", "USER"
        );
        for (percent, row) in busy.into_iter().take(10) {
            // what one process does not tell is its own error, and no other's
            let (Ok(name), Ok(memory), Ok(threads)) = (row.name(), row.memory_info(), row.num_threads())
            else {
                continue;
            };
            let user = row
                .username()
                .map_or_else(|_| "?".into(), |user| user.to_string());
            let mebibytes = memory.rss >> 20;
            println!(
                "{:>7} {percent:>6.1} {mebibytes:>8}M {threads:>4} {user:12} {name}",
                row.pid()
            );
        }
    }
    Ok(())
}
