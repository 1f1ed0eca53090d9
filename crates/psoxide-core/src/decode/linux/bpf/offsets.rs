//! The program that tells where each CPU has what is its own: the program of [`super::program`] is made with that.

use super::field::{field, lacks};
use super::instruction::{Assembler, Condition, Helper, R0, R1, R2, R3, R6, R7, R8, STACK};
use crate::decode::linux::btf::Btf;
use crate::error::DecodeError;

/// A program that writes addresses of 8 bytes, once: where the value of a map stands before it is any CPU's own, and then
/// where that of each CPU stands. `map` is the descriptor of an array that each CPU has its own of.
pub fn offsets_program(btf: &Btf<'_>, map: i32, cpus: i32) -> Result<Vec<u8>, DecodeError> {
    const BASE: i16 = -8;
    const KEY: i16 = -16;
    let task = btf
        .structure("task_struct")
        .ok_or(lacks("the structure task_struct"))?;
    let values = btf
        .structure("bpf_array")
        .and_then(|array| array.member("pptrs"))
        .and_then(|values| values.offset())
        .ok_or(lacks("the member bpf_array.pptrs"))?;
    let mut program = Assembler::default();
    let skip = program.label();
    program.copy(R6, R1);
    program.load(8, R7, R6, 8);
    program.jump_if_value(R7, Condition::Equal, 0, skip);
    program.load(4, R1, R7, field(&task, "pid")?.offset);
    program.jump_if_value(R1, Condition::NotEqual, 2, skip);
    // A pointer that is copied by a call is a number, which may be added to.
    program.map(R1, map);
    program.store(8, STACK, BASE, R1);
    for offset in [0, values.cast_signed()] {
        if offset == 0 {
            program.copy(R3, STACK);
            program.add_value(R3, i32::from(BASE));
        } else {
            program.load(8, R3, STACK, BASE);
            program.add_value(R3, offset);
        }
        program.copy(R1, STACK);
        program.add_value(R1, i32::from(BASE));
        program.set(R2, 8);
        program.call(Helper::ProbeReadKernel);
        program.jump_if_value(R0, Condition::NotEqual, 0, skip);
    }
    program.load(8, R8, R6, 0);
    program.load(8, R8, R8, 0);
    program.store_value(8, STACK, KEY, 0);
    for cpu in -1..cpus {
        if cpu >= 0 {
            program.map(R1, map);
            program.copy(R2, STACK);
            program.add_value(R2, i32::from(KEY));
            program.set(R3, cpu);
            program.call(Helper::LookupOfCpu);
            program.jump_if_value(R0, Condition::Equal, 0, skip);
            program.store(8, STACK, BASE, R0);
        }
        program.copy(R1, R8);
        program.copy(R2, STACK);
        program.add_value(R2, i32::from(BASE));
        program.set(R3, 8);
        program.call(Helper::SequenceWrite);
    }
    program.set_down(skip);
    program.set(R0, 0);
    program.exit();
    program.finish().ok_or(lacks("a program that fits"))
}
