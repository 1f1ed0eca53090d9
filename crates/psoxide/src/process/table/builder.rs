//! What a table is told before it is made.

use psoxide_core::Text;
use psoxide_core::model::Pid;

use crate::catalog::{Attr, attr};
use crate::error::Result;
use crate::process::table::{Plan, ProcessTable, unknown_attr};
use crate::root::Root;
use crate::sys::process::{Listing, Sources, sources};

/// Filters and options of a [`ProcessTable`].
///
/// Filters are looked at before what is dear is read: of a process that does not pass, only what decides.
///
/// ```
/// use psoxide::ProcessTable;
/// let mut table = ProcessTable::builder()
///     .attrs(["name", "memory_info"])
///     .pids([std::process::id()])
///     .build()?;
/// table.refresh()?;
/// assert_eq!(table.rows().len(), 1);
/// # Ok::<(), psoxide::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ProcessTableBuilder {
    root: Root,
    attrs: Vec<String>,
    pids: Option<Vec<Pid>>,
    user: Option<Text>,
    name: Option<Text>,
    keep: usize,
    bpf: bool,
}

impl ProcessTableBuilder {
    pub(super) fn new() -> ProcessTableBuilder {
        ProcessTableBuilder {
            root: Root::default(),
            attrs: Vec::new(),
            pids: None,
            user: None,
            name: None,
            keep: 0,
            bpf: std::env::var_os("PSOXIDE_BPF").is_none_or(|value| value != "0"),
        }
    }

    /// The system whose processes are read; the running one if this is not said.
    pub fn root(mut self, root: &Root) -> Self {
        self.root = root.clone();
        self
    }

    /// The attributes that are read, by the names of the [catalogue](crate::catalog); added to those named before. The
    /// number and the start of a process are always read.
    pub fn attrs<I>(mut self, attrs: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.attrs.extend(attrs.into_iter().map(Into::into));
        self
    }

    /// Only processes of these numbers; one that does not exist has no row.
    pub fn pids(mut self, pids: impl IntoIterator<Item = Pid>) -> Self {
        let mut pids: Vec<Pid> = pids.into_iter().collect();
        pids.sort_unstable();
        pids.dedup();
        self.pids = Some(pids);
        self
    }

    /// Only processes that this user has started, by what [`Oneshot::username`](crate::Oneshot::username) tells.
    pub fn user(mut self, user: impl Into<Text>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Only processes of this name, by what [`Oneshot::name`](crate::Oneshot::name) tells.
    pub fn name(mut self, name: impl Into<Text>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How many descriptors may stay open between two readings, which then cost about half; none if this is not said.
    /// About as many as there are processes, times the files that the attributes need, are of use; with fewer, of each
    /// process those are kept that spare most. An eighth of what the program may open is left to it, and 256 at least, or
    /// half of fewer than 512; and those that are kept are closed when it runs out.
    pub fn keep_descriptors(mut self, most: usize) -> Self {
        self.keep = most;
        self
    }

    /// Whether a BPF task iterator may be used, where this program is allowed to; if this is not said, it is used
    /// unless the environment variable `PSOXIDE_BPF` is `0`.
    pub fn bpf(mut self, allowed: bool) -> Self {
        self.bpf = allowed;
        self
    }

    /// The table, still empty.
    ///
    /// # Errors
    ///
    /// As [`ProcessTable::new`].
    pub fn build(self) -> Result<ProcessTable> {
        let mut attrs: Vec<&'static Attr> = Vec::with_capacity(self.attrs.len());
        for name in &self.attrs {
            let attr = attr(name).ok_or_else(|| unknown_attr(name))?;
            if !attrs.iter().any(|known| known.name == attr.name) {
                attrs.push(attr);
            }
        }
        // Who a process is decides whether it is the same.
        let told = |name: &str| sources(name).unwrap_or(Sources::NONE);
        let mut rest = told("ppid");
        let mut calls = Vec::new();
        for attr in &attrs {
            match sources(attr.name) {
                Some(sources) => rest = rest.or(sources),
                None => calls.push(*attr),
            }
        }
        let mut first = Sources::NONE;
        if self.user.is_some() {
            first = first.or(told("username"));
        }
        if self.name.is_some() {
            first = first.or(told("name"));
        }
        let has = |name: &str| attrs.iter().any(|attr| attr.name == name);
        Ok(ProcessTable {
            listing: Listing::open(&self.root, self.keep, self.bpf, first.or(rest))?,
            plan: Plan {
                root: self.root,
                pids: self.pids,
                user: self.user,
                name: self.name,
                first,
                rest,
                calls,
                io: has("io_counters"),
                percent: has("cpu_percent"),
                attrs,
            },
            rows: Vec::new(),
            identities: Vec::new(),
            spare: Vec::new(),
            ended: Vec::new(),
            at: None,
            before: None,
        })
    }
}
