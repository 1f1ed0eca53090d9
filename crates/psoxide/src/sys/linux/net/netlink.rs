//! A conversation with the kernel over netlink: a request for a dump, and the reading of its answer. What is asked and
//! what the entries mean is decoded by `psoxide-core`.

use std::time::Duration;

use psoxide_core::DecodeError;
use psoxide_core::decode::linux::netlink::{Meaning, messages};
use rustix::buffer::spare_capacity;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with,
};

use crate::error::{Error, Result};
use crate::sys::linux::error::system_error;

/// Room for one part of an answer; the kernel writes at most 32 KiB at once unless a single entry is larger.
const PART: usize = 32 << 10;
/// A single entry (of an interface with very many virtual functions) is not larger than this.
const LARGEST: usize = 16 << 20;
/// How often an answer is asked again that was disturbed by a change.
const ATTEMPTS: u32 = 32;
/// The kernel answers at once, while it is asked; a sandbox that swallows the question must not hang the caller.
const PATIENCE: Duration = Duration::from_secs(2);

/// A netlink socket.
#[derive(Debug)]
pub(super) struct Netlink {
    socket: OwnedFd,
    what: &'static str,
    sequence: u32,
    buffer: Vec<u8>,
}

/// What can go wrong in a conversation.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(Errno),
    Misread(DecodeError),
}

impl Netlink {
    /// Opens a socket of the protocol; `what` names it in errors.
    pub(super) fn open(protocol: Option<Protocol>, what: &'static str) -> Result<Netlink> {
        let failed = |errno| system_error(errno, what);
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC,
            protocol,
        )
        .map_err(failed)?;
        set_socket_timeout(&socket, Timeout::Recv, Some(PATIENCE)).map_err(failed)?;
        Ok(Netlink {
            socket,
            what,
            sequence: 0,
            buffer: Vec::with_capacity(PART),
        })
    }

    /// The socket itself, over which interfaces can be asked by `ioctl` too.
    pub(super) fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// All entries of the kind that a dump gives. `request` makes the question from its number; what `decode` answers
    /// `None` for is left out.
    pub(super) fn dump<T>(
        &mut self,
        kind: u16,
        request: impl Fn(u32) -> Vec<u8>,
        decode: impl Fn(&[u8]) -> std::result::Result<Option<T>, DecodeError>,
    ) -> Result<Vec<T>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            self.sequence = self.sequence.wrapping_add(1);
            match self.attempt(kind, &request, &decode) {
                // The table changed meanwhile, or parts of the answer were lost.
                Err(Failure::Refused(Errno::INTR | Errno::NOBUFS)) if attempt < ATTEMPTS => {}
                Err(Failure::Refused(Errno::MSGSIZE)) if self.buffer.capacity() < LARGEST => {
                    let larger = self.buffer.capacity() * 4;
                    self.buffer = Vec::with_capacity(larger);
                }
                Err(Failure::Refused(errno)) => return Err(system_error(errno, self.what)),
                Err(Failure::Misread(error)) => return Err(Error::decode(self.what, error)),
                Ok(entries) => return Ok(entries),
            }
        }
    }

    fn attempt<T>(
        &mut self,
        kind: u16,
        request: impl Fn(u32) -> Vec<u8>,
        decode: impl Fn(&[u8]) -> std::result::Result<Option<T>, DecodeError>,
    ) -> std::result::Result<Vec<T>, Failure> {
        send(&self.socket, &request(self.sequence), SendFlags::empty()).map_err(Failure::Refused)?;
        let mut entries = Vec::new();
        let mut disturbed = false;
        loop {
            self.buffer.clear();
            let room = spare_capacity(&mut self.buffer);
            // A part that does not fit is cut; its whole length is told.
            let (_, length) = match recv(&self.socket, room, RecvFlags::TRUNC) {
                Err(Errno::INTR) => continue,
                // Nothing came in time.
                Err(Errno::AGAIN) => return Err(Failure::Refused(Errno::TIMEDOUT)),
                answer => answer.map_err(Failure::Refused)?,
            };
            let part = self
                .buffer
                .get(..length)
                .ok_or(Failure::Refused(Errno::MSGSIZE))?;
            for message in messages(part) {
                let message = message.map_err(Failure::Misread)?;
                // What is left of an answer that was given up.
                if message.sequence != self.sequence {
                    continue;
                }
                disturbed |= message.interrupted;
                match message.meaning().map_err(Failure::Misread)? {
                    Meaning::Entry if message.kind == kind => {
                        entries.extend(decode(message.body).map_err(Failure::Misread)?);
                    }
                    Meaning::Entry => {}
                    Meaning::Done if disturbed => return Err(Failure::Refused(Errno::INTR)),
                    Meaning::Done => return Ok(entries),
                    Meaning::Refused(number) => {
                        return Err(Failure::Refused(Errno::from_raw_os_error(number)));
                    }
                    Meaning::Lost => return Err(Failure::Refused(Errno::NOBUFS)),
                }
            }
        }
    }
}
