//! Temperatures, fans and the battery: `/sys/class/hwmon`, `thermal` and `power_supply`. A sensor that gives no reading
//! is left out: its neighbours are well.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use psoxide_core::Text;
use psoxide_core::decode::linux::hwmon::{celsius, sensor};
use psoxide_core::decode::linux::power_supply::Supply;
use psoxide_core::decode::linux::sysfs;
use psoxide_core::decode::linux::thermal::{TripPoint, trip_point, trip_point_number};
use psoxide_core::model::sensors::{Battery, Fan, Temperature};
use rustix::io::Errno;

use crate::error::Result;
use crate::root::Root;
use crate::sys::linux::error::system_error;
use crate::sys::linux::file::{decode_value, if_told, names, names_if_there};

pub(crate) fn sensors_temperatures(root: &Root) -> Result<Vec<(Text, Vec<Temperature>)>> {
    require_sys(root)?;
    let class = root.sys().join("class/hwmon");
    let mut sensors = of_chips(&class, b"temp", "")?;
    sensors.extend(of_chips(&class, b"temp", "device")?);
    sort_as_text(&mut sensors);

    // Some kernels have coretemp's chips there only.
    let platform = root.sys().join("devices/platform");
    for device in starting_with(&platform, b"coretemp.")? {
        let chips = platform.join(device).join("hwmon");
        let mut missing = if_told(of_chips(&chips, b"temp", ""))?.unwrap_or_default();
        missing.retain(|path| !sensors.contains(&class_twin(&class, path)));
        sort_as_text(&mut missing);
        sensors.extend(missing);
    }

    if sensors.is_empty() {
        return thermal_zones(root);
    }
    let mut chips = Vec::new();
    for path in &sensors {
        if let (Some(current), Some(name)) = (value(path, "_input")?, chip_name(path)?) {
            let high = value(path, "_max")?.map(celsius);
            let critical = value(path, "_crit")?.map(celsius);
            let temperature = Temperature::new(label(path)?, celsius(current), high, critical);
            push(&mut chips, name, temperature);
        }
    }
    Ok(chips)
}

pub(crate) fn sensors_fans(root: &Root) -> Result<Vec<(Text, Vec<Fan>)>> {
    require_sys(root)?;
    let class = root.sys().join("class/hwmon");
    let mut sensors = of_chips(&class, b"fan", "")?;
    if sensors.is_empty() {
        sensors = of_chips(&class, b"fan", "device")?;
    }
    sort_as_text(&mut sensors);
    let mut chips = Vec::new();
    for path in &sensors {
        let speed = value(path, "_input")?.and_then(|speed| u64::try_from(speed).ok());
        if let (Some(speed), Some(name)) = (speed, chip_name(path)?) {
            push(&mut chips, name, Fan::new(label(path)?, speed));
        }
    }
    Ok(chips)
}

pub(crate) fn sensors_battery(root: &Root) -> Result<Option<Battery>> {
    let class = root.sys().join("class/power_supply");
    let is_battery = |name: &OsString| {
        let name = name.as_bytes();
        name.starts_with(b"BAT")
            || name
                .to_ascii_lowercase()
                .windows(7)
                .any(|part| part == b"battery")
    };
    let names = names(&class)?;
    if names.is_none() {
        require_sys(root)?;
    }
    let Some(name) = names.into_iter().flatten().filter(is_battery).min() else {
        return Ok(None);
    };
    let directory = class.join(name);
    let supply =
        Supply::parse(|name| if_told(decode_value(&directory.join(name), |bytes| Ok(bytes.to_vec()))))?;
    let online = |name| if_told(decode_value(&class.join(name), sysfs::integer));
    let mut mains = online("AC0/online")?;
    if mains.is_none() {
        mains = online("AC/online")?;
    }
    let mains = mains.map(|online| online == 1);
    Ok(supply.battery(mains))
}

/// Machines without hwmon chips, as many boards and phones are: the kernel's thermal zones.
fn thermal_zones(root: &Root) -> Result<Vec<(Text, Vec<Temperature>)>> {
    let class = root.sys().join("class/thermal");
    let mut zones = starting_with(&class, b"thermal_zone")?;
    zones.sort_unstable();
    let mut chips = Vec::new();
    for zone in zones {
        let zone = class.join(zone);
        let current = if_told(decode_value(&zone.join("temp"), sysfs::integer))?;
        let name = text(&zone.join("type"))?;
        if let (Some(current), Some(name)) = (current, name) {
            let (high, critical) = thresholds(&zone)?;
            let temperature = Temperature::new(Text::default(), celsius(current), high, critical);
            push(&mut chips, name, temperature);
        }
    }
    Ok(chips)
}

/// Where the trip points of a zone say that it is hot, and critical; of several, the first.
fn thresholds(zone: &Path) -> Result<(Option<f64>, Option<f64>)> {
    let mut points: Vec<u32> = if_told(names_if_there(zone))?
        .unwrap_or_default()
        .iter()
        .filter_map(|name| trip_point_number(name.as_bytes()))
        .collect();
    points.sort_unstable();
    let (mut high, mut critical) = (None, None);
    for point in points {
        let kind = if_told(decode_value(
            &zone.join(format!("trip_point_{point}_type")),
            |bytes| Ok(trip_point(bytes)),
        ))?;
        let threshold = match kind.flatten() {
            Some(TripPoint::High) => &mut high,
            Some(TripPoint::Critical) => &mut critical,
            None => continue,
        };
        if threshold.is_none() {
            let path = zone.join(format!("trip_point_{point}_temp"));
            *threshold = if_told(decode_value(&path, sysfs::integer))?.map(celsius);
        }
    }
    Ok((high, critical))
}

/// The sensors of one kind of all chips in a directory: `…/hwmon0/temp1`, each once. Kernels before 3.16 have the files of
/// many chips in `device`, the hardware's directory.
fn of_chips(directory: &Path, kind: &[u8], inside: &str) -> Result<Vec<PathBuf>> {
    let mut sensors = Vec::new();
    for chip in starting_with(directory, b"hwmon")? {
        let chip = directory.join(chip).join(inside);
        // One that cannot be listed is one sensor less.
        for file in if_told(names_if_there(&chip))?.unwrap_or_default() {
            if let Some(sensor) = sensor(file.as_bytes(), kind) {
                sensors.push(chip.join(OsStr::from_bytes(sensor)));
            }
        }
    }
    sensors.sort_unstable();
    sensors.dedup();
    Ok(sensors)
}

/// The path that a chip's sensor has below `/sys/class/hwmon`.
fn class_twin(class: &Path, sensor: &Path) -> PathBuf {
    let name = |path: Option<&Path>| path.and_then(Path::file_name).unwrap_or_default().to_owned();
    class.join(name(sensor.parent())).join(name(Some(sensor)))
}

/// As psutil lists them: by the text of their paths, `temp10` before `temp2`.
fn sort_as_text(paths: &mut [PathBuf]) {
    paths.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
}

/// The names in a directory that start so; none if there is no such directory.
fn starting_with(directory: &Path, prefix: &[u8]) -> Result<Vec<OsString>> {
    let mut names = names_if_there(directory)?;
    names.retain(|name| name.as_bytes().starts_with(prefix));
    Ok(names)
}

/// The number in a sensor's file.
fn value(sensor: &Path, suffix: &str) -> Result<Option<i64>> {
    if_told(decode_value(&with_suffix(sensor, suffix), sysfs::integer))
}

fn label(sensor: &Path) -> Result<Text> {
    Ok(text(&with_suffix(sensor, "_label"))?.unwrap_or_default())
}

fn chip_name(sensor: &Path) -> Result<Option<Text>> {
    text(&sensor.with_file_name("name"))
}

fn text(path: &Path) -> Result<Option<Text>> {
    if_told(decode_value(path, |bytes| Ok(sysfs::text(bytes))))
}

fn with_suffix(sensor: &Path, suffix: &str) -> PathBuf {
    let mut path = sensor.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Adds to the entries of a chip; chips of one name share theirs.
fn push<T>(chips: &mut Vec<(Text, Vec<T>)>, name: Text, reading: T) {
    match chips.iter_mut().find(|(known, _)| *known == name) {
        Some((_, readings)) => readings.push(reading),
        None => chips.push((name, vec![reading])),
    }
}

/// A machine without sensors lacks directories of `/sys`; a root without `/sys` tells nothing about sensors.
fn require_sys(root: &Root) -> Result<()> {
    let sys = root.sys();
    let error = |errno| system_error(errno, sys.display().to_string());
    match std::fs::metadata(sys) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(error(Errno::NOTDIR)),
        Err(failure) => Err(error(Errno::from_io_error(&failure).unwrap_or(Errno::IO))),
    }
}
