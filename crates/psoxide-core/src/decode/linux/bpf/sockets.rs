//! The program that the kernel runs on every open file of every process, and that writes down who holds which socket.
//!
//! A record of 16 bytes is a descriptor: the numbers of process and descriptor in 4 bytes each, that of the socket in 8.

use super::field::{field, lacks, pointee};
use super::instruction::{Assembler, Condition, Helper, R0, R1, R2, R3, R6, R7, R8, STACK};
use crate::decode::bytes::Layout;
use crate::decode::linux::btf::Btf;
use crate::error::DecodeError;

/// The type of the file system that all sockets are in: `SOCKFS_MAGIC` of the kernel's include/uapi/linux/magic.h.
const SOCKETS: i32 = 0x534f_434b;
const SIZE: usize = 16;

/// A descriptor of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// Its descriptor.
    pub fd: i32,
    /// The socket.
    pub inode: u64,
}

impl Holder {
    /// What the program wrote, in the kernel's order: ascending by process, then by descriptor.
    pub fn all(bytes: &[u8]) -> Result<Vec<Holder>, DecodeError> {
        let (records, rest) = bytes.as_chunks::<SIZE>();
        if !rest.is_empty() {
            return Err(DecodeError::new("sockets", bytes.len(), "whole records"));
        }
        let holder = |record: &[u8; SIZE]| {
            let record = Layout::new("sockets", record, SIZE)?;
            Ok(Holder {
                pid: record.u32(0)?,
                fd: record.i32(4)?,
                inode: record.u64(8)?,
            })
        };
        records.iter().map(holder).collect()
    }
}

/// The instructions of the program, for the kernel whose types these are. An error names what the kernel does not have.
pub fn sockets_program(btf: &Btf<'_>) -> Result<Vec<u8>, DecodeError> {
    const RECORD: i16 = -(SIZE as i16);
    let task = btf
        .structure("task_struct")
        .ok_or(lacks("the structure task_struct"))?;
    let file = btf.structure("file").ok_or(lacks("the structure file"))?;
    let inode = pointee(&file, "f_inode")?;
    let file_system = pointee(&inode, "i_sb")?;
    let mut program = Assembler::default();
    let skip = program.label();
    // The argument: what is written to, the task, the descriptor, the file.
    program.copy(R6, R1);
    program.load(8, R7, R6, 8);
    program.jump_if_value(R7, Condition::Equal, 0, skip);
    program.load(8, R8, R6, 24);
    program.jump_if_value(R8, Condition::Equal, 0, skip);
    program.load(8, R8, R8, field(&file, "f_inode")?.offset);
    program.load(8, R1, R8, field(&inode, "i_sb")?.offset);
    program.load(8, R1, R1, field(&file_system, "s_magic")?.offset);
    program.jump_if_value(R1, Condition::NotEqual, SOCKETS, skip);
    // Threads that share their descriptors with the process are not visited; those of the others are not in its `fd`.
    program.load(4, R1, R7, field(&task, "pid")?.offset);
    program.load(4, R2, R7, field(&task, "tgid")?.offset);
    program.jump_if(R1, Condition::NotEqual, R2, skip);
    program.store(4, STACK, RECORD, R1);
    program.load(4, R1, R6, 16);
    program.store(4, STACK, RECORD + 4, R1);
    program.load(8, R1, R8, field(&inode, "i_ino")?.offset);
    program.store(8, STACK, RECORD + 8, R1);
    program.load(8, R1, R6, 0);
    program.load(8, R1, R1, 0);
    program.copy(R2, STACK);
    program.add_value(R2, i32::from(RECORD));
    program.set(R3, SIZE as i32);
    program.call(Helper::SequenceWrite);
    program.set_down(skip);
    program.set(R0, 0);
    program.exit();
    program.finish().ok_or(lacks("a program that fits"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[cfg(target_endian = "little")]
    #[test]
    fn descriptors_of_three_processes() {
        let bytes = include_bytes!("../../../../../../testdata/linux/bpf-sockets-6.18/sockets.records");
        let holders = Holder::all(bytes).unwrap();
        let holder = |pid, fd, inode| Holder { pid, fd, inode };
        assert_eq!(
            holders,
            [
                holder(1, 5, 4711),
                holder(812, 3, 1 << 33),
                holder(4_000_000, 1023, 4711)
            ]
        );
        assert!(Holder::all(&bytes[..47]).is_err());
    }

    #[test]
    fn a_kernel_that_lacks_a_type_is_told_so() {
        let types = include_bytes!("../../../../../../testdata/linux/bpf-6.18/kernel.btf");
        let error = sockets_program(&Btf::parse(types).unwrap()).unwrap_err();
        assert!(error.to_string().contains("file"), "{error}");
    }
}
