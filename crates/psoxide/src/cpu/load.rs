//! Load averages, also where the kernel keeps none: the object that remembers. The arithmetic is
//! [`LoadAverage::after`]'s.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use psoxide_core::model::cpu::LoadAverage;

use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;
use crate::sys;

/// How often the kernels that keep averages look.
const STEP: Duration = Duration::from_secs(5);

/// The load average over 1, 5 and 15 minutes, on every system.
///
/// Most kernels keep it, and then this tells what they do. Windows does not: there a thread counts every 5 seconds the threads
/// that wait for a processor, from [`LoadSampler::start`] on until the value is dropped. As after a boot, the averages begin
/// at 0 and take their time. Those that run are not counted, as psutil does it.
///
/// # Examples
///
/// ```
/// use psoxide::{LoadSampler, Root};
/// let sampler = LoadSampler::start(&Root::default())?;
/// println!("{:.2}", sampler.read()?.one);
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug)]
pub struct LoadSampler {
    root: Root,
    /// Where the kernel keeps none.
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told when it is over.
    over: Condvar,
}

#[derive(Debug)]
struct State {
    averages: LoadAverage,
    /// Why the last count failed.
    error: Option<Error>,
    is_over: bool,
}

impl LoadSampler {
    /// Begins to sample, if the kernel does not.
    ///
    /// # Source
    ///
    /// As [`getloadavg`](crate::getloadavg()); Windows: `NtQuerySystemInformation(SystemProcessInformation)`.
    ///
    /// # Errors
    ///
    /// Those of [`getloadavg`](crate::getloadavg()); [`ErrorKind::Os`] if no thread can be started.
    pub fn start(root: &Root) -> Result<LoadSampler> {
        let own = match root.getloadavg() {
            Err(error) if error.is_unsupported() => {
                let counted = root.clone();
                Some(Own::start(move || sys::cpu::ready_threads(&counted), STEP)?)
            }
            kept => kept.map(|_| None)?,
        };
        Ok(LoadSampler {
            root: root.clone(),
            own,
        })
    }

    /// The averages now.
    ///
    /// # Errors
    ///
    /// As [`LoadSampler::start`].
    pub fn read(&self) -> Result<LoadAverage> {
        match &self.own {
            Some(own) => own.read(),
            None => self.root.getloadavg(),
        }
    }
}

impl Own {
    fn start(count: impl Fn() -> Result<u32> + Send + 'static, step: Duration) -> Result<Own> {
        // That it can be counted at all is known before there is a thread.
        count()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                averages: LoadAverage::new(0.0, 0.0, 0.0),
                error: None,
                is_over: false,
            }),
            over: Condvar::new(),
        });
        let sampled = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("psoxide-load".to_owned())
            .spawn(move || sampled.sample(count, step))
            .map_err(|error| Error::io(ErrorKind::Os, "a thread to sample the load", error))?;
        Ok(Own {
            shared,
            thread: Some(thread),
        })
    }

    fn read(&self) -> Result<LoadAverage> {
        let state = self.shared.lock();
        match &state.error {
            Some(error) => Err(error.again()),
            None => Ok(state.averages.clone()),
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.over.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has told its panic already.
            drop(thread.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sample(&self, count: impl Fn() -> Result<u32>, step: Duration) {
        let mut last = Instant::now();
        let mut state = self.lock();
        while !state.is_over {
            let left = step.saturating_sub(last.elapsed());
            if !left.is_zero() {
                let waited = self.over.wait_timeout(state, left);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            drop(state);
            let counted = count();
            let elapsed = last.elapsed();
            last += elapsed;
            state = self.lock();
            match counted {
                Ok(waiting) => {
                    state.averages = state.averages.after(waiting, elapsed.as_secs_f64());
                    state.error = None;
                }
                Err(error) => state.error = Some(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use super::*;

    #[test]
    fn what_waits_is_averaged_until_it_is_dropped() {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let count = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(8)
        };
        let own = Own::start(count, Duration::from_millis(1)).unwrap();
        let begun = Instant::now();
        while own.read().unwrap().one == 0.0 {
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(1));
        }
        let load = own.read().unwrap();
        assert!(
            load.one < 8.0 && load.five < load.one && load.fifteen < load.five,
            "{load:?}"
        );
        drop(own);
        // The thread has ended, and with it what it owns.
        assert_eq!(Arc::strong_count(&calls), 1);
    }

    #[test]
    fn an_error_is_told_until_it_is_counted_again() {
        let fails = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&fails);
        let count = move || match seen.load(Ordering::SeqCst) {
            true => Err(Error::unsupported("a count")),
            false => Ok(1),
        };
        let own = Own::start(count, Duration::from_millis(1)).unwrap();
        let begun = Instant::now();
        for fail in [true, false] {
            fails.store(fail, Ordering::SeqCst);
            while own.read().is_err() != fail {
                assert!(begun.elapsed() < Duration::from_secs(60));
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        assert!(Own::start(|| Err(Error::unsupported("a count")), STEP).is_err());
    }
}
