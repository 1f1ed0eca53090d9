//! Roots for tests: the fixtures of `testdata/`, trees of files made for one test, and what may be wrong with a file.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};

use psoxide::{ErrorKind, Result, Root};

/// A case of `testdata/linux`.
pub(crate) fn testdata(case: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/linux");
    path.canonicalize().unwrap().join(case)
}

/// A directory of its own, removed with all that is in it.
#[derive(Debug)]
pub(crate) struct Tree(PathBuf);

impl Tree {
    pub(crate) fn new() -> Tree {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("psoxide-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Tree(path.canonicalize().unwrap())
    }

    /// The root whose `/proc`, `/sys`, … are in it.
    pub(crate) fn root(&self) -> Root {
        Root::at(&self.0)
    }

    /// The path of a file in it, whose directory is made.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// Makes or replaces a file.
    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(path), bytes).unwrap();
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

/// Asks with each thing that may be wrong with a file, and expects the error's kind and the file's name in it. `strict`
/// says that there is no answer from a file that is empty or is not the kernel's.
pub(crate) fn is_broken_by(file: &str, question: impl Fn(&Root) -> Result<()>, strict: bool) {
    let tree = Tree::new();
    let root = tree.root();
    let path = tree.path(file);
    let expect = |kind: ErrorKind, why: &str| {
        let error = question(&root).expect_err(why);
        assert_eq!(error.kind(), kind, "{why}: {error}");
        assert_eq!(error.what(), path.to_str().unwrap(), "{why}: {error}");
    };

    expect(ErrorKind::NotFound, "missing");

    fs::create_dir(&path).unwrap();
    expect(ErrorKind::Os, "a directory");
    fs::remove_dir(&path).unwrap();

    if strict {
        for bytes in [&b""[..], b"\n", b"\xff\xfe\0 garbage\n", b"cpu", b"MemTotal: 12"] {
            fs::write(&path, bytes).unwrap();
            expect(ErrorKind::InvalidData, "not the kernel's");
        }
        fs::remove_file(&path).unwrap();
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &path, fifo, 0o600.into(), 0).unwrap();
        expect(ErrorKind::InvalidData, "a FIFO that nobody writes");
        fs::remove_file(&path).unwrap();
    }

    {
        let _turn = endless_turn();
        let _ = fs::remove_file(&path);
        symlink("/dev/zero", &path).unwrap();
        expect(ErrorKind::Os, "endless");
        fs::remove_file(&path).unwrap();
    }

    // Nothing is mapped at address 0, so that reading there is the error EIO.
    symlink("/proc/self/mem", &path).unwrap();
    expect(ErrorKind::Os, "an input/output error");
    fs::remove_file(&path).unwrap();

    symlink(&path, &path).unwrap();
    expect(ErrorKind::Os, "a link to itself");
    fs::remove_file(&path).unwrap();

    let directory = path.parent().unwrap();
    fs::remove_dir(directory).unwrap();
    expect(ErrorKind::NotFound, "no directory");
    fs::write(directory, "").unwrap();
    expect(ErrorKind::NotFound, "a file in place of the directory");
}

/// The turn to read an endless file, one test at a time: up to the limit, the file is held in memory.
pub(crate) fn endless_turn() -> MutexGuard<'static, ()> {
    static ENDLESS: Mutex<()> = Mutex::new(());
    ENDLESS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Asks with a file that may not be read, and with a directory that may not be searched. For a plain user only: see
/// [`is_plain_user`].
pub(crate) fn is_denied(file: &str, question: impl Fn(&Root) -> Result<()>) {
    let tree = Tree::new();
    let root = tree.root();
    let path = tree.path(file);
    fs::write(&path, "").unwrap();
    let denied = |path: &Path| {
        let mode = fs::metadata(path).unwrap().permissions();
        fs::set_permissions(path, fs::Permissions::from_mode(0o0)).unwrap();
        let error = question(&root).unwrap_err();
        fs::set_permissions(path, mode).unwrap();
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
        error.what().to_string()
    };
    assert_eq!(denied(&path), path.to_str().unwrap());
    let what = denied(path.parent().unwrap());
    assert!(path.starts_with(&what), "{what}");
}

/// Whether this is a plain user, whom the kernel denies something. If it is root, the test of this name is run again as
/// nobody, and its failure is this one's.
pub(crate) fn is_plain_user(test: &str) -> bool {
    if !rustix::process::geteuid().is_root() {
        return true;
    }
    let program = std::env::current_exe().unwrap();
    let again = Command::new(program)
        .args(["--exact", test])
        .uid(65534)
        .gid(65534)
        .output();
    match again {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
        }
        Err(error) => println!("{test} was not run as a plain user: {error}"),
    }
    false
}
