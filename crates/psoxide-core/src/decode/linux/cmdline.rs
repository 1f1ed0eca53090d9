//! `/proc/<pid>/cmdline`: the arguments, each ended by a NUL, unless the process has written something else over them.
//!
//! Layout: proc_pid_cmdline(5).

use crate::text::Text;

/// The arguments. A process that writes a title over them (setproctitle(3), Chrome, nginx) leaves one text with
/// blanks between the words, with or without a NUL at its end.
pub fn arguments(bytes: &[u8]) -> Vec<Text> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let split = |text: &[u8], separator: u8| -> Vec<Text> {
        text.split(|byte| *byte == separator).map(Text::from).collect()
    };
    match bytes.strip_suffix(b"\0") {
        Some(text) if !text.contains(&0) && text.contains(&b' ') => split(text, b' '),
        Some(text) => split(text, 0),
        None => split(bytes.strip_suffix(b" ").unwrap_or(bytes), b' '),
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

    #[test]
    fn arguments_end_in_a_nul() {
        assert_eq!(arguments(b"cat\0-u\0a file\0"), ["cat", "-u", "a file"]);
        assert_eq!(arguments(b"x\0\0y\0"), ["x", "", "y"]);
        assert_eq!(arguments(b"x\0\0"), ["x", ""]);
        assert_eq!(arguments(b"\0"), [""]);
        assert_eq!(arguments(b"a\xff\0"), [Text::from(&b"a\xff"[..])]);
        assert!(arguments(b"").is_empty());
    }

    #[test]
    fn a_program_and_a_login_shell() {
        let bytes = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/cmdline");
        assert_eq!(arguments(bytes), ["/usr/bin/cat", "-", "-u"]);
        let bytes = include_bytes!("../../../../../testdata/linux/process-3.10/proc/1234/cmdline");
        assert_eq!(arguments(bytes), ["-bash"]);
        assert!(
            arguments(include_bytes!(
                "../../../../../testdata/linux/process-6.18/proc/2/cmdline"
            ))
            .is_empty()
        );
    }

    #[test]
    fn a_title_is_split_at_blanks() {
        assert_eq!(
            arguments(b"nginx: worker process\0"),
            ["nginx:", "worker", "process"]
        );
        assert_eq!(arguments(b"chrome --type=x y "), ["chrome", "--type=x", "y"]);
        assert_eq!(arguments(b"title"), ["title"]);
    }

    #[test]
    fn a_captured_process() {
        let file = include_bytes!("../../../../../testdata/linux/process-6.18/proc/4242/cmdline");
        assert_eq!(arguments(file), ["/usr/bin/cat", "-", "-u"]);
        // A kernel thread's.
        let file = include_bytes!("../../../../../testdata/linux/process-6.18/proc/2/cmdline");
        assert!(arguments(file).is_empty());
    }
}
