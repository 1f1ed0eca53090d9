//! The command as its users run it: over a root of fixtures, whose output is known to the letter, and over the running
//! system, whose output must agree with other sources. Both are Linux.
#![cfg(target_os = "linux")]

mod command;
mod damaged_host;
mod documentation;
mod formats;
mod live;
mod measured;
mod monitor;
// There are none where the byte order is another.
#[cfg(target_endian = "little")]
mod recording;
mod sensors;
mod sessions;
mod small_host;
mod terminal;
mod tools;
