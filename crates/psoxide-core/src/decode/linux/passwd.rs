//! `/etc/passwd`: a line a user. Read where the C library cannot be asked: for another root.
//!
//! Layout: passwd(5): `name:password:uid:…`.

use crate::decode::bytes::{decimal, lines};
use crate::text::Text;

/// The name of the first user with this number.
pub fn user_name(bytes: &[u8], uid: u32) -> Option<Text> {
    lines(bytes).find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let number = fields.nth(1).and_then(decimal)?;
        (number == u64::from(uid)).then(|| Text::from(name))
    })
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
    fn a_user_has_a_name() {
        let file = include_bytes!("../../../../../testdata/linux/process-6.18/etc/passwd");
        assert_eq!(user_name(file, 1000), Some(Text::from("alice")));
        assert_eq!(user_name(file, 100), None);
    }

    #[test]
    fn the_first_of_a_number_counts() {
        let file = b"root:x:0:0:root:/root:/bin/sh\n\n# remark\n:x:7:7::/:/\nbroken:x\ntoor:x:0:0::/:/bin/sh\nj\xf6rg:x:1000:1000::/:/";
        assert_eq!(user_name(file, 0), Some(Text::from("root")));
        assert_eq!(user_name(file, 1000), Some(Text::from(&b"j\xf6rg"[..])));
        assert_eq!(user_name(file, 7), None);
        assert_eq!(user_name(file, 4_294_967_295), None);
    }

    #[test]
    fn a_file_of_users() {
        let file = include_bytes!("../../../../../testdata/linux/process-6.18/etc/passwd");
        assert_eq!(user_name(file, 1000), Some(Text::from("alice")));
        assert_eq!(user_name(file, 1001), None);
    }
}
