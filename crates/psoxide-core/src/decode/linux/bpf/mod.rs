//! A program of ours in the kernel, which lists all processes in one pass: it walks along them (Linux 6.7), or is called
//! for each task (a task iterator, Linux 5.8). Here are its instructions, put together for the kernel whose types are given,
//! and the records that it writes. Nothing is asked here; loading and running it is the backend's.

mod field;
pub mod instruction;
mod layout;
mod offsets;
mod program;
mod record;
mod sockets;
mod threads;
mod walk;

pub use self::offsets::offsets_program;
pub use self::program::task_program;
pub use self::record::{Shown, TaskRecord};
pub use self::sockets::{Holder, sockets_program};
pub use self::walk::walk_program;
