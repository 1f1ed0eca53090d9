//! `/sys/kernel/btf/vmlinux`: the types of the running kernel, so that what lies in its memory can be read without
//! knowing its version. Only what is asked for is decoded: members of structures, enumerators, functions, variables.
//!
//! Layout: the kernel's Documentation/bpf/btf.rst and include/uapi/linux/btf.h. A type is known by its number, which is
//! its place among the types; they refer to each other by it, forwards as well as backwards, and hostile ones in circles.

use crate::decode::bytes::Layout;
use crate::error::DecodeError;

/// Types that lead to others (typedefs, qualifiers) or into others (arrays, anonymous members) are followed this far.
const DEPTH: usize = 32;
/// Members that one search looks at, so that structures that hold themselves many times cost no more than others.
const MEMBERS: usize = 1 << 16;
/// A type's first three words, which all kinds have: name, kind, size or type.
const TYPE: usize = 12;

const INT: u32 = 1;
const PTR: u32 = 2;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const FWD: u32 = 7;
const TYPEDEF: u32 = 8;
const VOLATILE: u32 = 9;
const CONST: u32 = 10;
const RESTRICT: u32 = 11;
const FUNC: u32 = 12;
const FUNC_PROTO: u32 = 13;
const VAR: u32 = 14;
const DATASEC: u32 = 15;
const FLOAT: u32 = 16;
const DECL_TAG: u32 = 17;
const TYPE_TAG: u32 = 18;
const ENUM64: u32 = 19;

const fn expected(offset: usize, what: &'static str) -> DecodeError {
    DecodeError::new("btf", offset, what)
}

/// The types of a kernel.
#[derive(Debug)]
pub struct Btf<'a> {
    big_endian: bool,
    types: Layout<'a>,
    strings: &'a [u8],
    /// Where each type begins, by its number; 0 is `void`, which has no place of its own.
    places: Vec<u32>,
    /// The numbers of those that have members.
    structures: Vec<u32>,
    /// The numbers of those that are functions.
    functions: Vec<u32>,
}

/// A structure or union of a kernel.
#[derive(Debug, Clone, Copy)]
pub struct Structure<'a> {
    btf: &'a Btf<'a>,
    number: u32,
}

/// A member of a structure, or an element of an array.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    btf: &'a Btf<'a>,
    /// From the start of the structure that was asked.
    bit: u64,
    /// The bits of a bit field; 0 for all else.
    bits: u32,
    type_number: u32,
}

/// The words that all kinds of types have.
#[derive(Debug, Clone, Copy)]
struct Type {
    name: u32,
    /// How many members, enumerators, parameters or variables follow.
    length: u32,
    kind: u32,
    /// Whether the offsets of the members hold the sizes of bit fields, too.
    has_bit_fields: bool,
    size_or_type: u32,
    place: usize,
}

impl<'a> Btf<'a> {
    /// Finds the places of all types. Those from the first of an unknown kind on, whose length is not known either, are
    /// not seen; newer compilers may write such.
    pub fn parse(bytes: &'a [u8]) -> Result<Btf<'a>, DecodeError> {
        let header = Layout::new("btf", bytes, 24)?;
        let big_endian = match header.array(0)? {
            [0x9f, 0xeb] => false,
            [0xeb, 0x9f] => true,
            _ => return Err(expected(0, "the number 0xeb9f")),
        };
        if header.u8(2)? != 1 {
            return Err(expected(2, "version 1"));
        }
        let word = |offset| read(&header, big_endian, offset).map(|word| word as usize);
        let length = word(4)?;
        let section = |offset: usize, size: usize, place| {
            length
                .checked_add(offset)
                .and_then(|start| Some(start..start.checked_add(size)?))
                .and_then(|range| bytes.get(range))
                .ok_or(expected(place, "a section inside of the file"))
        };
        let types = section(word(8)?, word(12)?, 8)?;
        let strings = section(word(16)?, word(20)?, 16)?;
        let mut btf = Btf {
            big_endian,
            types: Layout::new("btf", types, 0)?,
            strings,
            places: vec![0],
            structures: Vec::new(),
            functions: Vec::new(),
        };
        let mut place = 0;
        while let Ok(found) = btf.type_at(place) {
            let Some(size) = found.size() else { break };
            match found.kind {
                STRUCT | UNION => btf.structures.extend(u32::try_from(btf.places.len())),
                FUNC => btf.functions.extend(u32::try_from(btf.places.len())),
                _ => {}
            }
            btf.places.extend(u32::try_from(place));
            place = place.saturating_add(size);
        }
        Ok(btf)
    }

    /// The one structure of this name; `None` if there is none, or several, of which nobody knows which is meant.
    pub fn structure(&'a self, name: &str) -> Option<Structure<'a>> {
        let mut found = self.structures.iter().filter(|number| {
            self.get(**number)
                .is_some_and(|structure| self.has_name(structure.name, name))
        });
        let number = *found.next()?;
        found.next().is_none().then_some(Structure { btf: self, number })
    }

    /// The number of the function of this name.
    pub fn function(&self, name: &str) -> Option<u32> {
        let mut functions = self.functions.iter().copied();
        functions.find(|number| {
            self.get(*number)
                .is_some_and(|function| self.has_name(function.name, name))
        })
    }

    /// The number of the variable of this name. A kernel tells of few but those that each CPU has its own of.
    pub fn variable(&self, name: &str) -> Option<u32> {
        self.kinds()
            .find(|(_, found)| found.kind == VAR && self.has_name(found.name, name))
            .map(|(number, _)| number)
    }

    /// The value of the enumerator of this name, of whichever enumeration.
    pub fn enumerator(&self, name: &str) -> Option<u64> {
        self.kinds()
            .filter(|(_, found)| matches!(found.kind, ENUM | ENUM64))
            .find_map(|(_, found)| {
                let words = if found.kind == ENUM { 2 } else { 3 };
                (0..found.length as usize).find_map(|index| {
                    let place = found.item(index, words)?;
                    if !self.has_name(self.word(place)?, name) {
                        return None;
                    }
                    let low = u64::from(self.word(place + 4)?);
                    match found.kind {
                        ENUM64 => Some(low | u64::from(self.word(place + 8)?) << 32),
                        _ => Some(low),
                    }
                })
            })
    }

    /// All types with their numbers.
    fn kinds(&self) -> impl Iterator<Item = (u32, Type)> {
        let places = self.places.iter().zip(0..).skip(1);
        places.filter_map(|(place, number)| Some((number, self.type_at(*place as usize).ok()?)))
    }

    fn get(&self, number: u32) -> Option<Type> {
        let place = self.places.get(number as usize).filter(|_| number != 0)?;
        self.type_at(*place as usize).ok()
    }

    /// The type of a number, behind the names and qualifiers that it may have.
    fn resolve(&self, mut number: u32) -> Option<(u32, Type)> {
        for _ in 0..DEPTH {
            let found = self.get(number)?;
            match found.kind {
                TYPEDEF | VOLATILE | CONST | RESTRICT | TYPE_TAG => number = found.size_or_type,
                _ => return Some((number, found)),
            }
        }
        None
    }

    /// Bytes of a value of the type; `None` for what has no size, and for pointers, whose size is the kernel's.
    fn size_of(&self, number: u32) -> Option<u64> {
        let mut count: u64 = 1;
        let mut number = number;
        for _ in 0..DEPTH {
            let (_, found) = self.resolve(number)?;
            match found.kind {
                INT | STRUCT | UNION | ENUM | ENUM64 | FLOAT => {
                    return count.checked_mul(u64::from(found.size_or_type));
                }
                ARRAY => {
                    let (element, length) = self.array(&found)?;
                    count = count.checked_mul(u64::from(length))?;
                    number = element;
                }
                _ => return None,
            }
        }
        None
    }

    /// The type of the elements, and how many there are.
    fn array(&self, found: &Type) -> Option<(u32, u32)> {
        let place = found.item(0, 3)?;
        Some((self.word(place)?, self.word(place + 8)?))
    }

    fn type_at(&self, place: usize) -> Result<Type, DecodeError> {
        // At once: there are more than a hundred thousand.
        let bytes: [u8; TYPE] = self.types.array(place)?;
        let ([name, info, size_or_type], _) = bytes.as_chunks() else {
            return Err(expected(place, "a type"));
        };
        let [name, info, size_or_type] =
            [name, info, size_or_type].map(|word| number(*word, self.big_endian));
        Ok(Type {
            name,
            length: info & 0xffff,
            kind: info >> 24 & 0x1f,
            has_bit_fields: info >> 31 == 1,
            size_or_type,
            place,
        })
    }

    fn word(&self, place: usize) -> Option<u32> {
        read(&self.types, self.big_endian, place).ok()
    }

    fn has_name(&self, name: u32, wanted: &str) -> bool {
        let rest = self.strings.get(name as usize..).unwrap_or_default();
        // Nearly all are of another length, which is told by one byte.
        rest.get(wanted.len()) == Some(&0) && rest.starts_with(wanted.as_bytes())
    }
}

impl Type {
    /// Bytes of the description; `None` if the kind is not known.
    fn size(&self) -> Option<usize> {
        let length = self.length as usize;
        let further = match self.kind {
            INT | VAR | DECL_TAG => 4,
            ARRAY => 12,
            STRUCT | UNION | DATASEC | ENUM64 => length * 12,
            ENUM | FUNC_PROTO => length * 8,
            PTR | FWD | TYPEDEF | VOLATILE | CONST | RESTRICT | FUNC | FLOAT | TYPE_TAG => 0,
            _ => return None,
        };
        Some(TYPE + further)
    }

    /// Where the item of a list of `words` words each stands that follows the type.
    fn item(&self, index: usize, words: usize) -> Option<usize> {
        index
            .checked_mul(words * 4)?
            .checked_add(self.place.checked_add(TYPE)?)
    }
}

impl<'a> Structure<'a> {
    /// The member of this name, also where it stands in an anonymous structure or union inside of this one.
    pub fn member(&self, name: &str) -> Option<Member<'a>> {
        let mut left = MEMBERS;
        self.search(name, 0, DEPTH, &mut left)
    }

    /// Its number among the types.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its size in bytes.
    pub fn size(&self) -> Option<u64> {
        self.btf.size_of(self.number)
    }

    fn search(&self, name: &str, start: u64, depth: usize, left: &mut usize) -> Option<Member<'a>> {
        let (btf, structure) = (self.btf, self.btf.get(self.number)?);
        for index in 0..structure.length as usize {
            *left = left.checked_sub(1)?;
            let place = structure.item(index, 3)?;
            let (type_number, offset) = (btf.word(place + 4)?, btf.word(place + 8)?);
            let (bit, bits) = match structure.has_bit_fields {
                true => (offset & 0xff_ffff, offset >> 24),
                false => (offset, 0),
            };
            let member = Member {
                btf,
                bit: start + u64::from(bit),
                bits,
                type_number,
            };
            let name_offset = btf.word(place)?;
            if name_offset != 0 {
                if btf.has_name(name_offset, name) {
                    return Some(member);
                }
            } else if depth > 0
                && let Some(inside) = member.structure()
                && let Some(found) = inside.search(name, member.bit, depth - 1, left)
            {
                return Some(found);
            }
        }
        None
    }
}

impl<'a> Member<'a> {
    /// Bytes from the start of the structure; `None` for a bit field.
    pub fn offset(&self) -> Option<u32> {
        if self.bits != 0 || !self.bit.is_multiple_of(8) {
            return None;
        }
        u32::try_from(self.bit / 8).ok()
    }

    /// Its size in bytes; `None` for a bit field and for a pointer.
    pub fn size(&self) -> Option<u64> {
        self.btf.size_of(self.type_number).filter(|_| self.bits == 0)
    }

    /// Bits from the start of the structure, and how many; 0 for what is no bit field.
    pub fn bits(&self) -> (u64, u32) {
        (self.bit, self.bits)
    }

    /// The structure that it is.
    pub fn structure(&self) -> Option<Structure<'a>> {
        self.btf.structure_of(self.type_number)
    }

    /// Whether it is a pointer, to whatever.
    pub fn is_pointer(&self) -> bool {
        let found = self.btf.resolve(self.type_number);
        found.is_some_and(|(_, found)| found.kind == PTR)
    }

    /// The structure that it points to.
    pub fn pointee(&self) -> Option<Structure<'a>> {
        let (_, found) = self.btf.resolve(self.type_number)?;
        match found.kind {
            PTR => self.btf.structure_of(found.size_or_type),
            _ => None,
        }
    }

    /// A member of the structure that it is, from the start of the outer one.
    pub fn member(&self, name: &str) -> Option<Member<'a>> {
        let inside = self.structure()?.member(name)?;
        Some(Member {
            bit: self.bit.checked_add(inside.bit)?,
            ..inside
        })
    }

    /// The element of the array that it is, at `index`.
    pub fn element(&self, index: u32) -> Option<Member<'a>> {
        let (_, found) = self.btf.resolve(self.type_number)?;
        if found.kind != ARRAY {
            return None;
        }
        let (element, length) = self.btf.array(&found)?;
        if index >= length {
            return None;
        }
        let offset = u64::from(index)
            .checked_mul(self.btf.size_of(element)?)?
            .checked_mul(8)?;
        Some(Member {
            btf: self.btf,
            bit: self.bit.checked_add(offset)?,
            bits: 0,
            type_number: element,
        })
    }
}

impl<'a> Btf<'a> {
    fn structure_of(&'a self, number: u32) -> Option<Structure<'a>> {
        let (number, found) = self.resolve(number)?;
        matches!(found.kind, STRUCT | UNION).then_some(Structure { btf: self, number })
    }
}

fn read(layout: &Layout<'_>, big_endian: bool, offset: usize) -> Result<u32, DecodeError> {
    Ok(number(layout.array(offset)?, big_endian))
}

fn number(bytes: [u8; 4], big_endian: bool) -> u32 {
    match big_endian {
        true => u32::from_be_bytes(bytes),
        false => u32::from_le_bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;

    const LITTLE: &[u8] = include_bytes!("../../../../../testdata/linux/btf/little-endian.btf");
    const BIG: &[u8] = include_bytes!("../../../../../testdata/linux/btf/big-endian.btf");
    const HOSTILE: &[u8] = include_bytes!("../../../../../testdata/linux/btf/hostile.btf");

    #[test]
    fn members_are_found_wherever_they_stand() {
        for bytes in [LITTLE, BIG] {
            let btf = Btf::parse(bytes).unwrap();
            let task = btf.structure("task_struct").unwrap();
            let offset = |name| task.member(name).map(|member| (member.offset(), member.size()));
            assert_eq!(task.size(), Some(128));
            assert_eq!(offset("pid"), Some((Some(0), Some(8))));
            assert_eq!(offset("tgid_high"), Some((Some(4), Some(4))));
            assert_eq!(offset("comm"), Some((Some(24), Some(16))));
            assert_eq!(offset("__state"), Some((Some(40), Some(8))));
            assert_eq!(offset("flag"), Some((None, None)));
            assert_eq!(task.member("flag").unwrap().bits(), (65, 1));
            assert_eq!(offset("state"), None);
        }
    }

    #[test]
    fn pointers_arrays_and_nested_structures_lead_on() {
        for bytes in [LITTLE, BIG] {
            let btf = Btf::parse(bytes).unwrap();
            let pointer = btf.structure("task_struct").unwrap().member("signal").unwrap();
            assert!(pointer.is_pointer() && pointer.structure().is_none());
            assert_eq!((pointer.offset(), pointer.size()), (Some(16), None));
            let signal = pointer.pointee().unwrap();
            assert_eq!(signal.member("utime").unwrap().offset(), Some(16));
            let head = signal.member("thread_head").unwrap();
            assert_eq!(head.member("prev").unwrap().offset(), Some(8));
            assert!(head.member("prev").unwrap().pointee().is_some());
            let counters = signal.member("rss_stat").unwrap();
            let third = counters.element(3).unwrap();
            assert_eq!(third.offset(), Some(72));
            assert_eq!(third.member("counters").unwrap().offset(), Some(80));
            assert!(third.member("counters").unwrap().pointee().is_none());
            assert!(counters.element(4).is_none() && third.element(0).is_none());
        }
    }

    #[test]
    fn enumerators_functions_and_variables_are_found() {
        for bytes in [LITTLE, BIG] {
            let btf = Btf::parse(bytes).unwrap();
            assert_eq!(btf.enumerator("MM_ANONPAGES"), Some(1));
            assert_eq!(btf.enumerator("MM_NEGATIVE"), Some(0xffff_ffff));
            assert_eq!(btf.enumerator("WIDE"), Some(0x1_0000_0002));
            assert_eq!(btf.enumerator("MM"), None);
            assert_eq!(btf.function("bpf_iter_task"), Some(20));
            assert_eq!(btf.variable("bpf_iter_task"), None);
            assert_eq!(btf.variable("runqueues"), Some(21));
        }
    }

    #[test]
    fn two_of_one_name_are_none_and_nothing_is_seen_behind_the_unknown() {
        let btf = Btf::parse(LITTLE).unwrap();
        assert!(btf.structure("worker").is_none());
        assert!(btf.structure("unseen").is_none());
        assert!(btf.structure("unfinished").is_none());
    }

    #[test]
    fn circles_and_lengths_beyond_all_bounds_end() {
        let btf = Btf::parse(HOSTILE).unwrap();
        let nest = btf.structure("nest").unwrap();
        assert!(nest.member("absent").is_none());
        assert_eq!(nest.member("end").unwrap().offset(), Some(0));
        let arrays = btf.structure("arrays").unwrap();
        for name in ["itself", "round", "huge"] {
            let member = arrays.member(name).unwrap();
            assert_eq!(member.element(0).and_then(|element| element.offset()), None);
        }
        assert_eq!(arrays.member("itself").unwrap().size(), None);
        let far = btf.structure("far").unwrap();
        assert_eq!(
            far.member("many").unwrap().size(),
            Some(0xffff_ffff * 0xffff_ffff)
        );
        assert!(far.member("nowhere").unwrap().structure().is_none());
        assert!(btf.structure("x").unwrap().member("").is_none());
        assert_eq!(btf.enumerator("FIRST"), Some(7));
        assert_eq!(btf.enumerator("absent"), None);
    }

    #[test]
    fn what_is_cut_short_is_refused_or_told_as_far_as_it_goes() {
        for length in 0..LITTLE.len() {
            // The strings come last, so that whatever is cut off is missing from a section.
            assert!(Btf::parse(&LITTLE[..length]).is_err(), "{length} bytes");
        }
        let mut fewer = LITTLE.to_vec();
        fewer[12] = 24;
        fewer[13] = 0;
        let btf = Btf::parse(&fewer).unwrap();
        assert!(btf.structure("task_struct").is_none());
        for (place, byte) in [(0, 0), (2, 2), (6, 1), (11, 1)] {
            let mut changed = LITTLE.to_vec();
            changed[place] = byte;
            assert!(Btf::parse(&changed).is_err(), "byte {place}");
        }
    }
}
