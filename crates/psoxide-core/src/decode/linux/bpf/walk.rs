//! The program that walks along the kernel's list of processes by itself (Linux 6.7), and writes a record of each into an
//! array that it shares with this program. It is run once for all, where that of [`super::program`] is called for every
//! task: nothing is looked up by number, no thread is visited, and a record is written where it stays.

use super::field::{field, lacks, place_of, pointee};
use super::instruction::{Assembler, Condition, Helper, R0, R1, R2, R3, R4, R6, R7, R8, R9, Register, STACK};
use super::layout as at;
use super::program::{ITERATOR, Links, OWN, RECORD, Wanted, clear, task, write_record};
use super::threads::Rounds;
use crate::decode::linux::btf::{Btf, Structure};
use crate::error::DecodeError;

/// How many records were written. Half a word at the end of one is not followed by the kernel.
const COUNT: i16 = OWN + 4;
/// The kernel knows of a process that it hands out that it will not go away. For each pointer read from such it looks, by
/// name among all its types, whether the same holds of what is there: half a millisecond each.
const LINKS: Links = Links::Typed(TYPED);
const TYPED: i16 = -8;

/// The instructions of the program; its answer is how many processes there are. Their records stand in the array `map`, in
/// the kernel's order; those that do not fit are left out. What `io` asks for, and the error, is as of
/// [`super::task_program`].
pub fn walk_program(btf: &Btf<'_>, cpu_offsets: &[u64], map: i32, io: bool) -> Result<Vec<u8>, DecodeError> {
    let task = task(btf)?;
    let function = |name| btf.function(name).ok_or(lacks(name));
    let all = btf
        .enumerator("BPF_TASK_ITER_ALL_PROCS")
        .and_then(|all| i32::try_from(all).ok())
        .ok_or(lacks("BPF_TASK_ITER_ALL_PROCS"))?;
    let size = |name| btf.structure(name).and_then(|iterator| iterator.size());
    if size("bpf_iter_task") != Some(24) || size("bpf_iter_num") != Some(8) {
        return Err(lacks("iterators of three words and of one"));
    }
    let rounds = Rounds::Kernel {
        new: function("bpf_iter_num_new")?,
        next: function("bpf_iter_num_next")?,
        destroy: function("bpf_iter_num_destroy")?,
    };
    let mut program = Assembler::default();
    let (next, again, full, done) = (program.label(), program.label(), program.label(), program.label());

    clear(&mut program, COUNT, 4);
    program.call_function(function("bpf_rcu_read_lock")?);
    iterator(&mut program);
    program.set(R2, 0);
    program.set(R3, all);
    program.call_function(function("bpf_iter_task_new")?);

    program.set_down(next);
    iterator(&mut program);
    program.call_function(function("bpf_iter_task_next")?);
    program.jump_if_value(R0, Condition::Equal, 0, done);
    program.copy(R7, R0);
    fetch(&mut program, &task, function("bpf_rdonly_cast")?, io)?;
    // The list begins with what a CPU runs when there is nothing to run.
    program.load(4, R1, R7, field(&task, "pid")?.offset);
    program.jump_if_value(R1, Condition::Equal, 0, again);
    program.map(R1, map);
    program.copy(R2, STACK);
    program.add_value(R2, i32::from(COUNT));
    program.call(Helper::LookupElement);
    program.jump_if_value(R0, Condition::Equal, 0, full);
    program.copy(RECORD, R0);
    for (size, place) in at::CLEARED {
        program.store_value(size, RECORD, place as i16, 0);
    }
    let wanted = Wanted { cpu_offsets, io };
    write_record(&mut program, btf, &task, LINKS, wanted, rounds)?;
    program.set_down(full);
    program.load(4, R1, STACK, COUNT);
    program.add_value(R1, 1);
    program.store(4, STACK, COUNT, R1);
    program.set_down(again);
    // Each round begins with the same, or else the kernel follows the program through many of them.
    for register in [R6, R7, R8, R9] {
        program.set(register, 0);
    }
    program.jump(next);

    program.set_down(done);
    iterator(&mut program);
    program.call_function(function("bpf_iter_task_destroy")?);
    program.call_function(function("bpf_rcu_read_unlock")?);
    program.load(4, R0, STACK, COUNT);
    program.exit();
    program.finish().ok_or(lacks("a program that fits"))
}

/// What is read of a process, a member of each line of memory: of its task, …
const OF_TASK: [&str; 12] = [
    "flags",
    "static_prio",
    "se.sum_exec_runtime",
    "exit_state",
    "mm",
    "pid",
    "real_parent",
    "utime",
    "nvcsw",
    "comm",
    "signal",
    "delays",
];
/// … of what its threads have in common, …
const OF_SIGNAL: [&str; 4] = ["utime", "cutime", "min_flt", "sum_sched_runtime"];
/// … and of its memory.
const OF_MEMORY: [&str; 6] = [
    "start_code",
    "rss_stat.0.count",
    "rss_stat.2.count",
    "rss_stat.3.counters",
    "hiwater_rss",
    "hugetlb_usage",
];
/// The counters of I/O, which a task has and the threads that have ended have in common.
const OF_IO: [&str; 2] = ["ioac.rchar", "ioac.read_bytes"];

/// Has the CPU fetch at once what will be read of the processes that come next. Their structures lie each by itself in memory:
/// otherwise what is in no cache is waited for two dozen times, one after the other. Of the next process is fetched what its
/// task leads to, of the one after it the task. A page that was not looked at for long is dearer than a line, so one line of each
/// comes first. `cast` is the function that gives a pointer a type and nothing else; that to the process in R7 is left on the
/// stack.
fn fetch(program: &mut Assembler, task: &Structure<'_>, cast: u32, io: bool) -> Result<(), DecodeError> {
    let number = task.number().cast_signed();
    program.copy(R1, R7);
    program.set(R2, number);
    program.call_function(cast);
    program.store(8, STACK, TYPED, R0);
    let list = field(task, "tasks")?;
    for next in [R8, R9] {
        // The list leads from the middle of one to the middle of the next.
        program.load(8, R1, R0, list.offset);
        program.add_value(R1, -i32::from(list.offset));
        program.set(R2, number);
        program.call_function(cast);
        program.copy(next, R0);
    }
    let (signal, memory) = (pointee(task, "signal")?, pointee(task, "mm")?);
    program.load(8, R4, R8, field(task, "signal")?.offset);
    program.load(8, R3, R8, field(task, "mm")?.offset);
    program.load(8, R2, R8, field(task, "real_cred")?.offset);
    program.load(8, R1, R9, list.offset);
    touch(program, R4, &signal, &["nr_threads"]);
    touch(program, R3, &memory, &["total_vm"]);
    touch(program, R2, &pointee(task, "real_cred")?, &["uid"]);
    touch(program, R9, task, &OF_TASK);
    touch(program, R4, &signal, &OF_SIGNAL);
    if io {
        touch(program, R9, task, &OF_IO);
        touch(program, R4, &signal, &OF_IO);
    }
    touch(program, R3, &memory, &OF_MEMORY);
    Ok(())
}

/// Reads members, or members and elements of members, and forgets them; R1 is changed. What a kernel does not have is not
/// read later either.
fn touch(program: &mut Assembler, from: Register, structure: &Structure<'_>, places: &[&str]) {
    for place in places {
        let (first, rest) = place.split_once('.').unwrap_or((place, ""));
        let rest = rest.split('.').filter(|part| !part.is_empty());
        let member = rest.fold(structure.member(first), |outer, part| match part.parse() {
            Ok(index) => outer?.element(index),
            Err(_) => outer?.member(part),
        });
        // A pointer may only be read whole.
        let size = if member.is_some_and(|member| member.is_pointer()) {
            8
        } else {
            1
        };
        if let Ok(place) = place_of(member, "task_struct") {
            program.load(size, R1, from, place.offset);
        }
    }
}

/// R1 = where the iterator over processes is.
fn iterator(program: &mut Assembler) {
    program.copy(R1, STACK);
    program.add_value(R1, i32::from(ITERATOR));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_kernel_whose_programs_cannot_walk_is_told_so() {
        let types = include_bytes!("../../../../../../testdata/linux/bpf-6.18/kernel.btf");
        let error = walk_program(&Btf::parse(types).unwrap(), &[0], 3, true).unwrap_err();
        assert_eq!(error.expected(), "BPF_TASK_ITER_ALL_PROCS");
    }
}
