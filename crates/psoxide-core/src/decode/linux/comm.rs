//! `/proc/<pid>/comm`: the name of a process, as `stat` has it too, and a newline (Linux 2.6.33).

use crate::error::DecodeError;
use crate::text::Text;

/// The name, of which any byte may be a part; only the last newline is the kernel's.
pub fn comm(bytes: &[u8]) -> Result<Text, DecodeError> {
    match bytes.split_last() {
        Some((b'\n', name)) => Ok(Text::from(name)),
        _ => Err(DecodeError::new("comm", bytes.len(), "a newline at the end")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_odd_bytes() {
        let bytes = include_bytes!("../../../../../testdata/linux/comm/odd.comm");
        assert_eq!(comm(bytes), Ok(Text::from(&b"a \xff)\nb"[..])));
    }

    #[test]
    fn only_the_last_newline_is_not_of_the_name() {
        assert_eq!(comm(b"a\n b\n\n"), Ok(Text::from("a\n b\n")));
        assert_eq!(comm(b"\n"), Ok(Text::default()));
        assert!(comm(b"cut").is_err());
        assert!(comm(b"").is_err());
    }
}
