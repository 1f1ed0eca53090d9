//! Asking files of other processes for their names without waiting for them.
//!
//! Where a thread of the other process waits for a pipe or a device, whoever asks the same file for its name waits as
//! long: for ever, if need be. So a thread of its own asks, and where it does not come back in time it is ended and
//! another one goes on behind the file.
//!
//! To end a thread from outside is safe only as long as it holds nothing that others wait for, as the lock of the heap. It
//! tells when that is so: by a step, odd while it is within a call of the kernel and nothing else. Whoever changes an
//! odd step first, the thread when it comes back or the caller, decides. A thread that comes back too late finds that,
//! and does nothing more.

use std::io;
use std::os::windows::io::OwnedHandle;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::ffi::{self, Room, Worker};

/// How long a file may take to tell its name.
const PATIENCE: Duration = Duration::from_millis(100);
/// A driver may keep a thread from ending. With so many of them, or as many callers at once, none is started any more.
const MOST_WORKERS: usize = 64;
/// The step that the caller puts in the place of one that takes too long.
const ABANDONED: u64 = u64::MAX;
/// Steps for each handle: asking, and closing the copy.
const STEPS: u64 = 4;

/// The calls that may hang.
#[derive(Clone, Copy)]
struct Calls {
    /// The length of a file's name in bytes, which is put into the room with what stands before it.
    name: fn(usize, &mut Room) -> Option<(usize, usize)>,
    close: fn(usize),
}

/// What is asked, by one thread after the other.
struct Source {
    process: OwnedHandle,
    handles: Vec<u64>,
    calls: Calls,
}

/// What a thread and its caller share.
pub(super) struct Work {
    source: Arc<Source>,
    step: AtomicU64,
    /// The copy of the handle that it is at.
    copy: AtomicUsize,
    names: Mutex<Vec<Vec<u8>>>,
}

/// The names of those of the handles that are of files on disks, in bytes of UTF-16.
pub(super) fn names(process: OwnedHandle, handles: Vec<u64>) -> io::Result<Vec<Vec<u8>>> {
    let calls = Calls {
        name: ffi::file_name,
        close: ffi::close,
    };
    ask(Source {
        process,
        handles,
        calls,
    })
}

fn ask(source: Source) -> io::Result<Vec<Vec<u8>>> {
    let source = Arc::new(source);
    let mut names = Vec::new();
    let (mut step, mut copy) = (0, 0);
    loop {
        if ffi::workers()? >= MOST_WORKERS {
            return Err(io::Error::other("too many files do not tell their names"));
        }
        let work = Arc::new(Work {
            source: Arc::clone(&source),
            step: AtomicU64::new(step),
            copy: AtomicUsize::new(copy),
            names: Mutex::default(),
        });
        let worker = Worker::start(&work)?;
        let abandoned = work.watch(&worker)?;
        names.append(&mut work.names.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(hung) = abandoned else {
            return Ok(names);
        };
        worker.end(PATIENCE)?;
        // A copy that it did not come to closing is closed by the next; one that it hung at closing may be closed by now.
        (step, copy) = match hung % STEPS {
            1 => (hung + 1, work.copy.load(Ordering::SeqCst)),
            _ => (hung + 1, 0),
        };
    }
}

impl Work {
    /// What the thread does.
    pub(super) fn run(&self) {
        let mut room = Room::new();
        loop {
            let step = self.step.load(Ordering::SeqCst);
            let place = (step / STEPS) as usize;
            if step % STEPS == 2 {
                let copy = self.copy.load(Ordering::SeqCst);
                self.guarded(step, || (self.source.calls.close)(copy));
                continue;
            }
            let Some(handle) = self.source.handles.get(place) else {
                return;
            };
            // One that was closed meanwhile, or may not be copied.
            let Some(copy) = ffi::copy(&self.source.process, *handle) else {
                self.step.store(step + STEPS, Ordering::SeqCst);
                continue;
            };
            self.copy.store(copy, Ordering::SeqCst);
            let name = self.guarded(step, || (self.source.calls.name)(copy, &mut room));
            let name = name.and_then(|(start, end)| room.bytes().get(start..end).map(<[u8]>::to_vec));
            let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            names.extend(name);
        }
    }

    /// Makes a call of the kernel, during which the thread may be ended, and goes on to the next step.
    fn guarded<T>(&self, step: u64, call: impl FnOnce() -> T) -> T {
        self.step.store(step + 1, Ordering::SeqCst);
        let answer = call();
        let next = self
            .step
            .compare_exchange(step + 1, step + 2, Ordering::SeqCst, Ordering::SeqCst);
        if next.is_err() {
            ffi::wait_to_be_ended();
        }
        answer
    }

    /// Waits for the thread as long as it gets on; the step at which it does not, and from where it does nothing more.
    fn watch(&self, worker: &Worker) -> io::Result<Option<u64>> {
        let mut before = ABANDONED;
        while !worker.ended_within(PATIENCE)? {
            let step = self.step.load(Ordering::SeqCst);
            if step == before && step % 2 == 1 {
                let changed = self
                    .step
                    .compare_exchange(step, ABANDONED, Ordering::SeqCst, Ordering::SeqCst);
                if changed.is_ok() {
                    return Ok(Some(step));
                }
            }
            before = step;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::windows::io::AsRawHandle;

    use super::*;
    use crate::sys::windows::process::ffi::open;

    const PROCESS_DUP_HANDLE: u32 = 0x40;

    fn this_process() -> OwnedHandle {
        open(std::process::id(), PROCESS_DUP_HANDLE).unwrap()
    }

    fn never(_: usize, _: &mut Room) -> Option<(usize, usize)> {
        ffi::wait_to_be_ended()
    }

    /// Tells the names of the files that are not the null device, which does not come back.
    fn hangs_at_devices(copy: usize, room: &mut Room) -> Option<(usize, usize)> {
        match ffi::file_name(copy, room) {
            None => ffi::wait_to_be_ended(),
            name => name,
        }
    }

    fn value(file: &File) -> u64 {
        file.as_raw_handle().addr() as u64
    }

    #[test]
    fn a_file_that_does_not_answer_is_passed_over() {
        let program = std::env::current_exe().unwrap();
        let (device, file) = (File::open("NUL").unwrap(), File::open(&program).unwrap());
        let names = ask(Source {
            process: this_process(),
            handles: vec![value(&file), value(&device), value(&device), value(&file), 3],
            calls: Calls {
                name: hangs_at_devices,
                close: ffi::close,
            },
        });
        let names = names.unwrap();
        assert_eq!(names.len(), 2);
        let name = psoxide_core::Text::from_utf16_ne(&names[0]).to_string();
        let file = program.file_name().unwrap().to_str().unwrap();
        assert!(name.ends_with(file), "{name}");
        assert_eq!(names[0], names[1]);
    }

    #[test]
    fn neither_threads_nor_copies_are_left() {
        let device = File::open("NUL").unwrap();
        let next = || value(&File::open("NUL").unwrap());
        let before = next();
        for _ in 0..5 {
            let names = ask(Source {
                process: this_process(),
                handles: vec![value(&device); 2],
                calls: Calls {
                    name: never,
                    close: ffi::close,
                },
            });
            assert_eq!(names.unwrap(), Vec::<Vec<u8>>::new());
        }
        // The other tests have one at a time.
        assert!(ffi::workers().unwrap() <= 2);
        assert!(next() < before + 4 * 10, "{before} {}", next());
    }

    #[test]
    fn closing_may_hang_too() {
        let device = File::open("NUL").unwrap();
        let names = ask(Source {
            process: this_process(),
            handles: vec![value(&device)],
            calls: Calls {
                name: ffi::file_name,
                close: |_| ffi::wait_to_be_ended(),
            },
        });
        assert!(names.unwrap().is_empty());
    }
}
