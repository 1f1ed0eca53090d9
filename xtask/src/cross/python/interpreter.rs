//! A Windows CPython that wine runs, put together of what the Python package index and this machine have: the wheel
//! of `panda3d` for Windows carries the interpreter's library and its modules in machine code, since it freezes games
//! with them; the standard library's sources are the same on every system. `python.exe` is a call of `Py_Main`, and
//! `python3.dll`, which modules of the stable interface import from, hands each name on.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::super::pip::pip;
use crate::workspace::{self, command, installed, root};
use crate::{Outcome, cache, debian};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The wheel with CPython 3.11.9.
const CARRIER: &str = "panda3d==1.10.16";
/// The Python that it carries; the standard library must be of the same.
const VERSION: &str = "3.11";
/// What is installed in it.
const REQUIREMENTS: &str = "xtask/cross/windows-requirements.txt";
/// The program: `Py_Main` does it all.
const PROGRAM: &str = "#include <wchar.h>\n\
    __declspec(dllimport) int Py_Main(int, wchar_t **);\n\
    int wmain(int count, wchar_t **arguments) { return Py_Main(count, arguments); }\n";
/// Parts of the standard library that are of this machine, or of no use here.
const LEFT_BEHIND: [&str; 7] = [
    "__pycache__",
    "idlelib",
    "lib2to3",
    "lib-dynload",
    "site-packages",
    "test",
    "tkinter",
];

/// The folder with `python.exe`, made if need be.
pub(super) fn folder() -> Result<PathBuf> {
    let requirements = fs::read_to_string(root().join(REQUIREMENTS))?;
    let mut hasher = DefaultHasher::new();
    (CARRIER, &requirements).hash(&mut hasher);
    let folder = cache::folder()?.join(format!("windows-python-{:016x}", hasher.finish()));
    cache::once(&folder, install)?;
    Ok(folder)
}

fn install(folder: &Path) -> Outcome {
    let python = python()?;
    let wheels = folder.join("wheels");
    fs::create_dir_all(&wheels)?;
    let of_windows = [
        "--platform=win_amd64",
        "--python-version=311",
        "--only-binary=:all:",
    ];
    let mut download = pip(&["download", "--no-deps"])?;
    workspace::run(download.args(of_windows).arg("--dest").arg(&wheels).arg(CARRIER))?;
    unpack(&wheels, folder)?;
    cache::remove(&wheels)?;
    link(folder)?;

    let library = folder.join("Lib");
    let source = debian::output(
        command(&python).args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"]),
    )?;
    workspace::run(command("cp").args(["-R", "--"]).arg(source.trim()).arg(&library))?;
    for part in LEFT_BEHIND {
        cache::remove(&library.join(part))?;
    }
    let packages = library.join("site-packages");
    workspace::run(
        pip(&["install"])?
            .args(of_windows)
            .arg("--target")
            .arg(&packages)
            .arg("--requirement")
            .arg(root().join(REQUIREMENTS)),
    )?;
    // Under wine it would be done at every start. What has no use for this Python's version is passed over.
    let compiled = command(&python)
        .args(["-m", "compileall", "-q", "-q", "-j", "2"])
        .arg(&library)
        .status()?;
    println!("compiled the standard library: {compiled}");
    Ok(())
}

/// A Python of this machine of the same version.
fn python() -> Result<PathBuf> {
    let fits = |python: &str| {
        let asked = command(python)
            .args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
            .output();
        asked.is_ok_and(|answer| answer.status.success() && answer.stdout.trim_ascii() == VERSION.as_bytes())
    };
    let found = ["python3.11", "python3", "/usr/bin/python3"];
    match found.into_iter().find(|python| fits(python)) {
        Some(python) => Ok(python.into()),
        None if installed("apt-get") && debian::is_root()? => {
            debian::require(&["python3.11"])?;
            Ok("python3.11".into())
        }
        None => Err(format!(
            "a Windows Python takes the standard library of a Python {VERSION} of this machine"
        )
        .into()),
    }
}

/// Takes the interpreter's files out of the wheel.
fn unpack(wheels: &Path, folder: &Path) -> Outcome {
    let modules = folder.join("DLLs");
    fs::create_dir_all(&modules)?;
    let unpacked = wheels.join("unpacked");
    for entry in fs::read_dir(wheels)? {
        let wheel = entry?.path();
        if wheel.extension().is_some_and(|ending| ending == "whl") {
            workspace::run(
                command("python3")
                    .args(["-m", "zipfile", "-e"])
                    .arg(&wheel)
                    .arg(&unpacked),
            )?;
        }
    }
    for entry in fs::read_dir(unpacked.join("deploy_libs"))? {
        let file = entry?.path();
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let lower = name.to_lowercase();
        // Parts of Windows itself, and a toolkit that shows windows.
        if ["api-ms", "tcl", "tk", "_tkinter"]
            .iter()
            .any(|start| lower.starts_with(start))
        {
            continue;
        }
        let beside_program = ["python311.dll", "vcruntime140.dll"].contains(&lower.as_str());
        fs::rename(&file, if beside_program { folder } else { &modules }.join(&name))?;
    }
    Ok(())
}

/// Makes `python.exe` and `python3.dll`.
fn link(folder: &Path) -> Outcome {
    let tool = |name: &str| {
        let mut tool = command(format!("x86_64-w64-mingw32-{name}"));
        tool.current_dir(folder);
        tool
    };
    let printed = debian::output(tool("objdump").args(["-p", "python311.dll"]))?;
    let names = exported(&printed);
    if !names.contains(&"Py_Main") {
        return Err("python311.dll does not offer Py_Main".into());
    }
    let definitions = |library: &str, entry: &dyn Fn(&str) -> String| {
        let entries: Vec<String> = names.iter().map(|name| entry(name)).collect();
        format!("LIBRARY {library}\nEXPORTS\n{}\n", entries.join("\n"))
    };
    fs::write(
        folder.join("python311.def"),
        definitions("python311.dll", &str::to_owned),
    )?;
    fs::write(
        folder.join("python3.def"),
        definitions("python3.dll", &|name| format!("{name} = python311.{name}")),
    )?;
    fs::write(folder.join("python.c"), PROGRAM)?;
    workspace::run(tool("dlltool").args(["-d", "python311.def", "-l", "libpython311.a"]))?;
    let program = [
        "-municode",
        "-O1",
        "-s",
        "-o",
        "python.exe",
        "python.c",
        "libpython311.a",
    ];
    workspace::run(tool("gcc").args(program))?;
    let forwarder = [
        "-shared",
        "-nostartfiles",
        "-nodefaultlibs",
        "-Wl,-e,0",
        "-o",
        "python3.dll",
    ];
    workspace::run(tool("gcc").args(forwarder).arg("python3.def"))
}

/// The names of Python's interface that a library offers, of what `objdump -p` prints.
fn exported(printed: &str) -> Vec<&str> {
    let table = printed.split_once("[Ordinal/Name Pointer] Table");
    let mut names: Vec<&str> = table
        .map_or("", |(_, table)| table)
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        .filter(|name| name.starts_with("Py") || name.starts_with("_Py"))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_export_table() {
        let printed = "PyX stands in no table\n\n[Ordinal/Name Pointer] Table -- Ordinal Base 1\n\
                       \t[   0] +base[   1]  0000 PyAIter_Check\n\t[   1] +base[   2]  0001 _Py_Dealloc\n\
                       \t[   2] +base[   3]  0002 other\n";
        assert_eq!(exported(printed), ["PyAIter_Check", "_Py_Dealloc"]);
        assert!(exported("").is_empty());
    }
}
