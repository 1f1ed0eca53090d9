//! Paths as the kernel has them, `\Device\HarddiskVolume3\…`, in the words of programs, `C:\…`.

use std::borrow::Cow;

use crate::text::Text;

/// Where other machines' files are reached, by their own names and by those of drives.
const NETWORK: [&[u8]; 2] = [br"\Device\Mup", br"\Device\LanmanRedirector"];

/// A path as a program writes it, by the drives, as `C:`, each with the device that it stands for: the first that fits. A
/// path that fits none stays as it is.
pub fn to_dos(path: &Text, drives: impl IntoIterator<Item = (Text, Text)>) -> Text {
    if let Some(rest) = path.strip_prefix(br"\??\UNC") {
        return join(br"\", rest);
    }
    // The kernel's word for "a name of the kind that programs use".
    if let Some(rest) = path.strip_prefix(br"\??\") {
        return Text::from(rest.to_vec());
    }
    for network in NETWORK {
        if let Some(rest) = below(path, network) {
            return join(br"\", without_drive(&rest));
        }
    }
    if below(path, br"\Device").is_none() {
        return path.clone();
    }
    for (drive, device) in drives {
        if let Some(rest) = below(path, &device) {
            return join(&drive, &rest);
        }
    }
    path.clone()
}

/// What of a path lies below a folder, with the backslash before it; a path that is the folder lies below it, too.
fn below<'a>(path: &'a [u8], folder: &[u8]) -> Option<Cow<'a, [u8]>> {
    let (start, rest) = path.split_at_checked(folder.len())?;
    let fits = start.eq_ignore_ascii_case(folder) && !folder.is_empty();
    match rest.first() {
        Some(b'\\') if fits => Some(Cow::Borrowed(rest)),
        None if fits => Some(Cow::Borrowed(br"\")),
        _ => None,
    }
}

/// `\;Z:0000000000012345\server\share` without what says which drive and which part of the system it is of.
fn without_drive(path: &[u8]) -> &[u8] {
    let mut rest = path;
    while let Some(word) = rest.strip_prefix(br"\;") {
        let end = word.iter().position(|byte| *byte == b'\\').unwrap_or(word.len());
        rest = word.get(end..).unwrap_or_default();
    }
    rest
}

fn join(start: &[u8], rest: &[u8]) -> Text {
    Text::from([start, rest].concat())
}

/// A directory without the backslash at its end, but for the root of a drive or of a share.
pub fn without_end(path: &Text) -> Text {
    let Some(rest) = path.strip_suffix(br"\") else {
        return path.clone();
    };
    let is_share = rest.starts_with(br"\\") && rest.iter().filter(|byte| **byte == b'\\').count() <= 3;
    match rest.is_empty() || rest.ends_with(b":") || is_share {
        true => path.clone(),
        false => Text::from(rest.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use super::*;

    const PATHS: &str = include_str!("../../../../../testdata/windows/windows-10/nt_paths.txt");

    fn drives() -> impl Iterator<Item = (Text, Text)> {
        [
            ("C:", r"\Device\HarddiskVolume1"),
            ("D:", r"\Device\HarddiskVolume12"),
            ("S:", r"\??\C:\folder"),
            ("T:", ""),
        ]
        .into_iter()
        .map(|(drive, device)| (Text::from(drive), Text::from(device)))
    }

    /// Each line has a path of the kernel and, behind a `→`, what a program calls it.
    #[test]
    fn paths_have_drives() {
        let mut count = 0;
        for line in PATHS.lines() {
            let (path, expected) = line.split_once(" → ").unwrap();
            assert_eq!(to_dos(&Text::from(path), drives()), expected, "{path}");
            count += 1;
        }
        assert!(count > 10, "{count}");
    }

    #[test]
    fn surrogates_that_stand_alone_survive() {
        let path = Text::from([br"\Device\HarddiskVolume1\".as_slice(), b"\xed\xa0\x80"].concat());
        let told = to_dos(&path, drives());
        assert_eq!(told.as_bytes(), b"C:\\\xed\xa0\x80");
    }

    #[test]
    fn drives_are_asked_until_one_fits() {
        let mut asked = 0;
        to_dos(
            &Text::from(r"\Device\HarddiskVolume1\x"),
            drives().inspect(|_| asked += 1),
        );
        assert_eq!(asked, 1);
    }

    #[test]
    fn roots_keep_their_end() {
        for (path, expected) in [
            (r"C:\Windows\", r"C:\Windows"),
            (r"C:\Windows", r"C:\Windows"),
            (r"C:\", r"C:\"),
            (r"\\server\share\", r"\\server\share\"),
            (r"\\server\share\folder\", r"\\server\share\folder"),
            (r"\", r"\"),
            ("", ""),
        ] {
            assert_eq!(without_end(&Text::from(path)), expected, "{path}");
        }
    }
}
