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
    /// Whether that is so only where the machine's byte order is not this one's.
    big_endian_only: bool,
}

const NET: &str =
    "qemu hands on netlink's messages in this machine's byte order, and the text of /proc/net too";

static LEFT_OUT: &[LeftOut] = &[
    LeftOut {
        test: "control::exits_and_signals_are_told",
        reason: "qemu gives real-time signals other numbers than the kernel: 38 for 40",
        big_endian_only: false,
    },
    LeftOut {
        test: "visit::the_cheap_attributes_take_three_reads",
        reason: "qemu reads for itself in between, and the kernel counts that",
        big_endian_only: false,
    },
    LeftOut {
        test: "sys::posix::exit::tests::a_forked_child_does_not_run_its_parents_functions",
        reason: "qemu's own threads do not survive a fork: now and then those of the child wait for each other for ever",
        big_endian_only: false,
    },
    LeftOut {
        test: "sources::system_calls_tell_what_the_files_tell",
        reason: "qemu answers /proc/<own pid>/stat itself, with another name than the kernel's",
        big_endian_only: false,
    },
    terminal("tui::terminal::tests::a_panic_gives_the_terminal_back"),
    terminal("monitor::a_process_is_found_looked_at_and_ended"),
    terminal("monitor::nothing_is_sent_to_whom_the_monitor_lives_by"),
    terminal("monitor::the_terminal_is_given_back_when_the_monitor_is_ended"),
    terminal("monitor::the_monitor_stops_and_goes_on"),
    terminal("monitor::without_a_mouse_nothing_is_listened_to"),
    LeftOut {
        test: "documentation::shells_read_their_completions",
        reason: "qemu tells of no error where a program to start, such as a shell, is missing",
        big_endian_only: false,
    },
    LeftOut {
        test: "recording::what_cannot_be_recorded_is_named",
        reason: "qemu tells of no error where a program to start is missing",
        big_endian_only: false,
    },
    // These run `ifconfig` or `netstat` among other commands.
    big_endian("documentation::the_tables_are_those_of_the_catalogue"),
    big_endian("documentation::what_is_written_over_fixtures_is_documented_and_the_other_way_round"),
    big_endian("each_command_answers_or_says_why_not"),
    big_endian("live::a_closed_pipe_ends_quietly"),
    big_endian("live::ifconfig_agrees_with_sys"),
    big_endian("live::netstat_names_the_holder_of_a_socket"),
    big_endian("net::a_process_in_another_network_namespace_has_its_own_sockets"),
    big_endian("net::addresses_are_those_of_ip"),
    big_endian("net::addresses_come_by_family_and_bear_their_scope"),
    big_endian("net::hardware_addresses_are_those_of_sysfs"),
    big_endian("net::internet_sockets_are_those_of_ss"),
    big_endian("net::sockets_of_a_process_of_another_user_are_denied"),
    big_endian("net::sockets_of_ipv4_are_found"),
    big_endian("net::sockets_of_ipv6_are_found"),
    big_endian("net::state_of_interfaces_is_that_of_sysfs_and_ip"),
    big_endian("serde::records_of_interfaces_come_back"),
    big_endian(
        "sys::linux::net::interfaces::tests::an_interface_that_went_away_is_left_out_and_one_that_fails_is_not",
    ),
    LeftOut {
        test: "sys::linux::net::connections::tests::a_conversation_that_is_refused_is_made_up_for_by_the_files",
        reason: "qemu refuses every conversation with sock_diag itself",
        big_endian_only: false,
    },
];

const fn terminal(test: &'static str) -> LeftOut {
    LeftOut {
        test,
        reason: "qemu lacks the call that reads the settings of a terminal (TCGETS2)",
        big_endian_only: false,
    }
}

const fn big_endian(test: &'static str) -> LeftOut {
    LeftOut {
        test,
        reason: NET,
        big_endian_only: true,
    }
}

/// The tests that are left out on this machine.
pub(crate) fn left_out(machine: &Machine) -> impl Iterator<Item = &'static LeftOut> {
    let big = machine.is_big_endian();
    LEFT_OUT.iter().filter(move |left| big || !left.big_endian_only)
}

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
                Run::Native { .. } | Run::Wine | Run::No(_) => None,
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
