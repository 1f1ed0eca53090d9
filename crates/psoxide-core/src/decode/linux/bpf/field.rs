//! Where the fields of the kernel's structures are that the programs read.

use crate::decode::linux::btf::{Member, Structure};
use crate::error::DecodeError;

/// A field of a structure of the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) offset: i16,
    pub(super) size: usize,
}

/// The error that names what a kernel does not have.
pub(super) const fn lacks(what: &'static str) -> DecodeError {
    DecodeError::new("btf", 0, what)
}

/// The structure that a member points to.
pub(super) fn pointee<'a>(
    structure: &Structure<'a>,
    name: &'static str,
) -> Result<Structure<'a>, DecodeError> {
    let member = structure.member(name).and_then(|member| member.pointee());
    member.ok_or(lacks(name))
}

pub(super) fn field(structure: &Structure<'_>, name: &'static str) -> Result<Field, DecodeError> {
    place_of(structure.member(name), name)
}

/// Where a member is, and its size; that of a pointer is the kernel's.
pub(super) fn place_of(member: Option<Member<'_>>, name: &'static str) -> Result<Field, DecodeError> {
    let member = member.ok_or(lacks(name))?;
    let size = match member.is_pointer() {
        true => Some(8),
        false => member.size().and_then(|size| usize::try_from(size).ok()),
    };
    let offset = member.offset().and_then(|offset| i16::try_from(offset).ok());
    match (offset, size) {
        (Some(offset), Some(size)) => Ok(Field { offset, size }),
        _ => Err(lacks(name)),
    }
}
