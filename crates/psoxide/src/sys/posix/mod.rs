//! What all Unix systems share.

pub(crate) mod text;
