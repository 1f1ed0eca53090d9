//! Whom a process runs as.

mod ffi;

use std::collections::HashMap;

use psoxide_core::Text;

use self::ffi::Sid;
use super::control::asking;
use super::reader::{Reader, identity};
use crate::error::Result;
use crate::sys::windows::error::{process_error, system_error};

/// The names that were found in one reading of all processes: finding one may take another machine.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<Sid, Result<Text>>);

pub(crate) fn username(reader: &Reader) -> Result<Text> {
    username_among(reader, &mut Names::default())
}

/// The same with the names that were found before.
pub(super) fn username_among(reader: &Reader, names: &mut Names) -> Result<Text> {
    reader.once(&reader.username, || {
        let sid = match reader.is_kernel() {
            // They have no token that anybody may look at.
            true => identity(reader)
                .and_then(|_| Sid::system().map_err(|error| system_error(error, "CreateWellKnownSid")))?,
            false => {
                let process = asking(reader)?;
                Sid::of(process).map_err(|error| process_error(error, reader.pid(), "OpenProcessToken"))?
            }
        };
        match names.0.entry(sid).or_insert_with(|| name(&sid)) {
            Ok(name) => Ok(name.clone()),
            Err(error) => Err(error.again().of(reader.pid())),
        }
    })
}

fn name(sid: &Sid) -> Result<Text> {
    let (domain, name) = sid
        .account()
        .map_err(|error| system_error(error, "LookupAccountSidW"))?;
    Ok(Text::from_utf16(
        domain.into_iter().chain([u16::from(b'\\')]).chain(name),
    ))
}
