//! Where the kernel's file systems are: the library's one input.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// Where `/proc`, `/sys`, `/dev`, `/etc` and `/run` are.
///
/// [`Root::default`] is the running system. A program in a container that sees the host's file systems
/// elsewhere, or a test with files of its own, makes another one. Every call honours its root, or answers
/// [`ErrorKind::ForeignRoot`] where only the running system can be asked.
///
/// ```
/// use psoxide::Root;
/// let host = Root::at("/host").with_proc("/host-proc");
/// assert_eq!(host.proc(), std::path::Path::new("/host-proc"));
/// assert_eq!(host.sys(), std::path::Path::new("/host/sys"));
/// assert!(Root::default().is_local());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Root(Option<Arc<Paths>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Paths {
    rootfs: PathBuf,
    proc: PathBuf,
    sys: PathBuf,
    dev: PathBuf,
    etc: PathBuf,
    run: PathBuf,
}

impl Root {
    /// A system whose file systems all lie below `rootfs`: `rootfs/proc`, `rootfs/sys`, …
    pub fn at(rootfs: impl Into<PathBuf>) -> Root {
        let rootfs = rootfs.into();
        Root(Some(Arc::new(Paths {
            proc: rootfs.join("proc"),
            sys: rootfs.join("sys"),
            dev: rootfs.join("dev"),
            etc: rootfs.join("etc"),
            run: rootfs.join("run"),
            rootfs,
        })))
    }

    /// The root that `HOST_ROOT`, `HOST_PROC`, `HOST_SYS`, `HOST_DEV`, `HOST_ETC` and `HOST_RUN` name; the running
    /// system where none of them is set.
    pub fn from_env() -> Root {
        let place = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let mut root = place("HOST_ROOT").map_or_else(Root::default, Root::at);
        if let Some(path) = place("HOST_PROC") {
            root = root.with_proc(path);
        }
        if let Some(path) = place("HOST_SYS") {
            root = root.with_sys(path);
        }
        if let Some(path) = place("HOST_DEV") {
            root = root.with_dev(path);
        }
        if let Some(path) = place("HOST_ETC") {
            root = root.with_etc(path);
        }
        if let Some(path) = place("HOST_RUN") {
            root = root.with_run(path);
        }
        root
    }

    /// The same root with `/proc` elsewhere.
    pub fn with_proc(self, path: impl Into<PathBuf>) -> Root {
        self.with(|paths| paths.proc = path.into())
    }

    /// The same root with `/sys` elsewhere.
    pub fn with_sys(self, path: impl Into<PathBuf>) -> Root {
        self.with(|paths| paths.sys = path.into())
    }

    /// The same root with `/dev` elsewhere.
    pub fn with_dev(self, path: impl Into<PathBuf>) -> Root {
        self.with(|paths| paths.dev = path.into())
    }

    /// The same root with `/etc` elsewhere.
    pub fn with_etc(self, path: impl Into<PathBuf>) -> Root {
        self.with(|paths| paths.etc = path.into())
    }

    /// The same root with `/run` elsewhere.
    pub fn with_run(self, path: impl Into<PathBuf>) -> Root {
        self.with(|paths| paths.run = path.into())
    }

    fn with(self, change: impl FnOnce(&mut Paths)) -> Root {
        let mut paths = self.0.unwrap_or_else(|| {
            Arc::new(Paths {
                rootfs: "/".into(),
                proc: "/proc".into(),
                sys: "/sys".into(),
                dev: "/dev".into(),
                etc: "/etc".into(),
                run: "/run".into(),
            })
        });
        change(Arc::make_mut(&mut paths));
        Root(Some(paths))
    }

    /// The root of the file system.
    pub fn rootfs(&self) -> &Path {
        self.0.as_ref().map_or(Path::new("/"), |paths| &paths.rootfs)
    }

    /// Where `/proc` is.
    pub fn proc(&self) -> &Path {
        self.0.as_ref().map_or(Path::new("/proc"), |paths| &paths.proc)
    }

    /// Where `/sys` is.
    pub fn sys(&self) -> &Path {
        self.0.as_ref().map_or(Path::new("/sys"), |paths| &paths.sys)
    }

    /// Where `/dev` is.
    pub fn dev(&self) -> &Path {
        self.0.as_ref().map_or(Path::new("/dev"), |paths| &paths.dev)
    }

    /// Where `/etc` is.
    pub fn etc(&self) -> &Path {
        self.0.as_ref().map_or(Path::new("/etc"), |paths| &paths.etc)
    }

    /// Where `/run` is.
    pub fn run(&self) -> &Path {
        self.0.as_ref().map_or(Path::new("/run"), |paths| &paths.run)
    }

    /// Whether this is the running system.
    pub fn is_local(&self) -> bool {
        self.0.is_none()
    }

    /// `Ok` if this is the running system; otherwise the error that says `call` cannot be asked elsewhere.
    pub(crate) fn require_local(&self, call: &'static str) -> Result<()> {
        if self.is_local() {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::ForeignRoot, call))
        }
    }
}
