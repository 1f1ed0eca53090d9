//! The table of all processes: named attributes of each, read again and again, with the rates between two readings.
//!
//! [`ProcessTable`] owns what it remembers: the rows of the last reading, and what is kept open for the next. How a
//! process is read stands in `sys`.

#[cfg(feature = "arrow")]
mod arrow;
mod builder;
mod row;

use std::iter;
use std::time::{Duration, Instant};

use psoxide_core::model::Pid;
use psoxide_core::model::process::Identity;

pub use self::builder::ProcessTableBuilder;
pub use self::row::Row;
use crate::catalog::Attr;
use crate::error::{Error, Result};
use crate::process::Oneshot;
use crate::root::Root;
use crate::sys::process::{Listing, Sources};
use crate::sys::{self, Reading};
use psoxide_core::Text;

/// All processes, with exactly the attributes that were named: a row each, ascending by number.
///
/// [`ProcessTable::refresh`] reads anew, and what can only be told of two moments (percent of CPU, I/O in a second) is
/// told of its own last two. What many processes share is asked once; a source that no named attribute needs is not
/// read. What cannot be read of one process is an error of that row and attribute, never of the table.
///
/// ```
/// use psoxide::ProcessTable;
/// let mut table = ProcessTable::new(["name", "cpu_percent", "memory_info"])?;
/// table.refresh()?;
/// for row in table.rows() {
///     let (Ok(name), Ok(memory)) = (row.name(), row.memory_info()) else { continue };
///     println!("{:>7} {:>12} {name}", row.pid(), memory.rss);
///     assert_eq!(row.cpu_percent(), None); // one reading has no interval
/// }
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug)]
pub struct ProcessTable {
    plan: Plan,
    listing: Listing,
    rows: Vec<Row>,
    /// Which processes the rows are: to find those of the reading before, rows that are in no cache by then are not looked at.
    identities: Vec<Identity>,
    /// The rows of the reading before, but for those that have ended: the next one writes over them, which costs less than to
    /// drop them and to make others.
    spare: Vec<Row>,
    ended: Vec<Row>,
    /// When the last reading began, and the one before.
    at: Option<Instant>,
    before: Option<Instant>,
}

/// What is read of each process.
#[derive(Debug)]
struct Plan {
    root: Root,
    attrs: Vec<&'static Attr>,
    pids: Option<Vec<Pid>>,
    user: Option<Text>,
    name: Option<Text>,
    /// What the filters need.
    first: Sources,
    /// What the attributes need.
    rest: Sources,
    /// The attributes that are asked by a call of their own.
    calls: Vec<&'static Attr>,
    io: bool,
    percent: bool,
}

/// Where the rows of a table come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// One pass of the kernel over all processes; on Linux a BPF task iterator.
    Bulk,
    /// The files or calls of each process by itself; on Linux `/proc/<pid>`.
    EachProcess,
}

impl ProcessTable {
    /// A table of these attributes, by the names of the [catalogue](crate::catalog); still empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is no attribute, with the nearest that
    /// are; and where the processes cannot be listed.
    ///
    /// ```
    /// let error = psoxide::ProcessTable::new(["memory_inf"]).unwrap_err();
    /// assert!(error.what().contains("memory_info"), "{error}");
    /// ```
    pub fn new<I>(attrs: I) -> Result<ProcessTable>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        ProcessTable::builder().attrs(attrs).build()
    }

    /// A table with filters and options.
    pub fn builder() -> ProcessTableBuilder {
        ProcessTableBuilder::new()
    }

    /// A table of these attributes that has been read once.
    ///
    /// # Errors
    ///
    /// As [`ProcessTable::new`] and [`ProcessTable::refresh`].
    ///
    /// ```
    /// let table = psoxide::ProcessTable::read(["num_threads"])?;
    /// let threads: u64 = table.rows().iter().filter_map(|row| row.num_threads().ok()).map(u64::from).sum();
    /// println!("{threads} threads in {} processes", table.rows().len());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn read<I>(attrs: I) -> Result<ProcessTable>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let mut table = ProcessTable::new(attrs)?;
        table.refresh()?;
        Ok(table)
    }

    /// Reads all processes anew.
    ///
    /// Rows of processes that are the same (number and start) get their rates; those of processes that are there no
    /// more move to [`ProcessTable::ended`].
    ///
    /// # Source
    ///
    /// [`ProcessTable::source`] tells it; the attributes' sources are those of the getters of [`Oneshot`].
    ///
    /// # Errors
    ///
    /// Where the processes cannot be listed, or no descriptor is left to read one; the rows are then those of before.
    pub fn refresh(&mut self) -> Result<()> {
        let at = Instant::now();
        self.listing.list(self.plan.pids.as_deref())?;
        std::mem::swap(&mut self.rows, &mut self.spare);
        let before = std::mem::take(&mut self.identities);
        let read = self.read_rows(at, &before);
        self.listing.end();
        self.ended.clear();
        match read {
            Ok(ended) => {
                // From the last one on, the places of the others stay.
                let gone = ended.iter().rev().map(|place| self.spare.swap_remove(*place));
                self.ended.extend(gone);
            }
            Err(error) => {
                std::mem::swap(&mut self.rows, &mut self.spare);
                self.identities = before;
                return Err(error);
            }
        }
        self.ended.reverse();
        self.before = self.at.replace(at);
        Ok(())
    }

    /// Writes over the rows; those of before are the spare ones, which are the processes `before`. The places of those that
    /// have ended come back, ascending.
    fn read_rows(&mut self, at: Instant, before: &[Identity]) -> Result<Vec<usize>> {
        let mut ended = Vec::new();
        let mut last = before.iter().enumerate().peekable();
        let listed = self.listing.pids().len();
        self.identities.clear();
        self.identities.reserve(listed);
        // At once, with room for some that are to come: to grow with each row copies all of them again and again.
        if self.rows.capacity() < listed {
            self.rows.reserve_exact(listed + listed / 8 - self.rows.len());
        }
        let (mut place, mut count) = (0, 0);
        while let Some(pid) = self.listing.pids().get(place).copied() {
            place += 1;
            while let Some((gone, _)) = last.next_if(|(_, last)| last.pid < pid) {
                ended.push(gone);
            }
            let last = last.next_if(|(_, last)| last.pid == pid);
            if self.rows.len() == count {
                // Made where it stays, which `push` would copy it to.
                let listing = &self.listing;
                self.rows.extend(iter::once_with(|| {
                    Row::new(Oneshot::new(listing.reader(pid)), at)
                }));
            }
            let Some(row) = self.rows.get_mut(count) else {
                continue;
            };
            row.begin(pid, at);
            let reading = self.plan.read(&mut self.listing, row)?;
            if let Some((place, last)) = last {
                let has_ended = match reading {
                    Reading::Done => *last != row.identity(),
                    Reading::Ended => true,
                    Reading::PassedOver => false,
                };
                match self.spare.get(place) {
                    _ if has_ended => ended.push(place),
                    Some(last) if reading == Reading::Done => {
                        row.measure(last, self.plan.percent, self.plan.io)
                    }
                    _ => {}
                }
            }
            if reading == Reading::Done {
                self.identities.push(row.identity());
                count += 1;
            }
        }
        self.rows.truncate(count);
        ended.extend(last.map(|(gone, _)| gone));
        if !self.listing.look_again() {
            self.listing.list(self.plan.pids.as_deref())?;
            return self.read_rows(at, before);
        }
        let listing = &self.listing;
        if !self.rows.iter().all(|row| listing.is_same(&row.visit.reader)) {
            self.rows.retain(|row| {
                let stayed = listing.is_same(&row.visit.reader);
                if !stayed && let Ok(place) = before.binary_search_by_key(&row.pid(), |last| last.pid) {
                    ended.push(place);
                }
                stayed
            });
            self.identities = self.rows.iter().map(Row::identity).collect();
            ended.sort_unstable();
            ended.dedup();
        }
        Ok(ended)
    }

    /// The processes of the last reading, ascending by number.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of the process of this number.
    pub fn row(&self, pid: Pid) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&pid, Row::pid).ok()?;
        self.rows.get(place)
    }

    /// The processes that were there at the reading before the last and were not at the last, as they were seen then.
    pub fn ended(&self) -> &[Row] {
        &self.ended
    }

    /// The attributes that are read, in the order in which they were named.
    pub fn attrs(&self) -> &[&'static Attr] {
        &self.plan.attrs
    }

    /// The system whose processes these are.
    pub fn root(&self) -> &Root {
        &self.plan.root
    }

    /// The time between the last two readings, which rates are told of; `None` before the second.
    pub fn interval(&self) -> Option<Duration> {
        Some(self.at?.duration_since(self.before?))
    }

    /// Where the rows of the last reading come from. One pass of the kernel is only made from the second reading on, or
    /// of a thousand processes: it takes a program that has to be loaded first.
    ///
    /// What that pass does not tell of a process is read from its files even so: its arguments, a name that may be cut
    /// short, and all attributes that are asked by calls of their own.
    pub fn source(&self) -> Source {
        match self.listing.is_bulk() {
            true => Source::Bulk,
            false => Source::EachProcess,
        }
    }

    /// Why the rows do not come from one pass of the kernel: the system has no such thing, it was not to be used, this
    /// program may not, or it was tried and did not work. `None` as long as nothing stands in the way.
    ///
    /// ```
    /// use psoxide::ProcessTable;
    /// use psoxide::process::Source;
    /// let mut table = ProcessTable::builder().attrs(["memory_info"]).bpf(false).build()?;
    /// table.refresh()?;
    /// assert_eq!(table.source(), Source::EachProcess);
    /// println!("{}", table.bulk_error().expect("it was not to be used"));
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn bulk_error(&self) -> Option<&Error> {
        self.listing.bulk_error()
    }
}

impl Plan {
    /// Reads one process into its row, which has begun.
    fn read(&self, listing: &mut Listing, row: &mut Row) -> Result<Reading> {
        let passes = &mut |reader: &sys::process::Reader| self.passes(reader);
        let calls = !self.calls.is_empty();
        let pid = row.pid();
        let reader = &mut row.visit.reader;
        let reading = listing.read(reader, pid, (self.first, self.rest), calls, passes)?;
        if reading != Reading::Done {
            return Ok(reading);
        }
        if self.percent || self.io {
            row.at = Instant::now();
        }
        for attr in &self.calls {
            let Some(get) = attr.get else { continue };
            let mut value = get(&row.visit);
            while value.as_ref().is_err_and(|error| listing.made_room(error)) {
                value = get(&row.visit);
            }
            row.values.push((attr.name, value));
        }
        if !row.visit.reader.seal() {
            return Ok(Reading::Ended);
        }
        row.identify();
        Ok(Reading::Done)
    }

    fn passes(&self, reader: &sys::process::Reader) -> Result<bool> {
        if let Some(wanted) = &self.user
            && sys::process::username(reader)? != *wanted
        {
            return Ok(false);
        }
        if let Some(wanted) = &self.name
            && sys::process::name(reader)? != *wanted
        {
            return Ok(false);
        }
        Ok(true)
    }
}

/// The error for names that are no attributes.
fn unknown_attr(name: &str) -> Error {
    let near = crate::catalog::nearest_attrs(name);
    Error::invalid(match near.is_empty() {
        true => format!("{name:?} is no attribute of a process"),
        false => format!(
            "{name:?} is no attribute of a process; nearest: {}",
            near.join(", ")
        ),
    })
}
