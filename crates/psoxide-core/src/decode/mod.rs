//! Kernel bytes to records: a folder a kernel, a file a kernel structure, under the kernel's own names.
//!
//! A decoder takes `&[u8]`, answers a record or a [`DecodeError`](crate::DecodeError), never panics, and never
//! allocates from a length it read. Each is tested on fixtures and fuzzed.
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod bytes;
pub mod linux;
pub mod windows;
