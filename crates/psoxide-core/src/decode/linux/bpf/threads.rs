//! What a process and all its threads used together: the part of a program that follows the list of threads.

use super::field::{Field, field, lacks, place_of};
use super::instruction::{Assembler, Condition, Helper, R0, R1, R2, R3, R7, R8, R9, STACK};
use super::layout as at;
use super::program::{NUMBERS, RECORD, add_to, move_field, note};
use crate::decode::linux::btf::Structure;
use crate::error::DecodeError;

/// Room that a thread's fields are copied to.
const THREAD: i16 = -512;
/// Bytes of that room.
const THREAD_ROOM: u32 = (NUMBERS - THREAD) as u32;
/// Threads of one process that are summed; of one that has more, `/proc` tells the sums. The kernel follows a program that
/// counts by itself through all rounds when it takes it, which is most of what loading costs.
const MOST_COUNTED: i32 = 64;
/// The same where the kernel counts.
const MOST_THREADS: i32 = 1 << 15;

/// Who counts the rounds of a loop.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rounds {
    /// The program.
    Own,
    /// An iterator of the kernel (Linux 6.4), whose functions these are.
    Kernel { new: u32, next: u32, destroy: u32 },
}

/// What a thread adds to its process: a field, and where the record has the sum.
#[derive(Debug, Clone, Copy)]
struct Share {
    of_thread: Field,
    /// The same of the threads that have ended.
    of_ended: Field,
    place: usize,
}

/// What all threads used, those that have ended included. A thread that ends moves what it used to the process under a
/// lock whose counter is read before and afterwards, since it would be counted twice or not at all.
pub(super) fn sums(
    program: &mut Assembler,
    task: &Structure<'_>,
    signal: &Structure<'_>,
    io: bool,
    rounds: Rounds,
) -> Result<(), DecodeError> {
    let lock = signal
        .member("stats_lock")
        .and_then(|lock| lock.member("seqcount"))
        .ok_or(lacks("the member signal_struct.stats_lock"))?;
    let counter = lock
        .member("seqcount")
        .and_then(|inner| inner.member("sequence"))
        .or_else(|| lock.member("sequence"));
    let counter = place_of(counter, "signal_struct.stats_lock.sequence")?;
    let shares = shares(task, signal, io)?;
    let (several, done) = (program.label(), program.label());

    move_field(program, R8, counter, 4, at::SEQUENCE_BEFORE);
    // Not from the record, whose number the kernel would then know.
    program.load(4, R1, R8, field(signal, "nr_threads")?.offset);
    program.jump_if_value(R1, Condition::NotEqual, 1, several);
    // Most processes: nothing to follow, and all may be read directly.
    for share in &shares {
        program.load(8, R1, R8, share.of_ended.offset);
        program.load(8, R2, R7, share.of_thread.offset);
        program.add(R1, R2);
        program.store(8, RECORD, share.place as i16, R1);
    }
    program.jump(done);
    program.set_down(several);
    for share in &shares {
        move_field(program, R8, share.of_ended, 8, share.place);
    }
    threads(program, task, signal, &shares, rounds)?;
    program.set_down(done);
    move_field(program, R8, counter, 4, at::SEQUENCE_AFTER);
    Ok(())
}

fn shares(task: &Structure<'_>, signal: &Structure<'_>, io: bool) -> Result<Vec<Share>, DecodeError> {
    let run_time = task
        .member("se")
        .and_then(|entity| entity.member("sum_exec_runtime"));
    let mut shares = vec![Share {
        of_thread: place_of(run_time, "task_struct.se.sum_exec_runtime")?,
        of_ended: field(signal, "sum_sched_runtime")?,
        place: at::RUN_TIME,
    }];
    for (name, place) in [
        ("utime", at::USER_TIME),
        ("stime", at::SYSTEM_TIME),
        ("min_flt", at::MINOR_FAULTS),
        ("maj_flt", at::MAJOR_FAULTS),
    ] {
        shares.push(Share {
            of_thread: field(task, name)?,
            of_ended: field(signal, name)?,
            place,
        });
    }
    let of = |structure: &Structure<'_>, name| {
        place_of(
            structure.member("ioac").and_then(|io| io.member(name)),
            "task_struct.ioac",
        )
    };
    let names = ["rchar", "wchar", "syscr", "syscw", "read_bytes", "write_bytes"];
    let names = names.into_iter().filter(|_| io);
    for (name, place) in names.zip((at::IO..).step_by(8)) {
        shares.push(Share {
            of_thread: of(task, name)?,
            of_ended: of(signal, name)?,
            place,
        });
    }
    if shares
        .iter()
        .any(|share| share.of_thread.size != 8 || share.of_ended.size != 8)
    {
        return Err(lacks("counters of 64 bits"));
    }
    Ok(shares)
}

/// Follows the list of the threads and adds what each used. R9 is the list's entry that comes next.
fn threads(
    program: &mut Assembler,
    task: &Structure<'_>,
    signal: &Structure<'_>,
    shares: &[Share],
    rounds: Rounds,
) -> Result<(), DecodeError> {
    let entry = field(task, "thread_node")?;
    let head = field(signal, "thread_head")?;
    let (round, lost, done) = (program.label(), program.label(), program.label());
    // Fields that lie close together are copied by one call: each costs more than the bytes do.
    let mut fields: Vec<(i16, Option<usize>)> = vec![(entry.offset, None)];
    fields.extend(
        shares
            .iter()
            .map(|share| (share.of_thread.offset, Some(share.place))),
    );
    fields.sort_unstable();
    let mut groups: Vec<Vec<(i16, Option<usize>)>> = Vec::new();
    for field in fields {
        match groups.last_mut() {
            Some(group)
                if group
                    .first()
                    .is_some_and(|first| span(*first, field) <= THREAD_ROOM) =>
            {
                group.push(field);
            }
            _ => groups.push(vec![field]),
        }
    }
    // What leads on is read last, since it takes the place of the entry that the others are found by.
    groups.sort_by_key(|group| group.iter().any(|(_, place)| place.is_none()));

    program.load(8, R9, R8, head.offset);
    match rounds {
        Rounds::Own => {
            program.set(R1, 0);
            program.store(8, STACK, NUMBERS, R1);
        }
        Rounds::Kernel { new, .. } => {
            numbers(program);
            program.set(R2, 0);
            program.set(R3, MOST_THREADS);
            program.call_function(new);
        }
    }
    program.set_down(round);
    if let Rounds::Kernel { next, .. } = rounds {
        numbers(program);
        program.call_function(next);
        program.jump_if_value(R0, Condition::Equal, 0, lost);
    }
    program.copy(R1, R8);
    program.add_value(R1, i32::from(head.offset));
    program.jump_if(R9, Condition::Equal, R1, done);
    for group in &groups {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        program.copy(R1, STACK);
        program.add_value(R1, i32::from(THREAD));
        program.set(R2, span(*first, *last).cast_signed());
        program.copy(R3, R9);
        program.add_value(R3, i32::from(first.0) - i32::from(entry.offset));
        program.call(Helper::ProbeReadKernel);
        program.jump_if_value(R0, Condition::NotEqual, 0, lost);
        for (offset, place) in group {
            let copied = THREAD + (offset - first.0);
            match place {
                Some(place) => {
                    program.load(8, R1, STACK, copied);
                    add_to(program, *place, R1);
                }
                None => program.load(8, R9, STACK, copied),
            }
        }
    }
    match rounds {
        Rounds::Own => {
            program.load(8, R1, STACK, NUMBERS);
            program.add_value(R1, 1);
            program.store(8, STACK, NUMBERS, R1);
            program.jump_if_value(R1, Condition::Less, MOST_COUNTED, round);
        }
        Rounds::Kernel { .. } => program.jump(round),
    }
    program.set_down(lost);
    note(program, at::LACKS_THREADS);
    program.set_down(done);
    if let Rounds::Kernel { destroy, .. } = rounds {
        numbers(program);
        program.call_function(destroy);
    }
    Ok(())
}

/// R1 = where the iterator over numbers is.
fn numbers(program: &mut Assembler) {
    program.copy(R1, STACK);
    program.add_value(R1, i32::from(NUMBERS));
}

/// Bytes from the start of the first to the end of the last, each of which has eight.
fn span(first: (i16, Option<usize>), last: (i16, Option<usize>)) -> u32 {
    u32::from(last.0.abs_diff(first.0)) + 8
}
