//! The pure half of psoxide: records of what a machine and its processes are doing, the units and platforms
//! of each field, and the decoders that turn a kernel's bytes into them.
//!
//! What this crate is not: it does no I/O, reads no clock, knows no operating system by `cfg`, and holds no
//! `unsafe`. Every decoder of every kernel compiles and is tested on every host. Programs that want answers
//! rather than decoders use the `psoxide` crate.
#![forbid(unsafe_code)]

pub mod decode;
pub mod delta;
pub mod error;
pub mod format;
pub mod model;
pub mod schema;
pub mod text;

pub use error::DecodeError;
pub use schema::{Field, Kind, Platforms, Shape, Type, Typed, Unit, Value};
pub use text::Text;
