//! What all Unix systems share.

pub(crate) mod exit;
pub(crate) mod ffi;
pub(crate) mod process;
pub(crate) mod text;
