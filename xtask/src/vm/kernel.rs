//! A Debian kernel and the file system that it starts with: busybox, the drivers of the emulated hardware and
//! `xtask/vm/init`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::debian::{Suite, output};
use crate::workspace::{self, command};
use crate::{Outcome, cache};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const DRIVERS: [&str; 15] = [
    "ac",
    "battery",
    "fan",
    "thermal",
    "acpi-cpufreq",
    "nvme",
    "i2c-dev",
    "i2c-stub",
    "lm75",
    "adm1031",
    "lm85",
    "dummy",
    "veth",
    "virtio_pci",
    "9pnet_virtio",
];
const PROGRAMS: [&str; 13] = [
    "sh", "cat", "chroot", "echo", "grep", "i2cset", "insmod", "ip", "mkdir", "mount", "poweroff", "sleep",
    "ls",
];

/// A kernel that can be booted.
pub(super) struct Kernel {
    pub(super) image: PathBuf,
    pub(super) initramfs: PathBuf,
}

impl Kernel {
    /// The newest kernel of a Debian release, fetched and prepared unless that was done before.
    pub(super) fn prepare(suite: &str) -> Result<Kernel> {
        let folder = cache::folder()?.join(format!("kernel-{suite}"));
        cache::once(&folder, |unfinished| unpack(suite, unfinished))?;
        let boot = folder.join("boot");
        let image = only(&boot, |name| name.starts_with("vmlinuz-"))?;
        let work = workspace::target().join("vm");
        fs::create_dir_all(&work)?;
        let initramfs = work.join(format!("{suite}.cpio"));
        pack(&folder, &work.join(format!("{suite}-root")), &initramfs)?;
        Ok(Kernel { image, initramfs })
    }
}

fn unpack(suite: &str, into: &Path) -> Outcome {
    let suite = Suite::open(suite, "amd64")?;
    let package = suite
        .dependencies("linux-image-amd64")?
        .into_iter()
        .find(|name| name.starts_with("linux-image-"))
        .ok_or("linux-image-amd64 depends on no kernel")?;
    suite.unpack(&package, into)?;
    if !into.join("lib").exists() {
        // depmod and modprobe look there, newer packages put it below /usr.
        symlink("usr/lib", into.join("lib"))?;
    }
    let release = release(into)?;
    workspace::run(command("depmod").arg("-b").arg(into).arg(release))
}

fn release(tree: &Path) -> Result<String> {
    let modules = only(&tree.join("lib/modules"), |_| true)?;
    Ok(modules
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned())
}

fn only(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<PathBuf> {
    fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .flatten()
        .find(|entry| wanted(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .ok_or_else(|| format!("{} lacks what it should hold", folder.display()).into())
}

/// Lays out the first file system and packs it.
fn pack(kernel: &Path, tree: &Path, archive: &Path) -> Outcome {
    cache::remove(tree)?;
    for folder in ["bin", "dev", "host", "modules", "proc", "sys"] {
        fs::create_dir_all(tree.join(folder))?;
    }
    fs::copy("/bin/busybox", tree.join("bin/busybox"))?;
    for program in PROGRAMS {
        symlink("busybox", tree.join("bin").join(program))?;
    }
    let init = tree.join("init");
    fs::copy(workspace::root().join("xtask/vm/init"), &init)?;
    fs::set_permissions(&init, fs::Permissions::from_mode(0o755))?;

    let release = release(kernel)?;
    let mut known = BTreeSet::new();
    let mut order = String::new();
    for driver in DRIVERS.iter().chain(&["9p"]) {
        // Without this machine's options for its own drivers.
        let needs = output(
            command("modprobe")
                .args(["--config", "/dev/null", "--set-version", &release])
                .arg("--dirname")
                .arg(kernel)
                .args(["--show-depends", driver]),
        )?;
        // insmod /…/kernel/drivers/acpi/battery.ko.xz
        for file in needs.lines().filter_map(|line| line.strip_prefix("insmod ")) {
            let file = Path::new(file.trim());
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let plain = name.strip_suffix(".xz").unwrap_or(&name);
            if known.insert(plain.to_owned()) {
                let copy = tree.join("modules").join(plain);
                if plain == name {
                    fs::copy(file, copy)?;
                } else {
                    let module = command("xz").args(["-dc"]).arg(file).output()?;
                    fs::write(copy, module.stdout)?;
                }
                order.push_str(plain);
                order.push('\n');
            }
        }
    }
    fs::write(tree.join("modules/order"), order)?;

    let names = output(command("find").current_dir(tree))?;
    let mut cpio = command("cpio")
        .args(["--create", "--quiet", "--format=newc", "--owner=0:0"])
        .current_dir(tree)
        .stdin(Stdio::piped())
        .stdout(fs::File::create(archive)?)
        .spawn()?;
    if let Some(mut input) = cpio.stdin.take() {
        std::io::Write::write_all(&mut input, names.as_bytes())?;
    }
    let status = cpio.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cpio ended with {status}").into())
    }
}
