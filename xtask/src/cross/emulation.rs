//! Running a program of another machine under qemu's user emulation. It is our code on that machine's instructions, byte
//! order and word size, over the calls of this machine's kernel; what the kernel tells of the emulated process itself is
//! told of qemu, so a few tests cannot pass, and are named here.

use super::targets::Machine;
use crate::Outcome;
use crate::workspace::{command, root};

/// A test that is left out.
pub(crate) struct LeftOut {
    /// Its full name.
    pub(crate) test: &'static str,
    /// What is told wrongly to an emulated program.
    pub(crate) reason: &'static str,
}

/// The tests that are left out.
pub(crate) static LEFT_OUT: &[LeftOut] = &[LeftOut {
    test: "control::exits_and_signals_are_told",
    reason: "qemu gives real-time signals other numbers than the kernel: 38 for 40",
}];

/// The words before the program's own that run it on this machine.
pub(crate) fn runner(machine: &Machine) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let runner = vec![
        root().join("xtask/cross/emulated.sh").display().to_string(),
        registration(machine),
    ];
    try_out(&runner).map_err(|error| {
        format!("qemu takes a user namespace with a binfmt_misc of its own (Linux 6.7): {error}")
    })?;
    Ok(runner)
}

fn try_out(runner: &[String]) -> Outcome {
    crate::debian::output(command("sh").args(runner).arg("true")).map(|_| ())
}

/// The line that makes the kernel start qemu for the machine's executables (its `Documentation/admin-guide/binfmt-misc.rst`);
/// `F` opens qemu now, whatever the program's root is later.
fn registration(machine: &Machine) -> String {
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect() };
    let name = machine.name;
    format!(
        ":psoxide-{name}:M::{}:{}:/usr/bin/qemu-{name}-static:F",
        hex(&machine.magic),
        hex(&machine.mask)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cross::targets::{Run, TARGETS};

    #[test]
    fn the_kernel_is_told_executables_apart_by_their_header() {
        let machines = || {
            TARGETS.iter().filter_map(|target| match target.run {
                Run::Emulated(machine) => Some(machine),
                Run::Native { .. } | Run::No(_) => None,
            })
        };
        for machine in machines() {
            // `:name:M:offset:magic:mask:interpreter:flags`, and no colon in any of them.
            assert_eq!(registration(machine).split(':').count(), 8, "{}", machine.name);
        }
        let big: Vec<&str> = machines()
            .filter(|machine| machine.is_big_endian())
            .map(|machine| machine.name)
            .collect();
        assert_eq!(big, ["s390x"]);
    }
}
