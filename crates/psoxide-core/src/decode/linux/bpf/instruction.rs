//! Instructions of the kernel's virtual machine, and putting them together with jumps to places that are not known yet.
//! Only those that our programs need.
//!
//! Layout: RFC 9669, and the kernel's include/uapi/linux/bpf.h for what it leaves to each platform.

/// A register. What a call may change are 0 to 5; 10 is the end of the stack and cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Register(u8);

/// What a call answers.
pub const R0: Register = Register(0);
/// The first argument.
pub const R1: Register = Register(1);
/// The second argument.
pub const R2: Register = Register(2);
/// The third argument.
pub const R3: Register = Register(3);
/// The fourth argument.
pub const R4: Register = Register(4);
/// Kept over calls.
pub const R6: Register = Register(6);
/// Kept over calls.
pub const R7: Register = Register(7);
/// Kept over calls.
pub const R8: Register = Register(8);
/// Kept over calls.
pub const R9: Register = Register(9);
/// The end of the stack's 512 bytes.
pub const STACK: Register = Register(10);

/// Functions of the kernel that a program may call; their numbers never change.
#[derive(Debug, Clone, Copy)]
pub enum Helper {
    /// Where a map has its value: map, key. 0 if it has none.
    LookupElement = 1,
    /// Copies bytes from an address of the kernel: to, how many, from. Not 0 if there is nothing at the address.
    ProbeReadKernel = 113,
    /// The same up to a NUL, of which there will be one.
    ProbeReadKernelText = 115,
    /// Adds bytes to what the reader of the iterator gets: file, from, how many.
    SequenceWrite = 127,
    /// Where a CPU has its own of a map's value: map, key, CPU. 0 if there is no such CPU.
    LookupOfCpu = 195,
}

/// When a jump is taken.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// Both are the same.
    Equal = 0x10,
    /// They differ.
    NotEqual = 0x50,
    /// The first is less, as numbers without sign.
    Less = 0xa0,
    /// They have a bit in common.
    AnyBit = 0x40,
}

/// A place in the program that is jumped to.
#[derive(Debug, Clone, Copy)]
pub struct Label(usize);

#[derive(Debug, Clone, Copy)]
struct Instruction {
    code: u8,
    to: Register,
    from: Register,
    offset: i16,
    immediate: i32,
}

/// A program that is being put together.
#[derive(Debug, Default)]
pub struct Assembler {
    instructions: Vec<Instruction>,
    /// Where each label stands, once that is known.
    labels: Vec<Option<usize>>,
    /// Jumps, and to which label.
    jumps: Vec<(usize, Label)>,
}

impl Assembler {
    /// `to = *(from + offset)`, of 1, 2, 4 or 8 bytes; the rest of the register is 0.
    pub fn load(&mut self, size: usize, to: Register, from: Register, offset: i16) {
        self.push(0x61 | size_code(size), to, from, offset, 0);
    }

    /// `*(to + offset) = from`, of 1, 2, 4 or 8 bytes.
    pub fn store(&mut self, size: usize, to: Register, offset: i16, from: Register) {
        self.push(0x63 | size_code(size), to, from, offset, 0);
    }

    /// `*(to + offset) = value`, of 1, 2, 4 or 8 bytes.
    pub fn store_value(&mut self, size: usize, to: Register, offset: i16, value: i32) {
        self.push(0x62 | size_code(size), to, R0, offset, value);
    }

    /// `to = from`.
    pub fn copy(&mut self, to: Register, from: Register) {
        self.push(0xbf, to, from, 0, 0);
    }

    /// `to = value`.
    pub fn set(&mut self, to: Register, value: i32) {
        self.push(0xb7, to, R0, 0, value);
    }

    /// `to += from`.
    pub fn add(&mut self, to: Register, from: Register) {
        self.push(0x0f, to, from, 0, 0);
    }

    /// `to += value`.
    pub fn add_value(&mut self, to: Register, value: i32) {
        self.push(0x07, to, R0, 0, value);
    }

    /// `to -= from`.
    pub fn subtract(&mut self, to: Register, from: Register) {
        self.push(0x1f, to, from, 0, 0);
    }

    /// Makes a number of 32 bits that may be negative one of 64.
    pub fn extend_sign(&mut self, to: Register) {
        self.push(0x67, to, R0, 0, 32);
        self.push(0xc7, to, R0, 0, 32);
    }

    /// `to = value`, of 64 bits.
    pub fn set_wide(&mut self, to: Register, value: u64) {
        self.push(0x18, to, R0, 0, value as i32);
        self.push(0, R0, R0, 0, (value >> 32) as i32);
    }

    /// `to` = the map of this descriptor.
    pub fn map(&mut self, to: Register, descriptor: i32) {
        const PSEUDO_MAP_FD: Register = Register(1);
        self.push(0x18, to, PSEUDO_MAP_FD, 0, descriptor);
        self.push(0, R0, R0, 0, 0);
    }

    /// Calls a function of the kernel that has a number among its types.
    pub fn call_function(&mut self, function: u32) {
        const PSEUDO_KFUNC_CALL: Register = Register(2);
        self.push(0x85, R0, PSEUDO_KFUNC_CALL, 0, function.cast_signed());
    }

    /// Calls a function that the kernel offers to programs.
    pub fn call(&mut self, helper: Helper) {
        self.push(0x85, R0, R0, 0, helper as i32);
    }

    /// Ends the program; R0 is its answer.
    pub fn exit(&mut self) {
        self.push(0x95, R0, R0, 0, 0);
    }

    /// A place that jumps may be made to before it is set down.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Sets the label down here.
    pub fn set_down(&mut self, label: Label) {
        let here = self.instructions.len();
        if let Some(place) = self.labels.get_mut(label.0) {
            *place = Some(here);
        }
    }

    /// Goes on at the label.
    pub fn jump(&mut self, label: Label) {
        self.jumps.push((self.instructions.len(), label));
        self.push(0x05, R0, R0, 0, 0);
    }

    /// Goes on at the label if the condition holds between two registers.
    pub fn jump_if(&mut self, first: Register, condition: Condition, second: Register, label: Label) {
        self.jumps.push((self.instructions.len(), label));
        self.push(0x0d | condition as u8, first, second, 0, 0);
    }

    /// Goes on at the label if the condition holds between a register and a value.
    pub fn jump_if_value(&mut self, first: Register, condition: Condition, value: i32, label: Label) {
        self.jumps.push((self.instructions.len(), label));
        self.push(0x05 | condition as u8, first, R0, 0, value);
    }

    /// The program as the kernel of this machine takes it; `None` if a jump is too long, or leads nowhere.
    pub fn finish(mut self) -> Option<Vec<u8>> {
        for (place, label) in &self.jumps {
            let target = (*self.labels.get(label.0)?)?;
            // From behind the jump.
            let distance = i64::try_from(target).ok()? - i64::try_from(*place).ok()? - 1;
            self.instructions.get_mut(*place)?.offset = i16::try_from(distance).ok()?;
        }
        Some(self.instructions.iter().flat_map(Instruction::bytes).collect())
    }

    fn push(&mut self, code: u8, to: Register, from: Register, offset: i16, immediate: i32) {
        self.instructions.push(Instruction {
            code,
            to,
            from,
            offset,
            immediate,
        });
    }
}

impl Instruction {
    fn bytes(&self) -> [u8; 8] {
        // Two bit fields of four bits each, the first in the lower half where bytes are in little-endian order.
        let registers = match cfg!(target_endian = "big") {
            true => self.to.0 << 4 | self.from.0,
            false => self.from.0 << 4 | self.to.0,
        };
        let [o0, o1] = self.offset.to_ne_bytes();
        let [i0, i1, i2, i3] = self.immediate.to_ne_bytes();
        [self.code, registers, o0, o1, i0, i1, i2, i3]
    }
}

/// The bits of an instruction that tell how many bytes it moves.
const fn size_code(size: usize) -> u8 {
    match size {
        1 => 0x10,
        2 => 0x08,
        4 => 0x00,
        _ => 0x18,
    }
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;

    #[test]
    fn instructions_have_the_kernels_bytes() {
        let mut program = Assembler::default();
        program.load(8, R7, R6, 8);
        program.load(1, R1, R7, -2);
        program.store(4, STACK, -16, R1);
        program.store_value(2, STACK, -8, 7);
        program.map(R1, 0x1234);
        program.subtract(R0, R1);
        program.call(Helper::SequenceWrite);
        program.exit();
        let expected: [[u8; 8]; 9] = [
            [0x79, 0x67, 8, 0, 0, 0, 0, 0],
            [0x71, 0x71, 0xfe, 0xff, 0, 0, 0, 0],
            [0x63, 0x1a, 0xf0, 0xff, 0, 0, 0, 0],
            [0x6a, 0x0a, 0xf8, 0xff, 7, 0, 0, 0],
            [0x18, 0x11, 0, 0, 0x34, 0x12, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0],
            [0x1f, 0x10, 0, 0, 0, 0, 0, 0],
            [0x85, 0, 0, 0, 127, 0, 0, 0],
            [0x95, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert_eq!(program.finish().unwrap(), expected.concat());
    }

    #[test]
    fn jumps_lead_forth_and_back() {
        let mut program = Assembler::default();
        let (start, end) = (program.label(), program.label());
        program.set_down(start);
        program.jump_if_value(R1, Condition::NotEqual, 3, end);
        program.jump_if(R1, Condition::Less, R2, start);
        program.jump(start);
        program.set_down(end);
        program.exit();
        let bytes = program.finish().unwrap();
        assert_eq!(bytes[..8], [0x55, 0x01, 2, 0, 3, 0, 0, 0]);
        assert_eq!(bytes[8..16], [0xad, 0x21, 0xfe, 0xff, 0, 0, 0, 0]);
        assert_eq!(bytes[16..24], [0x05, 0, 0xfd, 0xff, 0, 0, 0, 0]);
    }

    #[test]
    fn a_jump_that_leads_nowhere_is_refused() {
        let mut program = Assembler::default();
        let label = program.label();
        program.jump(label);
        assert_eq!(program.finish(), None);

        let mut program = Assembler::default();
        let label = program.label();
        program.jump(label);
        for _ in 0..40_000 {
            program.exit();
        }
        program.set_down(label);
        assert_eq!(program.finish(), None);
    }
}
