//! Live tests: what the library says against an independent source in the same moment. They assert relations, never
//! fixed values, and pass on an idle and on a busy host, as root and as a plain user. The sources are Linux' own.
#![cfg(target_os = "linux")]

mod agree;
mod bulk;
mod catalog;
mod child;
mod control;
mod cpu;
mod damage;
mod disk;
mod exhausted;
mod faults;
mod host;
mod memory;
mod net;
mod process;
mod roots;
mod sensors;
#[cfg(feature = "serde")]
mod serde;
mod sources;
mod table;
mod tools;
mod tree;
mod visit;
