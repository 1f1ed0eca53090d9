//! Space of all mounts although some of them may hang: a call that does not come back takes its thread with it, and
//! nothing else.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use psoxide_core::Text;
use psoxide_core::model::disk::{DiskUsage, Partition};

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys;

/// A mount that has not answered after this does not keep those behind it waiting: they get another thread.
const PATIENCE: Duration = Duration::from_millis(20);

/// Space of all mounts, although some of them may hang.
///
/// A network file system whose server is gone lets whoever asks for its space wait for ever, and nothing can end that
/// wait. So the mounts are asked in threads. One thread asks all of them, as long as they answer; a mount that does not
/// answer keeps that one thread, its answer here is [`ErrorKind::Timeout`], and all others answer as always. The watch
/// remembers the mounts that hang: until one answers after all, no other thread is given to it. So a mount never holds
/// more than one thread of a watch, however often it is asked. Keep one watch for as long as mounts are asked.
///
/// ```
/// use std::time::Duration;
/// let mut watch = psoxide::MountWatch::new();
/// for mount in watch.usage(false, Duration::from_secs(1))? {
///     match mount.usage {
///         Ok(space) => println!("{}: {} %", mount.partition.mountpoint, space.percent),
///         Err(error) => println!("{}: {error}", mount.partition.mountpoint),
///     }
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
pub struct MountWatch {
    root: Root,
    ask: Ask,
    /// The mounts that are being asked, those that hang among them.
    asked: Arc<Mutex<HashSet<Mount>>>,
}

/// One mount and its space.
#[derive(Debug)]
#[non_exhaustive]
pub struct MountUsage {
    /// The mount.
    pub partition: Partition,
    /// Its space; [`ErrorKind::Timeout`] if the mount hangs.
    pub usage: Result<DiskUsage>,
}

/// How a mount is asked; tests put one here that hangs.
type Ask = Arc<dyn Fn(&Root, &Path) -> Result<DiskUsage> + Send + Sync>;

/// What tells mounts apart: device and mount point. If another is mounted in the place of one that hangs, it is not
/// that one.
type Mount = (Text, Text);

/// A mount to ask, with its place in the answer.
type Job = (usize, Mount);

impl Default for MountWatch {
    fn default() -> Self {
        MountWatch::new()
    }
}

impl fmt::Debug for MountWatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MountWatch")
            .field("root", &self.root)
            .field("asked", &*lock(&self.asked))
            .finish_non_exhaustive()
    }
}

impl MountWatch {
    /// A watch over the mounts of the running system.
    pub fn new() -> MountWatch {
        MountWatch::at(&Root::default())
    }

    /// A watch over the mounts of the system that `root` shows.
    pub fn at(root: &Root) -> MountWatch {
        MountWatch::asking(root, Arc::new(sys::disk::disk_usage))
    }

    fn asking(root: &Root, ask: Ask) -> MountWatch {
        MountWatch {
            root: root.clone(),
            ask,
            asked: Arc::default(),
        }
    }

    /// The mounts of disks, or with `all` every mount, each with its space in bytes. It takes no longer than `timeout`,
    /// however many mounts hang.
    ///
    /// # Source
    ///
    /// As [`Root::disk_partitions`] and [`Root::disk_usage`].
    ///
    /// # Errors
    ///
    /// As [`Root::disk_partitions`], and if no thread can be started. What goes wrong with one mount is told in its
    /// place.
    pub fn usage(&mut self, all: bool, timeout: Duration) -> Result<Vec<MountUsage>> {
        let partitions = sys::disk::disk_partitions(&self.root, all)?;
        self.usage_of(partitions, timeout)
    }

    /// The mount points of the mounts that were asked and have not answered yet.
    pub fn hanging(&self) -> Vec<Text> {
        lock(&self.asked)
            .iter()
            .map(|(_, mountpoint)| mountpoint.clone())
            .collect()
    }

    fn usage_of(&mut self, partitions: Vec<Partition>, timeout: Duration) -> Result<Vec<MountUsage>> {
        let deadline = Instant::now() + timeout;
        let mut answers: Vec<Option<Result<DiskUsage>>> = partitions.iter().map(|_| None).collect();
        let jobs = self.jobs(&partitions);
        let mut missing = jobs.len();
        // However many mounts hang, each must be asked within the time.
        let patience = PATIENCE.min(timeout / u32::try_from(missing + 1).unwrap_or(u32::MAX));
        let jobs = Arc::new(Mutex::new(jobs));
        let (sender, answered) = channel();
        if missing > 0 {
            self.start(&jobs, &sender)?;
        }
        while missing > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            let waiting = free(&lock(&jobs), &lock(&self.asked)).is_some();
            let wait = if waiting { left.min(patience) } else { left };
            match answered.recv_timeout(wait) {
                Ok((place, usage)) => {
                    if let Some(answer) = answers.get_mut(place) {
                        *answer = Some(usage);
                    }
                    missing -= 1;
                }
                Err(_) if left.is_zero() => break,
                // Whoever works hangs: the mounts that wait get a thread that does not.
                Err(_) if waiting => self.start(&jobs, &sender)?,
                // Time is over only for this wait; that all senders are gone cannot be, as one is kept here.
                Err(_) => {}
            }
        }
        // A thread that comes back from a mount that hung must not go on with mounts nobody waits for any more.
        lock(&jobs).clear();
        let timed_out = |partition: &Partition| {
            let what = format!("disk_usage of {}", partition.mountpoint);
            Err(Error::new(ErrorKind::Timeout, what))
        };
        Ok(partitions
            .into_iter()
            .zip(answers)
            .map(|(partition, answer)| MountUsage {
                usage: answer.unwrap_or_else(|| timed_out(&partition)),
                partition,
            })
            .collect())
    }

    /// The mounts to ask: all but those that have been asked and hang.
    fn jobs(&self, partitions: &[Partition]) -> VecDeque<Job> {
        let asked = lock(&self.asked);
        let mounts = partitions.iter().map(|partition| {
            let Partition {
                device, mountpoint, ..
            } = partition;
            (device.clone(), mountpoint.clone())
        });
        mounts
            .enumerate()
            .filter(|(_, mount)| !asked.contains(mount))
            .collect()
    }

    /// Starts a thread that asks one mount after the other until none is left.
    fn start(
        &self,
        jobs: &Arc<Mutex<VecDeque<Job>>>,
        sender: &Sender<(usize, Result<DiskUsage>)>,
    ) -> Result<()> {
        let (root, ask, asked) = (self.root.clone(), Arc::clone(&self.ask), Arc::clone(&self.asked));
        let (jobs, sender) = (Arc::clone(jobs), sender.clone());
        let work = move || {
            while let Some((place, mount)) = next(&jobs, &asked) {
                let path = PathBuf::from(sys::text::os_string(mount.1.clone()));
                let usage = ask(&root, &path);
                lock(&asked).remove(&mount);
                // Nobody waits for the answer of a mount that hung.
                if sender.send((place, usage)).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("psoxide-mounts".into())
            .spawn(work)
            .map(drop)
            .map_err(|error| Error::io(ErrorKind::Os, "a thread that asks mounts", error))
    }
}

/// The place among the jobs of the first whose mount is not being asked. A mount that stands in the table twice is asked
/// twice, one after the other.
fn free(jobs: &VecDeque<Job>, asked: &HashSet<Mount>) -> Option<usize> {
    jobs.iter().position(|(_, mount)| !asked.contains(mount))
}

/// The next mount to ask, noted as asked in the same step, so that no other thread asks it too.
fn next(jobs: &Mutex<VecDeque<Job>>, asked: &Mutex<HashSet<Mount>>) -> Option<Job> {
    let mut jobs = lock(jobs);
    let mut asked = lock(asked);
    let place = free(&jobs, &asked)?;
    let job = jobs.remove(place)?;
    asked.insert(job.1.clone());
    Some(job)
}

/// A thread that panicked while it held the lock left a set of names, which cannot be half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    //! No file system that hangs can be had without privileges, so that a closure that waits stands in for it.

    use std::sync::Condvar;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Mount points that start with `/hung` wait until the gate opens.
    #[derive(Default)]
    struct Gate {
        open: Mutex<bool>,
        opened: Condvar,
        waiting: AtomicUsize,
        calls: AtomicUsize,
    }

    impl Gate {
        fn ask(&self, path: &Path) -> Result<DiskUsage> {
            self.calls.fetch_add(1, Ordering::SeqCst);
            if path.starts_with("/hung") || path.starts_with("/hung2") {
                self.waiting.fetch_add(1, Ordering::SeqCst);
                let open = lock(&self.open);
                drop(self.opened.wait_while(open, |open| !*open));
                self.waiting.fetch_sub(1, Ordering::SeqCst);
            }
            if path.starts_with("/denied") {
                return Err(Error::new(ErrorKind::AccessDenied, "/denied"));
            }
            Ok(DiskUsage::from_blocks(10, 5, 5, 512))
        }

        fn release(&self) {
            *lock(&self.open) = true;
            self.opened.notify_all();
        }
    }

    fn watch(gate: &Arc<Gate>) -> MountWatch {
        let gate = Arc::clone(gate);
        MountWatch::asking(&Root::default(), Arc::new(move |_, path| gate.ask(path)))
    }

    fn mounts(points: &[&str]) -> Vec<Partition> {
        let text = |text: &str| Text::from(text);
        points
            .iter()
            .map(|point| Partition::new(text("dev"), text(point), text("nfs"), text("rw")))
            .collect()
    }

    fn kinds(answers: &[MountUsage]) -> Vec<Option<ErrorKind>> {
        answers
            .iter()
            .map(|mount| mount.usage.as_ref().err().map(Error::kind))
            .collect()
    }

    fn until(condition: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !condition() {
            assert!(Instant::now() < deadline, "the condition did not come true");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    const TIMEOUT: Duration = Duration::from_millis(400);

    #[test]
    fn mounts_that_hang_leave_the_others_alone() {
        let gate = Arc::new(Gate::default());
        let mut watch = watch(&gate);
        let points = ["/", "/hung", "/denied", "/hung2", "/home"];
        let expected = [
            None,
            Some(ErrorKind::Timeout),
            Some(ErrorKind::AccessDenied),
            Some(ErrorKind::Timeout),
            None,
        ];
        // A host so busy that a thread does not get to run within the time would show up as a timeout of others.
        let start = Instant::now();
        let answers = watch.usage_of(mounts(&points), 5 * TIMEOUT).unwrap();
        assert!(start.elapsed() < 50 * TIMEOUT);
        assert_eq!(kinds(&answers), expected);
        assert!(answers[1].usage.as_ref().unwrap_err().what().contains("/hung"));
        assert_eq!(watch.hanging().len(), 2);
        gate.release();
        until(|| watch.hanging().is_empty());
    }

    #[test]
    fn a_mount_that_hangs_never_holds_a_second_thread() {
        let gate = Arc::new(Gate::default());
        let mut watch = watch(&gate);
        let answers = watch.usage_of(mounts(&["/hung"]), TIMEOUT).unwrap();
        assert_eq!(kinds(&answers), [Some(ErrorKind::Timeout)]);
        until(|| gate.waiting.load(Ordering::SeqCst) == 1);
        for _ in 0..10 {
            let start = Instant::now();
            let answers = watch.usage_of(mounts(&["/hung"]), 100 * TIMEOUT).unwrap();
            assert_eq!(kinds(&answers), [Some(ErrorKind::Timeout)]);
            // It is known to hang, and not waited for again.
            assert!(start.elapsed() < 50 * TIMEOUT);
        }
        // The same mount twice in the table changes nothing.
        let answers = watch.usage_of(mounts(&["/hung", "/hung"]), TIMEOUT).unwrap();
        assert_eq!(kinds(&answers), [Some(ErrorKind::Timeout); 2]);
        assert_eq!(gate.calls.load(Ordering::SeqCst), 1);
        assert_eq!(gate.calls.load(Ordering::SeqCst), 1);
        gate.release();
        until(|| watch.hanging().is_empty());
        let answers = watch.usage_of(mounts(&["/hung"]), 100 * TIMEOUT).unwrap();
        assert_eq!(kinds(&answers), [None]);
    }

    #[test]
    fn a_mount_twice_in_the_table_hangs_once() {
        let gate = Arc::new(Gate::default());
        let mut watch = watch(&gate);
        let answers = watch
            .usage_of(mounts(&["/hung", "/hung", "/"]), 5 * TIMEOUT)
            .unwrap();
        let timeout = Some(ErrorKind::Timeout);
        assert_eq!(kinds(&answers), [timeout, timeout, None]);
        assert_eq!(gate.waiting.load(Ordering::SeqCst), 1);
        gate.release();
        until(|| watch.hanging().is_empty());
    }

    #[test]
    fn mounts_that_answer_share_one_thread_and_come_in_order() {
        let threads = Arc::new(Mutex::new(HashSet::new()));
        let seen = Arc::clone(&threads);
        let ask: Ask = Arc::new(move |_, _| {
            lock(&seen).insert(std::thread::current().id());
            Ok(DiskUsage::from_blocks(1, 1, 1, 512))
        });
        let mut watch = MountWatch::asking(&Root::default(), ask);
        let points = ["/a", "/b", "/a", "/c"];
        let answers = watch.usage_of(mounts(&points), 100 * TIMEOUT).unwrap();
        assert_eq!(kinds(&answers), [None; 4]);
        let order: Vec<String> = answers
            .iter()
            .map(|mount| mount.partition.mountpoint.to_string())
            .collect();
        assert_eq!(order, points);
        // On a busy host another thread may have been started; never more than there are mounts.
        assert!(lock(&threads).len() <= 4);
        assert!(watch.hanging().is_empty());
        assert!(watch.usage_of(vec![], TIMEOUT).unwrap().is_empty());
    }
}
