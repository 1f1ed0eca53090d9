//! Names of `/sys/class/hwmon`: which files belong to which sensor. What they hold is read by [`super::sysfs`].
//!
//! A chip's directory has for each sensor some of `temp1_input`, `temp1_max`, `temp1_crit`, `temp1_label`,
//! `fan1_input`, …; `name` is the chip's. See the kernel's `Documentation/hwmon/sysfs-interface.rst`.

/// The sensor that a file belongs to, if it is of this kind: `temp1` for `temp1_crit_alarm` and `temp`.
pub fn sensor<'a>(file: &'a [u8], kind: &[u8]) -> Option<&'a [u8]> {
    if !file.starts_with(kind) {
        return None;
    }
    let end = file.iter().position(|byte| *byte == b'_')?;
    file.get(..end)
}

/// Degrees Celsius of a value in thousandths.
pub fn celsius(thousandths: i64) -> f64 {
    thousandths as f64 / 1000.0
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
    use crate::decode::linux::sysfs;

    const INPUT: &[u8] =
        include_bytes!("../../../../../testdata/linux/system-laptop/sys/class/hwmon/hwmon1/temp1_input");

    #[test]
    fn names() {
        assert_eq!(sensor(b"temp1_input", b"temp"), Some(&b"temp1"[..]));
        assert_eq!(sensor(b"temp10_crit_alarm", b"temp"), Some(&b"temp10"[..]));
        assert_eq!(sensor(b"fan2_label", b"temp"), None);
        assert_eq!(sensor(b"temp", b"temp"), None);
        assert_eq!(sensor(b"", b""), None);
    }

    #[test]
    fn thousandths() {
        assert_eq!(celsius(sysfs::integer(INPUT).unwrap()), 46.0);
        assert_eq!(celsius(-5500), -5.5);
    }
}
