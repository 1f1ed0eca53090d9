//! Linkers for other systems: fronts that rustc calls as it would call `cc` there, and that turn the call into one of
//! `zig cc` or of lld. rustc calls a script of two lines, which calls this program again as `xtask link …`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::pip::pip;
use super::targets::Linker;
use crate::workspace::{self, command};
use crate::{Outcome, cache};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The release of the PyPI package `ziglang`: the first one that carries OpenBSD's C library.
const ZIG_RELEASE: &str = "0.17.1";

/// A library of the names that a program's start files define, for linking a shared object without undefined names.
pub(crate) const START: &str = "start";

/// A framework of macOS that zig does not carry, with the names that dependencies take from it.
const CORE_FOUNDATION: &str = include_str!("../../cross/CoreFoundation.tbd");

/// The arguments of `xtask link`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The zig program.
    #[arg(long)]
    zig: PathBuf,
    /// zig's name of the target, or `illumos`.
    #[arg(long)]
    target: String,
    /// A folder with libraries that the linker finds nowhere else.
    #[arg(long)]
    libraries: PathBuf,
    /// What rustc passes to the linker.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Prepares a target's linker and tells its path; none if rustc's own choice is right or nothing links for it.
pub(crate) fn prepare(linker: Linker) -> Result<Option<PathBuf>> {
    let (name, empty) = match linker {
        Linker::Missing(_) => return Ok(None),
        Linker::Program(program) => return Ok(Some(program.into())),
        Linker::Zig { name, empty } => (name, empty),
        Linker::Illumos { empty } => ("illumos", empty),
    };
    let zig = zig()?;
    let folder = workspace::target().join("cross/linkers").join(name);
    let libraries = folder.join("lib");
    fs::create_dir_all(&libraries)?;
    for library in empty {
        make_library(&zig, name, library, "", &libraries)?;
    }
    if !empty.is_empty() {
        make_library(&zig, name, START, "void *environ, *__progname;", &libraries)?;
    }
    if name.contains("macos") {
        fs::write(libraries.join("libCoreFoundation.tbd"), CORE_FOUNDATION)?;
    }
    // By this name rustc knows how it takes its arguments.
    let script = folder.join("cc");
    let quoted = |path: &Path| Ok::<_, String>(format!("'{}'", utf8(path)?.replace('\'', r"'\''")));
    fs::write(
        &script,
        format!(
            "#!/bin/sh\nexec {} link --zig {} --target {name} --libraries {} -- \"$@\"\n",
            quoted(&own_program()?)?,
            quoted(&zig)?,
            quoted(&libraries)?,
        ),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(Some(script))
}

/// Links as rustc asked.
pub(crate) fn run(call: &Arguments) -> Outcome {
    let given = expand(&call.arguments)?;
    let mut linker = Command::new(&call.zig);
    if call.target == "illumos" {
        linker.args(illumos_arguments(&given));
    } else {
        linker
            .args(["cc", "-target", &call.target])
            .args(zig_arguments(&call.target, &given));
    }
    linker.arg("-L").arg(&call.libraries);
    if call.target.contains("macos") {
        linker.arg("-lCoreFoundation");
    }
    let status = linker
        .status()
        .map_err(|error| format!("{}: {error}", call.zig.display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the linker ended with {status}").into())
    }
}

/// A copy of this program that stays while a build replaces the original.
fn own_program() -> Result<PathBuf> {
    let folder = workspace::target().join("cross/linkers");
    let unfinished = folder.join(format!("xtask.{}", std::process::id()));
    let finished = folder.join("xtask");
    fs::copy("/proc/self/exe", &unfinished)?;
    fs::rename(&unfinished, &finished)?;
    Ok(finished)
}

/// zig, from the Python package index: the one place that serves it as a package.
fn zig() -> Result<PathBuf> {
    let folder = cache::folder()?.join(format!("zig-{ZIG_RELEASE}"));
    cache::once(&folder, |unfinished| {
        workspace::run(
            pip(&["install", "--no-deps", "--target"])?
                .arg(unfinished)
                .arg(format!("ziglang=={ZIG_RELEASE}")),
        )
    })?;
    let zig = folder.join("ziglang/zig");
    if zig.is_file() {
        Ok(zig)
    } else {
        Err(format!("{} is not there; delete {}", zig.display(), folder.display()).into())
    }
}

/// Makes a shared library of these C definitions.
fn make_library(zig: &Path, target: &str, library: &str, definitions: &str, folder: &Path) -> Outcome {
    let finished = folder.join(format!("lib{library}.so"));
    if finished.exists() {
        return Ok(());
    }
    // For illumos there is nothing in it but its name, so any ELF target does.
    let target = if target == "illumos" {
        "x86_64-linux-musl"
    } else {
        target
    };
    let unfinished = folder.join(format!("{library}.{}", std::process::id()));
    let source = folder.join(format!("{library}.c"));
    fs::write(&source, definitions)?;
    workspace::run(
        command(zig)
            .args(["cc", "-target", target, "-shared", "-nostdlib"])
            .arg(format!("-Wl,-soname,lib{library}.so.1"))
            .arg("-o")
            .arg(&unfinished)
            .arg(&source),
    )?;
    fs::rename(&unfinished, &finished)?;
    Ok(())
}

/// Arguments that stand in a file (`@file`, one a line, as rustc does where a command line would be too long).
fn expand(given: &[String]) -> Result<Vec<String>> {
    let mut arguments = Vec::new();
    for argument in given {
        match argument.strip_prefix('@') {
            None => arguments.push(argument.clone()),
            Some(file) => {
                let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
                arguments.extend(text.lines().map(unescape));
            }
        }
    }
    Ok(arguments)
}

fn unescape(line: &str) -> String {
    let mut plain = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        plain.extend(if character == '\\' {
            characters.next()
        } else {
            Some(character)
        });
    }
    plain
}

/// What `zig cc` makes of rustc's arguments for gcc or clang.
fn zig_arguments(target: &str, given: &[String]) -> Vec<OsString> {
    // zig knows the target by its name and brings the start files and the compiler's runtime.
    const DROPPED: [&str; 9] = [
        "-m32",
        "-m64",
        "-lgcc",
        "-lssp",
        "-no-pie",
        "-nodefaultlibs",
        "-Wl,--eh-frame-hdr",
        "-Wl,--no-undefined-version",
        "-Wl,-O1",
    ];
    const START_FILES: [&str; 8] = [
        "crt1.o",
        "rcrt1.o",
        "crti.o",
        "crtn.o",
        "crtbegin.o",
        "crtbeginS.o",
        "crtend.o",
        "crtendS.o",
    ];
    let musl = target.contains("musl");
    let openbsd = target.contains("openbsd");
    let macos = target.contains("macos");
    // Dependencies name these although nothing but names of one framework is taken from them, which is linked as a library;
    // zig carries the system's main library only.
    let of_macos = |place: usize, argument: &str| {
        let before = place.checked_sub(1).and_then(|place| given.get(place));
        ["-liconv", "-lobjc", "-framework"].contains(&argument)
            || before.is_some_and(|before| before == "-framework")
    };
    given
        .iter()
        .enumerate()
        .filter(|(place, argument)| !(macos && of_macos(*place, argument)))
        .map(|(_, argument)| argument)
        .filter(|argument| !DROPPED.contains(&argument.as_str()))
        .filter(|argument| {
            let file = argument.rsplit('/').next().unwrap_or_default();
            !(musl && (file == "-nostartfiles" || START_FILES.contains(&file)))
        })
        .map(|argument| match argument.as_str() {
            "-lgcc_s" | "-lgcc_eh" => "-lunwind",
            // Unwinding is all that is wanted of it, and zig would build the C++ runtime first: two minutes.
            "-lc++abi" if openbsd => "-lunwind",
            "-static-pie" if musl => "-static",
            other => other,
        })
        .map(OsString::from)
        .collect()
}

/// What lld makes of rustc's arguments for illumos' gcc.
fn illumos_arguments(given: &[String]) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["ld.lld".into()];
    if !given.iter().any(|argument| argument == "-shared") {
        arguments.push("-pie".into());
    }
    arguments.extend(
        [
            "--unresolved-symbols=ignore-all",
            "-dynamic-linker",
            "/lib/amd64/ld.so.1",
        ]
        .map(OsString::from),
    );
    for argument in given {
        match argument.strip_prefix("-Wl,") {
            // A word of Solaris' own linker.
            Some("-z,ignore") => {}
            Some(of_linker) => arguments.extend(of_linker.split(',').map(OsString::from)),
            None if ["-m64", "-std=c99", "-nodefaultlibs"].contains(&argument.as_str()) => {}
            None => arguments.push(argument.into()),
        }
    }
    arguments
}

fn utf8(path: &Path) -> std::result::Result<&str, String> {
    path.to_str()
        .ok_or_else(|| format!("{} is not UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(arguments: &[&str]) -> Vec<String> {
        arguments.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn zig_brings_start_files_and_runtime_itself() {
        let given = words(&[
            "-static-pie",
            "/sysroot/rcrt1.o",
            "main.o",
            "-lgcc_eh",
            "-lc",
            "-nodefaultlibs",
        ]);
        let taken = zig_arguments("x86_64-linux-musl", &given);
        assert_eq!(taken, ["-static", "main.o", "-lunwind", "-lc"]);
        let given = words(&[
            "main.o",
            "-liconv",
            "-framework",
            "Foundation",
            "-lobjc",
            "-lSystem",
        ]);
        assert_eq!(zig_arguments("aarch64-macos", &given), ["main.o", "-lSystem"]);
    }

    #[test]
    fn lld_gets_what_gcc_would_pass_on() {
        let given = words(&["-m64", "-Wl,-z,ignore", "-Wl,-z,defs", "main.o", "-shared"]);
        let taken = illumos_arguments(&given);
        let tail: Vec<&str> = taken
            .iter()
            .rev()
            .take(4)
            .rev()
            .filter_map(|word| word.to_str())
            .collect();
        assert_eq!(tail, ["-z", "defs", "main.o", "-shared"]);
        assert!(!taken.contains(&"-pie".into()));
    }

    #[test]
    fn a_file_of_arguments_has_one_a_line_with_backslashes() {
        assert_eq!(unescape(r"a\ b\\c"), r"a b\c");
        let file = std::env::temp_dir().join(format!("psoxide-link-{}", std::process::id()));
        fs::write(&file, "-o\nwith\\ space\n").unwrap();
        let expanded = expand(&[format!("@{}", file.display()), "-lc".to_owned()]).unwrap();
        fs::remove_file(&file).unwrap();
        assert_eq!(expanded, ["-o", "with space", "-lc"]);
    }
}
