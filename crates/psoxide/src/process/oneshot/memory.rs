//! What a process holds of memory.

use psoxide_core::model::process::{
    MemoryFootprint, MemoryFullInfo, MemoryInfo, MemoryInfoEx, MemoryMap, PageFaults,
};
use psoxide_core::schema::{Shape, Typed, Unit, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::process::Oneshot;
use crate::sys;

impl Oneshot {
    /// Its memory use, in bytes.
    ///
    /// # Source
    ///
    /// Linux: `statm`. Windows: the system's process table. macOS: `proc_pidinfo`. BSD: `kinfo_proc`. illumos:
    /// `psinfo`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let memory = visit.memory_info()?;
    /// assert!(memory.rss > 0 && memory.rss <= memory.vms);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_info(&self) -> Result<MemoryInfo> {
        sys::process::memory_info(&self.reader)
    }

    /// Its memory use with peaks and parts, in bytes.
    ///
    /// # Source
    ///
    /// Linux: `statm` and `status`. Windows: the system's process table. macOS: `task_info`.
    /// Elsewhere as [`Oneshot::memory_info`].
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("at most {:?} bytes so far", visit.memory_info_ex()?.peak_rss);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_info_ex(&self) -> Result<MemoryInfoEx> {
        sys::process::memory_info_ex(&self.reader)
    }

    /// The share of memory that is its own, in bytes. The kernel walks the whole address space for it.
    ///
    /// # Source
    ///
    /// Linux: `smaps_rollup`, before 4.14 `smaps`. macOS: `proc_pidinfo` of each region. Windows: the working set's
    /// pages.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let footprint = visit.memory_footprint()?;
    /// println!("{} bytes would be free without it", footprint.uss);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_footprint(&self) -> Result<MemoryFootprint> {
        sys::process::memory_footprint(&self.reader)
    }

    /// [`Oneshot::memory_info`] and [`Oneshot::memory_footprint`] together, in bytes; the latter is absent on systems
    /// without it.
    ///
    /// # Source
    ///
    /// As of the two.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// let full = visit.memory_full_info()?;
    /// println!("{} bytes resident, {:?}", full.info.rss, full.footprint);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_full_info(&self) -> Result<MemoryFullInfo> {
        let footprint = match self.memory_footprint() {
            Ok(footprint) => Some(footprint),
            Err(error) if error.is_unsupported() => None,
            Err(error) => return Err(error),
        };
        Ok(MemoryFullInfo::new(self.memory_info()?, footprint))
    }

    /// Resident memory as a share of the machine's physical memory, in percent.
    ///
    /// # Source
    ///
    /// That of [`Oneshot::memory_info`] and [`virtual_memory`](crate::virtual_memory).
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!((0.0..=100.0).contains(&visit.memory_percent()?));
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_percent(&self) -> Result<f64> {
        self.memory_share(self.memory_info()?.rss)
    }

    /// A figure of its memory as a share of the machine's physical memory, in percent. `field` is the name of one of
    /// [`MemoryInfo`], [`MemoryInfoEx`] or [`MemoryFootprint`], as `rss`, `peak_rss` or `uss`.
    ///
    /// # Source
    ///
    /// That of the first of [`Oneshot::memory_info`], [`Oneshot::memory_info_ex`] and [`Oneshot::memory_footprint`] that
    /// has the field, and [`virtual_memory`](crate::virtual_memory).
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a name that is no field in bytes,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the kernel does not tell it,
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// assert!(visit.memory_percent_of("rss")? <= visit.memory_percent_of("vms")?);
    /// assert!(visit.memory_percent_of("weight").is_err());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_percent_of(&self, field: &str) -> Result<f64> {
        let place = |shape: Shape| {
            let mut fields = shape.fields.iter();
            fields.position(|known| known.name == field && known.unit == Unit::Bytes)
        };
        let (record, place) = if let Some(place) = place(MemoryInfo::SHAPE) {
            (self.memory_info()?.value(), place)
        } else if let Some(place) = place(MemoryInfoEx::SHAPE) {
            (self.memory_info_ex()?.value(), place)
        } else if let Some(place) = place(MemoryFootprint::SHAPE) {
            (self.memory_footprint()?.value(), place)
        } else {
            let what = format!("memory_percent_of: {field:?} is no figure of memory in bytes");
            return Err(Error::invalid(what).of(self.pid()));
        };
        let Value::Record(_, mut values) = record else {
            return Err(Error::unsupported("memory_percent_of").of(self.pid()));
        };
        let Value::U64(bytes) = values.swap_remove(place) else {
            return Err(Error::unsupported("memory_percent_of").of(self.pid()));
        };
        self.memory_share(bytes)
    }

    /// Its mappings, a region each, with sizes in bytes.
    ///
    /// [`MemoryMap::group`] adds up those of each path.
    ///
    /// # Source
    ///
    /// Linux: `smaps`. Windows: `VirtualQueryEx`. FreeBSD: the sysctl `kern.proc.vmmap`. illumos: `xmap`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended,
    /// [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process,
    /// [`ZombieProcess`](crate::ErrorKind::ZombieProcess) if it is a zombie,
    /// [`Unsupported`](crate::ErrorKind::Unsupported) on other systems.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// for map in visit.memory_maps()? {
    ///     println!("{:>10} {}", map.rss, map.path);
    /// }
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        sys::process::memory_maps(&self.reader)
    }

    /// Its page faults since it was started: those served from memory, and those that needed a device.
    ///
    /// # Source
    ///
    /// Linux: `stat`. Windows: the system's process table. macOS: `proc_pidinfo`. BSD: `kinfo_proc`.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) if it has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// let visit = psoxide::Process::current()?.oneshot()?;
    /// println!("{:?}", visit.page_faults()?);
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn page_faults(&self) -> Result<PageFaults> {
        sys::process::page_faults(&self.reader)
    }

    /// Bytes as a share of the machine's physical memory, in percent.
    fn memory_share(&self, bytes: u64) -> Result<f64> {
        match sys::process::total_memory(&self.reader)? {
            0 => Err(Error::new(ErrorKind::InvalidData, "a machine without memory").of(self.pid())),
            total => Ok(bytes as f64 / total as f64 * 100.0),
        }
    }
}
