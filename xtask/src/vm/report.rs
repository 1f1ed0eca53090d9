//! What the boots told, as a table on the console and as `docs/hardware.md`.

use std::fmt::Write;
use std::fs;

use super::{Battery, CROWD, Told};
use crate::Outcome;
use crate::workspace;

/// The probes whose answers the emulated hardware makes: these are shown in the document.
const HARDWARE: [&str; 3] = ["sensors_temperatures", "sensors_fans", "cpu_freq"];

/// Prints a line a boot, and every difference below it.
pub(super) fn print(told: &[Told]) {
    println!("\n== summary");
    for boot in told {
        println!("{}", boot.line());
        for (_, difference) in &boot.differences {
            println!("    {difference}");
        }
        for tests in &boot.tests {
            println!("    live tests: {tests}");
        }
        for test in &boot.failed_tests {
            println!("    {test}");
        }
    }
}

/// Writes the document.
pub(super) fn write(told: &[Told]) -> Outcome {
    let path = workspace::root().join("docs/hardware.md");
    fs::create_dir_all(workspace::root().join("docs"))?;
    fs::write(&path, document(told)?).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote {}", path.display());
    Ok(())
}

fn document(told: &[Told]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let psutil = told.iter().map(|boot| boot.psutil.as_str()).max();
    writeln!(
        text,
        "# Batteries, fans, temperatures and frequencies\n\n\
         Written by `cargo xtask vm`; do not edit.\n\n\
         Few machines have a battery, fans and temperature sensors that a test may rely on. So the command boots Debian's\n\
         kernels in an emulated machine that has them (`xtask/vm/`: ACPI tables for batteries, mains power, a fan, a\n\
         thermal zone and processor frequencies; register-level stand-ins for the lm75, adm1031 and lm85 chips; an NVMe\n\
         disk), and there asks psutil {} and psoxide the same questions in the same moment. What psoxide says must lie\n\
         between what psutil said before and after; for what does not move, that is equality.\n\n\
         ## Result\n",
        psutil.unwrap_or_default()
    )?;
    writeln!(
        text,
        "| kernel | battery | probes that agree | `sensors_battery` |"
    )?;
    writeln!(text, "|---|---|---|---|")?;
    for boot in told {
        let answer = boot.probes.get("sensors_battery");
        writeln!(
            text,
            "| {} | {} | {} of {} | `{}` |",
            boot.release,
            describe(boot.battery),
            boot.agreeing(),
            boot.probes.len(),
            answer.map_or("-", String::as_str),
        )?;
    }
    let differences: Vec<(&Told, &String)> = told
        .iter()
        .flat_map(|boot| boot.differences.iter().map(move |(_, how)| (boot, how)))
        .collect();
    if !differences.is_empty() {
        writeln!(text, "\n## Differences\n")?;
        for (boot, difference) in differences {
            writeln!(
                text,
                "* {}, {}: {difference}",
                boot.release,
                describe(boot.battery)
            )?;
        }
    }
    let mut meant: Vec<&String> = told.iter().flat_map(|boot| &boot.meant).collect();
    meant.sort_unstable();
    meant.dedup();
    if !meant.is_empty() {
        writeln!(text, "\n## Where psoxide means to differ\n")?;
        for difference in meant {
            writeln!(text, "* {difference}")?;
        }
    }
    for boot in told.iter().filter(|boot| boot.failure.is_some()) {
        let failure = boot.failure.as_deref().unwrap_or_default();
        writeln!(text, "\n{}, {}: {failure}", boot.release, describe(boot.battery))?;
    }
    for boot in told {
        let names = [
            String::from("The library's live tests"),
            format!("Its test with {CROWD} processes more"),
        ];
        for (name, tests) in names.iter().zip(&boot.tests) {
            writeln!(text, "\n{name}, on Linux {}, as root: {tests}", boot.release)?;
        }
        for test in &boot.failed_tests {
            writeln!(text, "* {test}")?;
        }
    }
    writeln!(text, "\n## What the hardware told\n")?;
    let mut shown: Vec<&str> = Vec::new();
    for boot in told {
        if boot.release.is_empty() || shown.contains(&boot.release.as_str()) {
            continue;
        }
        shown.push(&boot.release);
        writeln!(text, "Linux {}:\n\n```", boot.release)?;
        for probe in HARDWARE {
            if let Some(answer) = boot.probes.get(probe) {
                writeln!(text, "{probe} {answer}")?;
            }
        }
        writeln!(text, "```\n")?;
    }
    let mut probes: Vec<&str> = told
        .iter()
        .flat_map(|boot| boot.probes.keys().map(String::as_str))
        .collect();
    probes.sort_unstable();
    probes.dedup();
    writeln!(text, "Compared each time: `{}`.", probes.join("`, `"))?;
    Ok(text)
}

fn describe(battery: Battery) -> &'static str {
    match battery {
        Battery::Discharging => "on discharge",
        Battery::Charging => "charging",
        Battery::Full => "full",
        Battery::Two => "two, the first on discharge",
        Battery::None => "none",
        Battery::Unknown => "in an unknown state, no adapter",
        Battery::NoPower => "on discharge, rate not told",
        Battery::Amperes => "on discharge, counted in mAh",
    }
}
