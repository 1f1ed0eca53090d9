//! Live tests of the Windows backend: what the library says against the standard library and against itself in the same
//! moment. They assert relations, never fixed values.
#![cfg(target_os = "windows")]

mod catalog;
mod child;
mod handles;
mod inside;
mod machine;
mod process;
mod services;
