//! Two sources about something that changes: they cannot be read in the same instant, but they agree when nothing
//! happens in between.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// More than it takes until nothing happens between two readings, on a busy host too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Reads both again and again until they are equal.
pub(crate) fn until_equal<T: PartialEq + Debug>(read: impl Fn() -> (T, T)) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (ours, theirs) = read();
        if ours == theirs {
            return;
        }
        assert!(Instant::now() < deadline, "{ours:#?}\n{theirs:#?}");
    }
}

/// Compares again and again until there is no difference that matters.
pub(crate) fn until_alike(mut difference: impl FnMut() -> Result<(), String>) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(difference) = difference() {
        assert!(Instant::now() < deadline, "{difference}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
