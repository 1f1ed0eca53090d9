//! Netlink: the messages and attributes in which the kernel answers questions about sockets and interfaces, and the
//! request for a dump. What the messages hold is decoded by [`sock_diag`](super::sock_diag) and
//! [`rtnetlink`](super::rtnetlink).

use crate::decode::bytes::Layout;
use crate::error::DecodeError;

/// The header before each message: length, type, flags, sequence number, port.
const HEADER: usize = 16;
/// The header before each attribute: length, type.
const ATTRIBUTE_HEADER: usize = 4;
/// Messages and attributes start at multiples of this.
const ALIGNMENT: usize = 4;

/// Types of messages that every family has.
const ERROR: u16 = 2;
const DONE: u16 = 3;
const OVERRUN: u16 = 4;

/// `NLM_F_REQUEST | NLM_F_DUMP`.
const DUMP: u16 = 0x301;
/// `NLM_F_DUMP_INTR`: what is dumped changed meanwhile, so entries may be missing or double.
const INTERRUPTED: u16 = 0x10;

/// One message of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is, in the words of its family.
    pub kind: u16,
    /// The number of the request that it answers.
    pub sequence: u32,
    /// Whether what is dumped changed during the dump, so that it has to be asked again.
    pub interrupted: bool,
    /// What follows the header.
    pub body: &'a [u8],
}

/// What a message means for the reading of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It has an entry of the answer.
    Entry,
    /// The answer is complete.
    Done,
    /// The kernel refuses, with this error number.
    Refused(i32),
    /// Entries were lost, because the receiver is too slow or its buffer too small.
    Lost,
}

impl Message<'_> {
    /// What it means for the reading of the answer.
    pub fn meaning(&self) -> Result<Meaning, DecodeError> {
        let error = || Layout::new("nlmsgerr", self.body, 4)?.i32(0);
        Ok(match self.kind {
            ERROR => Meaning::Refused(error()?.saturating_neg()),
            // A dump that fails half way ends with an error number; older kernels end it without a number.
            DONE if self.body.len() >= 4 && error()? < 0 => Meaning::Refused(error()?.saturating_neg()),
            DONE => Meaning::Done,
            OVERRUN => Meaning::Lost,
            _ => Meaning::Entry,
        })
    }
}

/// The messages in what was received at once.
pub fn messages(bytes: &[u8]) -> impl Iterator<Item = Result<Message<'_>, DecodeError>> {
    let mut offset = 0;
    core::iter::from_fn(move || {
        let rest = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
        let message = message(rest, offset);
        offset = match &message {
            Ok((_, length)) => offset.saturating_add(length.next_multiple_of(ALIGNMENT)),
            Err(_) => bytes.len(),
        };
        Some(message.map(|(message, _)| message))
    })
}

fn message(bytes: &[u8], offset: usize) -> Result<(Message<'_>, usize), DecodeError> {
    let cut = DecodeError::new("nlmsghdr", offset, "a whole message");
    let header = Layout::new("nlmsghdr", bytes, HEADER)?;
    let length = header.u32(0)? as usize;
    let message = Message {
        kind: header.u16(4)?,
        sequence: header.u32(8)?,
        interrupted: header.u16(6)? & INTERRUPTED != 0,
        body: bytes.get(HEADER..length).ok_or(cut)?,
    };
    Ok((message, length))
}

/// The attributes in a part of a message: type without its flags, and payload.
pub fn attributes(bytes: &[u8]) -> impl Iterator<Item = Result<(u16, &[u8]), DecodeError>> {
    let mut offset = 0;
    core::iter::from_fn(move || {
        let rest = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
        let attribute = attribute(rest, offset);
        offset = match &attribute {
            Ok((_, length)) => offset.saturating_add(length.next_multiple_of(ALIGNMENT)),
            Err(_) => bytes.len(),
        };
        Some(attribute.map(|(attribute, _)| attribute))
    })
}

fn attribute(bytes: &[u8], offset: usize) -> Result<((u16, &[u8]), usize), DecodeError> {
    let cut = DecodeError::new("nlattr", offset, "a whole attribute");
    let header = Layout::new("nlattr", bytes, ATTRIBUTE_HEADER)?;
    let length = usize::from(header.u16(0)?);
    // The two highest bits say that it is nested or in network byte order.
    let kind = header.u16(2)? & 0x3fff;
    let payload = bytes.get(ATTRIBUTE_HEADER..length).ok_or(cut)?;
    Ok(((kind, payload), length))
}

/// The request for a dump of all entries of a kind.
pub fn dump_request(kind: u16, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut request = Vec::with_capacity(HEADER + body.len());
    request.extend(length.to_ne_bytes());
    request.extend(kind.to_ne_bytes());
    request.extend(DUMP.to_ne_bytes());
    request.extend(sequence.to_ne_bytes());
    // Port 0: the kernel fills in the socket's own.
    request.extend([0; 4]);
    request.extend(body);
    request
}

/// A message with attributes as the kernel writes it; for the tests of the families.
#[cfg(test)]
pub(super) fn written(kind: u16, flags: u16, fixed: &[u8], attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = fixed.to_vec();
    for (kind, payload) in attributes {
        let length = u16::try_from(ATTRIBUTE_HEADER + payload.len()).unwrap_or(u16::MAX);
        body.extend(length.to_ne_bytes());
        body.extend(kind.to_ne_bytes());
        body.extend(*payload);
        body.resize(body.len().next_multiple_of(ALIGNMENT), 0);
    }
    let mut message = dump_request(kind, 1, &body);
    if let Some(place) = message.get_mut(6..8) {
        place.copy_from_slice(&flags.to_ne_bytes());
    }
    message
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

    #[test]
    fn messages_follow_each_other_aligned() {
        let mut bytes = dump_request(20, 7, b"12345");
        bytes.extend([0; 3]);
        bytes.extend(dump_request(3, 7, &0i32.to_ne_bytes()));
        let found: Vec<Message<'_>> = messages(&bytes).map(Result::unwrap).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].kind, found[0].sequence, found[0].body),
            (20, 7, &b"12345"[..])
        );
        assert_eq!(found[0].meaning(), Ok(Meaning::Entry));
        assert_eq!(found[1].meaning(), Ok(Meaning::Done));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn an_answer_as_captured() {
        let answer = include_bytes!("../../../../../testdata/linux/netlink-6.18/tcp.netlink");
        let found: Vec<Message<'_>> = messages(answer).map(Result::unwrap).collect();
        let kinds: Vec<u16> = found.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [20, 20, 20, 20, 3]);
        assert!(
            found
                .iter()
                .all(|message| message.sequence == 1 && !message.interrupted)
        );
        assert_eq!(found[4].meaning(), Ok(Meaning::Done));
        for entry in &found[..4] {
            let attributes: Result<Vec<_>, _> = attributes(&entry.body[72..]).collect();
            assert!(!attributes.unwrap().is_empty());
        }
        let refusal = include_bytes!("../../../../../testdata/linux/netlink-6.18/refused.netlink");
        let refusal = messages(refusal).next().unwrap().unwrap();
        assert_eq!(refusal.meaning(), Ok(Meaning::Refused(22)));
    }

    #[test]
    fn ends_and_errors() {
        let one = |bytes: &[u8]| messages(bytes).next().unwrap().unwrap().meaning();
        assert_eq!(
            one(&written(2, 0, &(-2i32).to_ne_bytes(), &[])),
            Ok(Meaning::Refused(2))
        );
        assert_eq!(
            one(&written(2, 0, &i32::MIN.to_ne_bytes(), &[])),
            Ok(Meaning::Refused(i32::MAX))
        );
        assert_eq!(
            one(&written(3, 0, &(-1i32).to_ne_bytes(), &[])),
            Ok(Meaning::Refused(1))
        );
        assert_eq!(one(&written(3, 0, b"", &[])), Ok(Meaning::Done));
        assert_eq!(one(&written(4, 0, b"", &[])), Ok(Meaning::Lost));
        assert!(one(&written(2, 0, b"", &[])).is_err());
        assert!(
            messages(&written(20, 0x12, b"", &[]))
                .next()
                .unwrap()
                .unwrap()
                .interrupted
        );
    }

    #[test]
    fn lengths_that_lie_end_the_walk() {
        for length in [0u32, 15, 17, u32::MAX] {
            let mut bytes = dump_request(20, 1, b"");
            bytes[..4].copy_from_slice(&length.to_ne_bytes());
            let found: Vec<_> = messages(&bytes).collect();
            assert_eq!(found.len(), 1);
            assert!(found[0].is_err());
        }
        assert!(messages(&[0; 3]).next().unwrap().is_err());
        for length in [0u16, 3, 5, u16::MAX] {
            let bytes = [length.to_ne_bytes(), [1, 0]].concat();
            let found: Vec<_> = attributes(&bytes).collect();
            assert_eq!(found.len(), 1);
            assert!(found[0].is_err());
        }
        assert!(attributes(b"").next().is_none());
    }
}
