//! Memory and swap in mebibytes: `cargo run --example free`.

fn main() -> psoxide::Result<()> {
    let memory = psoxide::virtual_memory()?;
    let swap = psoxide::swap_memory()?;
    let mebibytes = |bytes: u64| bytes >> 20;
    println!(
        "{:<6}{:>10}{:>10}{:>10}{:>11}",
        "", "total", "used", "free", "available"
    );
    println!(
        "{:<6}{:>10}{:>10}{:>10}{:>11}",
        "Mem:",
        mebibytes(memory.total),
        mebibytes(memory.used),
        mebibytes(memory.free),
        mebibytes(memory.available)
    );
    println!(
        "{:<6}{:>10}{:>10}{:>10}",
        "Swap:",
        mebibytes(swap.total),
        mebibytes(swap.used),
        mebibytes(swap.free)
    );
    // what the kernel does not tell is absent, not zero
    if let (Some(buffers), Some(cached)) = (memory.buffers, memory.cached) {
        println!(
            "of which {} MiB buffers and {} MiB cache can be given back",
            mebibytes(buffers),
            mebibytes(cached)
        );
    }
    Ok(())
}
