//! Running a program of Windows under wine. It is our code over real calls of Windows' interface, which wine answers: what
//! wine lacks or tells otherwise than Windows is not proven by it, and `PLATFORMS.md` names that.
//!
//! Debian 12's own wine lacks a library that every program of Rust needs, so that of Debian 13 is unpacked into a folder,
//! with the C library that it needs, and runs from there: no part of the machine is changed, and no right is needed.

use std::fs;
use std::path::Path;

use crate::workspace::{self, command};
use crate::{Outcome, cache, debian};

/// The suite whose wine is used.
const SUITE: &str = "trixie";
/// wine and what its programs cannot start without. It depends on much more, for pictures, sounds and devices.
const PACKAGES: [&str; 6] = [
    "wine64",
    "libwine",
    "libz-mingw-w64",
    "libc6",
    "libunwind8",
    "liblzma5",
];
/// What tells a program where its libraries are, and the libraries of that.
const PATCHELF: [&str; 3] = ["patchelf", "libstdc++6", "libgcc-s1"];
/// Where wine's two programs lie in the folder, and where the libraries do.
const PROGRAMS: &str = "usr/lib/wine";
const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";

/// The words before the program's own that run it.
pub(super) fn runner() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let folder = cache::folder()?.join(format!("wine-{SUITE}"));
    cache::once(&folder, |unfinished| install(unfinished, &folder))?;
    let debug = std::env::var("WINEDEBUG").unwrap_or_else(|_| "-all".to_owned());
    Ok(vec![
        "env".to_owned(),
        format!("WINEPREFIX={}", folder.join("prefix").display()),
        "WINEARCH=win64".to_owned(),
        format!("WINEDEBUG={debug}"),
        // No display is found by these, neither X nor Wayland.
        "DISPLAY=".to_owned(),
        "XDG_RUNTIME_DIR=/tmp".to_owned(),
        // What enters wine's own programs into the menus of whoever runs this.
        "WINEDLLOVERRIDES=winemenubuilder.exe=".to_owned(),
        folder.join(PROGRAMS).join("wine64").display().to_string(),
    ])
}

/// Unpacks wine and does what its packages' scripts do, for the place where it will lie.
fn install(folder: &Path, finished: &Path) -> Outcome {
    let suite = debian::Suite::open(SUITE, "amd64")?;
    for package in PACKAGES.iter().chain(&PATCHELF) {
        suite.unpack(package, folder)?;
    }
    let libraries = folder.join(LIBRARIES);
    let loader = "ld-linux-x86-64.so.2";
    for program in ["wine64", "wineserver64"] {
        workspace::run(
            command(libraries.join(loader))
                .arg("--library-path")
                .arg(&libraries)
                .arg(folder.join("usr/bin/patchelf"))
                .arg("--set-interpreter")
                .arg(finished.join(LIBRARIES).join(loader))
                // Unlike a run path, it holds for the libraries of libraries, too.
                .args(["--force-rpath", "--set-rpath"])
                .arg(finished.join(LIBRARIES))
                .arg(folder.join(PROGRAMS).join(program)),
        )?;
    }
    // In its place is a script that looks in /usr.
    let server = folder.join(PROGRAMS).join("wineserver");
    fs::remove_file(&server)?;
    std::os::unix::fs::symlink("wineserver64", server)?;
    // Beside itself the server looks for its tables one folder too deep, and then in /usr.
    std::os::unix::fs::symlink(".", folder.join("usr/share/wine/wine"))?;
    // wine takes a library for a part of itself by what stands behind the header for DOS.
    let mut zlib = fs::read(folder.join("usr/x86_64-w64-mingw32/lib/zlib1.dll"))?;
    let mark = zlib.get_mut(64..96).ok_or("zlib1.dll is too short")?;
    mark.fill(0);
    mark[..16].copy_from_slice(b"Wine builtin DLL");
    fs::write(libraries.join("wine/x86_64-windows/zlib1.dll"), zlib)?;
    Ok(())
}
