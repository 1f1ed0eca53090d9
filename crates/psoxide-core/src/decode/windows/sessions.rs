//! `WTSINFOW` and `WTS_CLIENT_ADDRESS`: who is logged in at a session, since when, and from where.

use core::net::Ipv4Addr;

use crate::decode::bytes::Layout;
use crate::decode::windows::since_epoch;
use crate::error::DecodeError;
use crate::model::host::User;
use crate::text::Text;

/// Size of a `WTSINFOW`.
pub const SIZE: usize = 216;
/// Size of a `WTS_CLIENT_ADDRESS`.
const ADDRESS_SIZE: usize = 24;
/// `AF_INET`.
const INET: u32 = 2;

/// The user of a session, with the address of the client where there is one; `None` if nobody is logged in at it.
pub fn user(session: &[u8], name: Text, address: Option<&[u8]>) -> Result<Option<User>, DecodeError> {
    if name.is_empty() {
        return Ok(None);
    }
    let info = Layout::new("WTSINFOW", session, SIZE)?;
    // A session that nobody has connected to yet was begun by its login.
    let begun = [info.u64(176)?, info.u64(200)?];
    let started = begun.into_iter().find(|moment| *moment != 0);
    let started = started.ok_or(DecodeError::new("WTSINFOW", 176, "when the session began"))?;
    let host = address.map(client).transpose()?.unwrap_or_default();
    Ok(Some(User::new(
        name,
        Text::default(),
        host,
        since_epoch(started),
        None,
    )))
}

/// The client's address as text. It begins at the third byte, and is of IPv4 only; that of another family is not told.
fn client(bytes: &[u8]) -> Result<Text, DecodeError> {
    let address = Layout::new("WTS_CLIENT_ADDRESS", bytes, ADDRESS_SIZE)?;
    Ok(match address.u32(0)? {
        INET => Text::from(Ipv4Addr::from(address.array::<4>(6)?).to_string()),
        _ => Text::default(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const SESSION: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/session.bin");
    const ADDRESS: &[u8] = include_bytes!("../../../../../testdata/windows/windows-10/client_address.bin");

    #[cfg(target_endian = "little")]
    #[test]
    fn a_remote_user_comes_from_an_address() {
        let name = || Text::from("j\u{f6}rg");
        let user = user(SESSION, name(), Some(ADDRESS)).unwrap().unwrap();
        assert_eq!((user.name, user.started), (name(), 1_700_000_000.5));
        assert_eq!(user.host, Some(Text::from("192.0.2.9")));
        assert_eq!((user.terminal, user.pid), (None, None));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn who_sits_at_the_machine_comes_from_nowhere() {
        let mut session = SESSION.to_vec();
        session[176..184].fill(0);
        let told = user(&session, Text::from("a"), None).unwrap().unwrap();
        assert_eq!((told.host, told.started), (None, 1_700_000_001.0));
        let told = user(SESSION, Text::from("a"), Some(&[0; ADDRESS_SIZE])).unwrap();
        assert_eq!(told.unwrap().host, None);
        assert_eq!(user(b"", Text::default(), None), Ok(None));
        session[200..208].fill(0);
        assert!(user(&session, Text::from("a"), None).is_err());
    }

    #[test]
    fn less_than_the_structures_is_refused() {
        assert!(user(&SESSION[..SIZE - 1], Text::from("a"), None).is_err());
        assert!(user(SESSION, Text::from("a"), Some(&ADDRESS[..23])).is_err());
    }
}
