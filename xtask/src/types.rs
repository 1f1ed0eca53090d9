//! The types of the Python package: compared with the package itself, and tried on programs that are written for psutil
//! and pass with psutil's published types.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace::{self, command, root, target};
use crate::{Outcome, cache};

const PROGRAMS: &str = "python/tests/typing";
/// Programs for Windows alone, which are checked here and run where there is one.
const OF_WINDOWS: &str = "python/tests/typing/windows";

/// What the programs are checked with: the system they are for, where the types are found, and how strict pyright is.
struct Types<'a> {
    /// The programs' folder.
    programs: &'a Path,
    /// What mypy and pyright call the system.
    system: (&'static str, &'static str),
    /// The folder to look for modules in, before the virtual environment.
    modules: Option<&'a Path>,
    /// `strict` where nothing may be of unknown type; psutil's published types have some.
    pyright: &'static str,
}

/// Checks the package that is laid out in `folder`.
pub(crate) fn check(python: &Path, folder: &Path) -> Outcome {
    workspace::run(mypy(python, "mypy.stubtest", Some(folder)).args([
        "psoxide",
        "--concise",
        "--allowlist=python/tests/stubtest-allowlist.txt",
    ]))?;
    let shim = shim(folder)?;
    for (programs, system) in [(PROGRAMS, ("linux", "Linux")), (OF_WINDOWS, ("win32", "Windows"))] {
        let ours = root().join(programs);
        let psutils = for_psutil(&ours)?;
        let types = |programs, modules, pyright| Types {
            programs,
            system,
            modules,
            pyright,
        };
        for types in [
            types(&ours, Some(folder), "strict"),
            types(&psutils, None, "standard"),
            types(&psutils, Some(&shim), "strict"),
        ] {
            with_mypy(python, &types)?;
            with_pyright(python, &types)?;
        }
    }
    for program in files(&root().join(PROGRAMS))? {
        run(python, folder, &program)?;
    }
    Ok(())
}

/// The programs for Windows alone.
pub(crate) fn of_windows() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    files(&root().join(OF_WINDOWS))
}

/// The same programs as they are written for psutil: only what they import differs.
fn for_psutil(ours: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = target().join("typing/psutil-programs");
    cache::remove(&folder)?;
    fs::create_dir_all(&folder)?;
    for program in files(ours)? {
        let text = fs::read_to_string(&program)?;
        let for_psutil = text
            .replace("\nimport psoxide as psutil\n", "\nimport psutil\n")
            .replace("\nfrom psoxide.", "\nfrom psutil.");
        if for_psutil == text || for_psutil.contains("import psoxide") {
            return Err(format!("{} does not import psoxide as psutil", program.display()).into());
        }
        fs::write(folder.join(program.file_name().unwrap_or_default()), for_psutil)?;
    }
    Ok(folder)
}

/// The package with the shim beside it.
fn shim(package: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let folder = target().join("typing/shim");
    cache::remove(&folder)?;
    fs::create_dir_all(&folder)?;
    for part in [package.join("psoxide"), root().join("python/shim/psutil")] {
        workspace::run(command("cp").args(["-R", "--"]).arg(part).arg(&folder))?;
    }
    Ok(folder)
}

fn mypy(python: &Path, module: &str, modules: Option<&Path>) -> Command {
    let mut mypy = command(python);
    mypy.args(["-m", module])
        .env("MYPY_CACHE_DIR", target().join("mypy"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(modules) = modules {
        mypy.env("PYTHONPATH", modules).env("MYPYPATH", modules);
    }
    mypy
}

fn with_mypy(python: &Path, types: &Types<'_>) -> Outcome {
    let mut mypy = mypy(python, "mypy", types.modules);
    mypy.args([
        "--strict",
        "--follow-imports=silent",
        "--platform",
        types.system.0,
    ]);
    workspace::run(mypy.args(files(types.programs)?))
}

/// By basedpyright, which is pyright with all that it needs in its wheels.
fn with_pyright(python: &Path, types: &Types<'_>) -> Outcome {
    let modules: Vec<String> = types.modules.iter().map(|path| json(path)).collect();
    let programs: Vec<String> = files(types.programs)?.iter().map(|path| json(path)).collect();
    let settings = format!(
        r#"{{"typeCheckingMode": "{}", "pythonPlatform": "{}", "reportMissingModuleSource": false, "include": [{}], "extraPaths": [{}]}}"#,
        types.pyright,
        types.system.1,
        programs.join(", "),
        modules.join(", "),
    );
    let file = target().join("typing/pyrightconfig.json");
    fs::write(&file, settings)?;
    let mut pyright = command(python.with_file_name("basedpyright"));
    pyright.args(["--level", "error", "--project"]).arg(&file);
    workspace::run(pyright.arg("--pythonpath").arg(python))
}

/// A path as JSON has it.
fn json(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}

/// Runs a program to its end; what it prints is about this machine.
fn run(python: &Path, modules: &Path, program: &Path) -> Outcome {
    let mut run = command(python);
    run.arg(program)
        .env("PYTHONPATH", modules)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    println!("$ {}", workspace::line(&run));
    let output = run.stderr(Stdio::inherit()).output()?;
    if output.status.success() && !output.stdout.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{} said nothing or ended with {}",
            program.display(),
            output.status
        )
        .into())
    }
}

/// The programs of a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "py") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
