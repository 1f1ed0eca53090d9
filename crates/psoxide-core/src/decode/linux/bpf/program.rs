//! The program that the kernel runs on every task of a listing. It leaves threads alone, and writes one record a
//! process, of which [`super::record`] knows the meaning.
//!
//! The kernel proves before it takes a program that it ends, and that it reads nothing but what it was given and what it
//! finds by the types of the fields. What a program is given may be read directly, and an address that is not there
//! reads as 0; addresses that were computed are read by a call that fails instead.

use super::field::{Field, field, lacks, place_of, pointee};
use super::instruction::{Assembler, Condition, Helper, R0, R1, R2, R3, R6, R7, R8, R9, Register, STACK};
use super::layout as at;
use super::threads::{Rounds, sums};
use crate::decode::linux::btf::{Btf, Member, Structure};
use crate::error::DecodeError;

/// Where the record that is being written begins.
pub(super) const RECORD: Register = R6;
/// Where it is on the stack, if that is where it is written.
const ON_STACK: i16 = -(at::SIZE as i16);
/// A word below it that helpers copy to.
const WORD: i16 = ON_STACK - 16;
/// Eight bytes for what the program has to remember while it writes a record.
pub(super) const OWN: i16 = ON_STACK - 24;
/// Three words for an iterator over processes.
pub(super) const ITERATOR: i16 = OWN - 24;
/// A word for one over numbers.
pub(super) const NUMBERS: i16 = ITERATOR - 8;
const KERNEL_THREAD: i32 = 0x0020_0000;
const WORKER: i32 = 0x20;

/// Where the pointers that the process in R7 has are read from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Links {
    /// From itself.
    Process,
    /// From the same, by a pointer at this place on the stack of which the kernel knows only the type.
    Typed(i16),
}

impl Links {
    /// `to` = the pointer in this field.
    pub(super) fn load(self, program: &mut Assembler, to: Register, pointer: Field) {
        match self {
            Links::Process => program.load(8, to, R7, pointer.offset),
            Links::Typed(place) => {
                program.load(8, to, STACK, place);
                program.load(8, to, to, pointer.offset);
            }
        }
    }
}

/// The instructions of the program, for the kernel whose types these are; what each CPU has of its own lies at these
/// offsets, as [`super::offsets_program`] tells. `io` asks for the counters of I/O, which lie in lines of memory of their own.
/// An error names what the kernel does not have.
pub fn task_program(btf: &Btf<'_>, cpu_offsets: &[u64], io: bool) -> Result<Vec<u8>, DecodeError> {
    let task = task(btf)?;
    let mut program = Assembler::default();
    let skip = program.label();

    program.store(8, STACK, OWN, R1);
    program.load(8, R7, R1, 8);
    program.jump_if_value(R7, Condition::Equal, 0, skip);
    program.load(4, R1, R7, field(&task, "pid")?.offset);
    program.load(4, R2, R7, field(&task, "tgid")?.offset);
    program.jump_if(R1, Condition::NotEqual, R2, skip);
    clear(&mut program, ON_STACK, at::SIZE);
    program.copy(RECORD, STACK);
    program.add_value(RECORD, i32::from(ON_STACK));
    let wanted = Wanted { cpu_offsets, io };
    write_record(&mut program, btf, &task, Links::Process, wanted, Rounds::Own)?;

    program.load(8, R1, STACK, OWN);
    program.load(8, R1, R1, 0);
    program.load(8, R1, R1, 0);
    program.copy(R2, RECORD);
    program.set(R3, at::SIZE as i32);
    program.call(Helper::SequenceWrite);
    program.set_down(skip);
    program.set(R0, 0);
    program.exit();
    program.finish().ok_or(lacks("a program that fits"))
}

/// The structure that the kernel has of every task.
pub(super) fn task<'a>(btf: &'a Btf<'_>) -> Result<Structure<'a>, DecodeError> {
    let list = btf.structure("list_head").and_then(|list| list.size());
    if list != Some(16) {
        return Err(lacks("a kernel of 64 bits"));
    }
    btf.structure("task_struct")
        .ok_or(lacks("the structure task_struct"))
}

/// What of a record is not the same for all programs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Where each CPU has what is its own.
    pub(super) cpu_offsets: &'a [u64],
    /// The counters of I/O.
    pub(super) io: bool,
}

/// Writes the record of the process in R7 where zeros are. The other registers are changed, but for [`RECORD`].
pub(super) fn write_record(
    program: &mut Assembler,
    btf: &Btf<'_>,
    task: &Structure<'_>,
    links: Links,
    wanted: Wanted<'_>,
    rounds: Rounds,
) -> Result<(), DecodeError> {
    let (kernel_thread, done) = (program.label(), program.label());
    let group = field(task, "tgid")?;
    move_field(program, R7, group, 4, at::PID);
    own(program, task, links)?;
    identity(program, task, links, group)?;
    let signal = pointee(task, "signal")?;
    links.load(program, R8, field(task, "signal")?);
    process(program, &signal)?;
    sums(program, task, &signal, wanted.io, rounds)?;
    if !wanted.io {
        note(program, at::LACKS_IO);
    }

    let flags = field(task, "flags")?;
    program.load(4, R1, R7, flags.offset);
    program.jump_if_value(R1, Condition::AnyBit, KERNEL_THREAD, kernel_thread);
    memory(program, btf, task, links, wanted.cpu_offsets, done)?;
    program.jump(done);
    program.set_down(kernel_thread);
    kernel_thread_name(program, btf, task, done)?;
    program.set_down(done);
    Ok(())
}

/// What the first thread tells for itself alone.
fn own(program: &mut Assembler, task: &Structure<'_>, links: Links) -> Result<(), DecodeError> {
    // Linux 5.14 renamed it.
    let state = field(task, "__state").or_else(|_| field(task, "state"))?;
    move_field(program, R7, state, 4, at::STATE);
    // Linux 5.16 moved it.
    let cpu = task
        .member("thread_info")
        .and_then(|info| info.member("cpu"))
        .or_else(|| task.member("cpu"));
    move_field(program, R7, place_of(cpu, "task_struct.cpu")?, 4, at::CPU);
    let name = field(task, "comm")?;
    if name.size != 16 {
        return Err(lacks("16 bytes in task_struct.comm"));
    }
    for part in [0, 8] {
        let half = Field {
            offset: name.offset + part,
            size: 8,
        };
        move_field(program, R7, half, 8, at::NAME + part as usize);
    }
    for (name, size, place) in [
        ("exit_state", 4, at::EXIT_STATE),
        ("flags", 4, at::FLAGS),
        ("static_prio", 4, at::STATIC_PRIORITY),
        ("nvcsw", 8, at::VOLUNTARY_SWITCHES),
        ("nivcsw", 8, at::INVOLUNTARY_SWITCHES),
        ("start_boottime", 8, at::START),
    ] {
        move_field(program, R7, field(task, name)?, size, place);
    }
    // Only kernels that can account by the switches between user and kernel mode.
    if let Some(accounting) = task.member("vtime").and_then(|vtime| vtime.member("state")) {
        let accounting = place_of(Some(accounting), "task_struct.vtime.state")?;
        move_field(program, R7, accounting, 4, at::ACCOUNTING);
    }
    if task.member("delays").is_some() {
        let delays = pointee(task, "delays")?;
        // Before Linux 5.17 the delay of swapping was a part of what is shown.
        if delays.member("swapin_start").is_none() {
            return Err(lacks("the member task_delay_info.swapin_start"));
        }
        // Without accounting the pointer is null, and all behind it reads as 0.
        links.load(program, R1, field(task, "delays")?);
        move_field(program, R1, field(&delays, "blkio_delay")?, 8, at::BLOCK_DELAY);
    }
    Ok(())
}

/// Whose child it is and in whose name it acts.
fn identity(
    program: &mut Assembler,
    task: &Structure<'_>,
    links: Links,
    group: Field,
) -> Result<(), DecodeError> {
    links.load(program, R1, field(task, "real_parent")?);
    move_field(program, R1, group, 4, at::PPID);
    let credentials = pointee(task, "real_cred")?;
    links.load(program, R1, field(task, "real_cred")?);
    for (names, start) in [
        (["uid", "euid", "suid"], at::UIDS),
        (["gid", "egid", "sgid"], at::GIDS),
    ] {
        for (name, place) in names.into_iter().zip((start..).step_by(4)) {
            move_field(program, R1, field(&credentials, name)?, 4, place);
        }
    }
    Ok(())
}

/// What the threads have in common; R8 is the process.
fn process(program: &mut Assembler, signal: &Structure<'_>) -> Result<(), DecodeError> {
    let shown = signal
        .member("prev_cputime")
        .ok_or(lacks("the member signal_struct.prev_cputime"))?;
    for (name, place) in [("utime", at::SHOWN_USER_TIME), ("stime", at::SHOWN_SYSTEM_TIME)] {
        let shown = place_of(shown.member(name), "signal_struct.prev_cputime.utime")?;
        move_field(program, R8, shown, 8, place);
    }
    for (name, size, place) in [
        ("nr_threads", 4, at::THREADS),
        ("cutime", 8, at::CHILDREN_USER_TIME),
        ("cstime", 8, at::CHILDREN_SYSTEM_TIME),
    ] {
        move_field(program, R8, field(signal, name)?, size, place);
    }

    // What a path knows most of is the last that the kernel follows: then it has been where they meet.
    let (with_terminal, without_terminal) = (program.label(), program.label());
    let terminal = pointee(signal, "tty")?;
    let driver = pointee(&terminal, "driver")?;
    program.load(8, R1, R8, field(signal, "tty")?.offset);
    program.jump_if_value(R1, Condition::NotEqual, 0, with_terminal);
    program.jump(without_terminal);
    program.set_down(with_terminal);
    move_field(program, R1, field(&terminal, "index")?, 4, at::TTY_INDEX);
    program.load(8, R1, R1, field(&terminal, "driver")?.offset);
    move_field(program, R1, field(&driver, "major")?, 4, at::TTY_MAJOR);
    move_field(
        program,
        R1,
        field(&driver, "minor_start")?,
        4,
        at::TTY_MINOR_START,
    );
    note(program, at::HAS_TERMINAL);
    program.set_down(without_terminal);
    Ok(())
}

/// Writes zeros to the stack: what a call finds nothing to copy from. The kernel follows a program once more for each value
/// that it knows, and of these it knows nothing.
pub(super) fn clear(program: &mut Assembler, place: i16, size: usize) {
    program.copy(R1, STACK);
    program.add_value(R1, i32::from(place));
    program.set(R2, size as i32);
    program.set(R3, 0);
    program.call(Helper::ProbeReadKernel);
}

/// What the process has of memory. R8 is then where the CPUs count, R9 the number of a CPU.
fn memory(
    program: &mut Assembler,
    btf: &Btf<'_>,
    task: &Structure<'_>,
    links: Links,
    cpu_offsets: &[u64],
    write: super::instruction::Label,
) -> Result<(), DecodeError> {
    let memory = pointee(task, "mm")?;
    links.load(program, R9, field(task, "mm")?);
    program.jump_if_value(R9, Condition::Equal, 0, write);
    note(program, at::HAS_MEMORY);
    for (name, place) in [
        ("total_vm", at::TOTAL),
        ("data_vm", at::DATA),
        ("stack_vm", at::MEMORY_STACK),
        ("start_code", at::CODE_START),
        ("end_code", at::CODE_END),
        ("hiwater_vm", at::PEAK_TOTAL),
        ("hiwater_rss", at::PEAK_RESIDENT),
    ] {
        move_field(program, R9, field(&memory, name)?, 8, place);
    }
    // Kernels without huge pages have no such line.
    let huge = memory
        .member("hugetlb_usage")
        .and_then(|huge| huge.member("counter"));
    move_field(
        program,
        R9,
        place_of(huge, "mm_struct.hugetlb_usage")?,
        8,
        at::HUGE,
    );

    let names = ["MM_FILEPAGES", "MM_ANONPAGES", "MM_SWAPENTS", "MM_SHMEMPAGES"];
    let numbers = names.map(|name| btf.enumerator(name));
    if numbers != [Some(0), Some(1), Some(2), Some(3)] {
        return Err(lacks("the four counters of pages"));
    }
    let counters = memory
        .member("rss_stat")
        .ok_or(lacks("the member mm_struct.rss_stat"))?;
    if let Some(counts) = counters.member("count") {
        return plain_counters(program, counts);
    }
    // Linux 6.2 made each a counter with a part for every CPU.
    let mut of_cpus = Vec::new();
    for (index, place) in (0..4).zip((at::COUNTERS..).step_by(8)) {
        let part = |name| counters.element(index).and_then(|counter| counter.member(name));
        let count = place_of(part("count"), "mm_struct.rss_stat.count")?;
        move_field(program, R9, count, 8, place);
        of_cpus.push(place_of(part("counters"), "percpu_counter.counters")?);
    }
    if let [first, rest @ ..] = of_cpus.as_slice() {
        if cpu_offsets.is_empty() {
            note(program, at::LACKS_COUNTERS_OF_CPUS);
            return Ok(());
        }
        counters_of_cpus(program, cpu_offsets, *first, rest)?;
    }
    Ok(())
}

/// Four numbers side by side. They are copied by a call, since kernels of that time do not let a program look into an array
/// whose elements have a type with a name of its own.
fn plain_counters(program: &mut Assembler, counts: Member<'_>) -> Result<(), DecodeError> {
    let first = place_of(
        counts.element(0).and_then(|count| count.member("counter")),
        "mm_struct.rss_stat.count",
    )?;
    if counts.size() != Some(32) || first.size != 8 {
        return Err(lacks("four counters of pages of 64 bits"));
    }
    let read = program.label();
    program.copy(R1, RECORD);
    program.add_value(R1, at::COUNTERS as i32);
    program.set(R2, 32);
    program.copy(R3, R9);
    program.add_value(R3, i32::from(first.offset));
    program.call(Helper::ProbeReadKernel);
    program.jump_if_value(R0, Condition::Equal, 0, read);
    note(program, at::LACKS_COUNTERS);
    program.set_down(read);
    Ok(())
}

/// The parts of the counters that each CPU has: four numbers of 32 bits, side by side since Linux 6.6.
fn counters_of_cpus(
    program: &mut Assembler,
    cpu_offsets: &[u64],
    first: Field,
    rest: &[Field],
) -> Result<(), DecodeError> {
    let (lost, done) = (program.label(), program.label());
    program.load(8, R8, R9, first.offset);
    for (field, distance) in rest.iter().zip((4..).step_by(4)) {
        program.load(8, R1, R9, field.offset);
        program.subtract(R1, R8);
        program.jump_if_value(R1, Condition::NotEqual, distance, lost);
    }
    for offset in cpu_offsets {
        program.set_wide(R3, *offset);
        program.add(R3, R8);
        program.copy(R1, STACK);
        program.add_value(R1, i32::from(WORD));
        program.set(R2, 16);
        program.call(Helper::ProbeReadKernel);
        program.jump_if_value(R0, Condition::NotEqual, 0, lost);
        for (part, place) in (WORD..)
            .step_by(4)
            .zip((at::COUNTERS_OF_CPUS..at::SIZE).step_by(8))
        {
            program.load(4, R1, STACK, part);
            program.extend_sign(R1);
            add_to(program, place, R1);
        }
    }
    program.jump(done);
    program.set_down(lost);
    note(program, at::LACKS_COUNTERS_OF_CPUS);
    program.set_down(done);
    Ok(())
}

/// What `/proc` makes the name of a thread of the kernel of, besides its own.
fn kernel_thread_name(
    program: &mut Assembler,
    btf: &Btf<'_>,
    task: &Structure<'_>,
    write: super::instruction::Label,
) -> Result<(), DecodeError> {
    let structure = |name, what| btf.structure(name).ok_or(lacks(what));
    let kthread = structure("kthread", "the structure kthread")?;
    let worker = structure("worker", "the structure worker")?;
    let work = field(&worker, "desc")?;
    let without_full_name = program.label();
    program.load(8, R9, R7, field(task, "worker_private")?.offset);
    program.jump_if_value(R9, Condition::Equal, 0, write);

    read_word(program, R9, field(&kthread, "full_name")?, write);
    program.jump_if_value(R3, Condition::Equal, 0, without_full_name);
    program.copy(R1, RECORD);
    program.add_value(R1, at::FULL_NAME as i32);
    program.set(R2, 64);
    program.call(Helper::ProbeReadKernelText);
    program.set_down(without_full_name);

    program.load(4, R1, R7, field(task, "flags")?.offset);
    let works = program.label();
    program.jump_if_value(R1, Condition::AnyBit, WORKER, works);
    program.jump(write);
    program.set_down(works);
    read_word(program, R9, field(&kthread, "data")?, write);
    program.copy(R9, R3);
    program.copy(R1, RECORD);
    program.add_value(R1, at::WORK as i32);
    program.set(R2, i32::try_from(work.size.min(32)).unwrap_or(32));
    program.add_value(R3, i32::from(work.offset));
    program.call(Helper::ProbeReadKernelText);
    for (name, place) in [("current_work", at::CURRENT_WORK), ("pool", at::POOL)] {
        read_word(program, R9, field(&worker, name)?, write);
        program.store(8, RECORD, place as i16, R3);
    }
    Ok(())
}

/// R3 = the field of the structure at a computed address.
fn read_word(program: &mut Assembler, from: Register, field: Field, failed: super::instruction::Label) {
    program.copy(R1, STACK);
    program.add_value(R1, i32::from(WORD));
    program.set(R2, 8);
    program.copy(R3, from);
    program.add_value(R3, i32::from(field.offset));
    program.call(Helper::ProbeReadKernel);
    program.jump_if_value(R0, Condition::NotEqual, 0, failed);
    program.load(8, R3, STACK, WORD);
}

/// Copies a field to the record. Of one that is larger there the lower bytes are taken.
pub(super) fn move_field(program: &mut Assembler, from: Register, field: Field, size: usize, place: usize) {
    program.load(field.size, R2, from, field.offset);
    program.store(size, RECORD, place as i16, R2);
}

/// Adds to a number of 64 bits of the record. R2 is changed.
pub(super) fn add_to(program: &mut Assembler, place: usize, value: Register) {
    program.load(8, R2, RECORD, place as i16);
    program.add(R2, value);
    program.store(8, RECORD, place as i16, R2);
}

/// Sets a bit of the notes. R2 is changed.
pub(super) fn note(program: &mut Assembler, bit: u32) {
    program.load(4, R2, RECORD, at::NOTES as i16);
    program.add_value(R2, bit.cast_signed());
    program.store(4, RECORD, at::NOTES as i16, R2);
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::super::offsets::offsets_program;
    use super::*;

    const KERNEL: &[u8] = include_bytes!("../../../../../../testdata/linux/bpf-6.18/kernel.btf");
    const OTHER: &[u8] = include_bytes!("../../../../../../testdata/linux/btf/little-endian.btf");

    /// Whether every jump leads to an instruction, which is no second half of another.
    fn is_closed(program: &[u8]) -> bool {
        let (instructions, rest) = program.as_chunks::<8>();
        let is_half = |place: usize| place > 0 && instructions[place - 1][0] == 0x18;
        let closed = instructions.iter().enumerate().all(|(place, instruction)| {
            let is_jump = instruction[0] & 0x07 == 0x05 && !matches!(instruction[0], 0x85 | 0x95);
            let offset = i16::from_ne_bytes([instruction[2], instruction[3]]);
            let target = place as i64 + 1 + i64::from(offset);
            !is_jump
                || usize::try_from(target).is_ok_and(|target| target < instructions.len() && !is_half(target))
        });
        rest.is_empty() && closed && instructions.last().is_some_and(|last| last[0] == 0x95)
    }

    #[test]
    fn programs_fit_the_kernel_whose_types_are_given() {
        let btf = Btf::parse(KERNEL).unwrap();
        let without = task_program(&btf, &[], true).unwrap();
        let of_four = task_program(&btf, &[0, 1 << 40, 2 << 40, u64::MAX], true).unwrap();
        assert!(is_closed(&without) && is_closed(&of_four));
        assert!(of_four.len() > without.len());
        let without_io = task_program(&btf, &[], false).unwrap();
        assert!(is_closed(&without_io) && without_io.len() < without.len());
        let offsets = offsets_program(&btf, 3, 64).unwrap();
        assert!(is_closed(&offsets));
    }

    #[test]
    fn what_a_kernel_lacks_is_named() {
        let btf = Btf::parse(OTHER).unwrap();
        let error = task_program(&btf, &[], true).unwrap_err();
        assert_eq!(error.expected(), "task_struct.cpu");
        assert_eq!(
            offsets_program(&btf, 3, 2).unwrap_err().expected(),
            "the member bpf_array.pptrs"
        );
        // Each letter of the names in turn, so that one thing is missing at a time.
        let text = KERNEL.windows(4).rposition(|part| part == b"\0cha").unwrap();
        let mut refused = 0;
        for place in text..KERNEL.len() {
            if KERNEL[place] == 0 {
                continue;
            }
            let mut changed = KERNEL.to_vec();
            changed[place] = b'?';
            match task_program(&Btf::parse(&changed).unwrap(), &[], true) {
                Ok(program) => assert!(is_closed(&program)),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 500, "only {refused}");
    }

    #[test]
    fn so_many_cpus_that_jumps_are_too_long_are_refused() {
        let btf = Btf::parse(KERNEL).unwrap();
        assert!(task_program(&btf, &vec![0; 8192], true).is_err());
        assert!(offsets_program(&btf, 3, 8192).is_err());
    }
}
