//! Every decoder of `psoxide-core` as a fuzz target, a line each: its name, which files of `testdata/` are its seeds, and
//! the call. The order is that of the files in `decode/`.

use std::hint::black_box;

/// Takes any bytes at all, and comes back.
pub type Decoder = fn(&[u8]);

/// One line of [`TARGETS`].
pub struct Target {
    /// The decoder's folder and file below `decode/`, and what of it is called where there are several.
    pub name: &'static str,
    /// How the paths of its fixtures below `testdata/` end.
    pub seeds: &'static [&'static str],
    /// The call.
    pub decode: Decoder,
}

const fn target(name: &'static str, seeds: &'static [&'static str], decode: Decoder) -> Target {
    Target { name, seeds, decode }
}

/// Every decoder.
#[rustfmt::skip]
pub static TARGETS: &[Target] = &[
    target("bytes", &["/stat", "/meminfo"], walk),
];

/// Everything that `decode::bytes` offers, on every line and word.
fn walk(bytes: &[u8]) {
    use psoxide_core::decode::bytes::*;
    for word in lines(bytes).flat_map(words) {
        keep((decimal(word), signed(word), hexadecimal(word)));
        keep((octal(word), kibibytes(word)));
        keep((split_once(word, b':'), rsplit_once(word, b':')));
    }
    if let Ok(layout) = Layout::new("bytes", bytes, 8) {
        let offset = layout.u32(0).map_or(0, |offset| offset as usize);
        let length = layout.u32(4).map_or(0, |length| length as usize);
        keep(layout.u16(offset));
        keep(layout.u64(offset));
        keep(layout.text(offset, length));
    }
}

/// Keeps the compiler from leaving out what makes `answer`, and `answer` from being unused.
fn keep<T>(answer: T) {
    drop(black_box(answer));
}
