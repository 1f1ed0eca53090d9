//! In whose name a process acts.

use psoxide_core::Text;
use psoxide_core::decode::linux::passwd;
use psoxide_core::decode::linux::status::StatusLines;
use psoxide_core::model::process::{Gids, Uids};

use crate::error::Result;
use crate::root::Root;
use crate::sys::linux::file::read_if_there;
use crate::sys::linux::process::Reader;
use crate::sys::linux::process::sources::Sources;
use crate::sys::posix::process::user_name;

pub(crate) fn uids(reader: &Reader) -> Result<Uids> {
    if let Some(told) = reader.told() {
        return Ok(told.uids());
    }
    reader
        .in_status(Sources::IDS, StatusLines::uids)?
        .map_err(|error| reader.undecoded(c"status", error))
}

pub(crate) fn gids(reader: &Reader) -> Result<Gids> {
    if let Some(told) = reader.told() {
        return Ok(told.gids());
    }
    reader
        .in_status(Sources::IDS, StatusLines::gids)?
        .map_err(|error| reader.undecoded(c"status", error))
}

pub(crate) fn username(reader: &Reader) -> Result<Text> {
    let uid = uids(reader)?.real;
    reader.user(uid, || {
        let name = if reader.root().is_local() {
            user_name(uid)?
        } else {
            listed_name(reader.root(), uid)?
        };
        Ok(name.unwrap_or_else(|| Text::from(uid.to_string())))
    })
}

/// The C library only knows the users of the running system.
fn listed_name(root: &Root, uid: u32) -> Result<Option<Text>> {
    let list = read_if_there(&root.etc().join("passwd"))?;
    Ok(list.and_then(|list| passwd::user_name(&list, uid)))
}
