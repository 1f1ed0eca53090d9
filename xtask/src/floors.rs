//! `cargo xtask floors`: what the kernel alone takes to tell something, for the column of that name in the bench of the
//! Python package. Each path is opened, read and closed in a loop that looks at none of the bytes.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::Outcome;

/// The arguments of `cargo xtask floors`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often.
    times: u32,
    /// What is read: a file, a link, or a directory that is listed.
    paths: Vec<PathBuf>,
    /// The directory from which relative paths are looked up.
    #[arg(long)]
    within: Option<PathBuf>,
}

/// Runs the command; who starts it looks at what it has used.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if let Some(directory) = &arguments.within {
        std::env::set_current_dir(directory)?;
    }
    let mut room = vec![0; 128 << 10];
    for path in &arguments.paths {
        let kind = fs::symlink_metadata(path)?.file_type();
        let read: fn(&Path, &mut [u8]) -> io::Result<usize> = match (kind.is_dir(), kind.is_symlink()) {
            (true, _) => |path, _| Ok(fs::read_dir(path)?.count()),
            (_, true) => |path, _| Ok(fs::read_link(path)?.as_os_str().len()),
            _ => |path, room| File::open(path)?.read(room),
        };
        for _ in 0..arguments.times {
            black_box(read(path, &mut room)?);
        }
    }
    Ok(())
}
