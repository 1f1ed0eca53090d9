//! Every process with its user, memory and CPU time: `cargo run --example ps`.

use std::io::{self, Write};

use psoxide::format;

fn main() -> io::Result<()> {
    let processes = psoxide::processes().map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:>7} {:<12} {:>8} {:>9}  NAME", "PID", "USER", "RSS", "CPU")?;
    for visit in processes {
        // a process may end between any two reads: leave it out
        let (Ok(name), Ok(user), Ok(times)) = (visit.name(), visit.username(), visit.cpu_times()) else {
            continue;
        };
        let rss = visit
            .memory_info()
            .map_or_else(|_| String::from("-"), |memory| format::bytes(memory.rss));
        writeln!(
            out,
            "{:>7} {user:<12} {rss:>8} {:>8.2}s  {name}",
            visit.pid(),
            times.user + times.system
        )?;
    }
    Ok(())
}
