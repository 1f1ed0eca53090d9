//! Sensors: roots of machines that have them, and `/sys/class` of this one.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use psoxide::model::sensors::{BatteryTime, Temperature};
use psoxide::{ErrorKind, Root, Text};

use crate::roots::{Tree, is_plain_user, testdata};

type Readings = Vec<(String, f64, Option<f64>, Option<f64>)>;

fn readings(chips: &[(Text, Vec<Temperature>)], name: &str) -> Readings {
    let (_, sensors) = chips.iter().find(|(chip, _)| *chip == name).unwrap();
    sensors
        .iter()
        .map(|sensor| {
            (
                sensor.label.to_string(),
                sensor.current,
                sensor.high,
                sensor.critical,
            )
        })
        .collect()
}

fn reading(
    label: &str,
    current: f64,
    high: impl Into<Option<f64>>,
    critical: impl Into<Option<f64>>,
) -> (String, f64, Option<f64>, Option<f64>) {
    (label.to_string(), current, high.into(), critical.into())
}

fn names<T>(chips: &[(Text, Vec<T>)]) -> Vec<String> {
    chips.iter().map(|(chip, _)| chip.to_string()).collect()
}

#[test]
fn this_machine_answers() {
    let readable = |class: &str| fs::read_dir(class).map_or(0, Iterator::count);
    if !fs::exists("/sys").unwrap() {
        println!("/sys is not mounted: not tested");
        return;
    }
    let chips = psoxide::sensors_temperatures().unwrap();
    if readable("/sys/class/hwmon") + readable("/sys/class/thermal") == 0
        && !fs::exists("/sys/devices/platform/coretemp.0").unwrap()
    {
        assert_eq!(chips, []);
    }
    for (chip, sensors) in &chips {
        assert!(!sensors.is_empty(), "{chip}");
        for sensor in sensors {
            assert!((-300.0..1000.0).contains(&sensor.current), "{chip}: {sensor:?}");
        }
    }
    if readable("/sys/class/hwmon") == 0 {
        assert_eq!(psoxide::sensors_fans().unwrap(), []);
    }
    let battery = psoxide::sensors_battery().unwrap();
    if readable("/sys/class/power_supply") == 0 {
        assert_eq!(battery, None);
    }
}

#[test]
fn a_laptop() {
    let root = Root::at(testdata("system-laptop"));
    let chips = root.sensors_temperatures().unwrap();
    assert_eq!(names(&chips), ["acpitz", "coretemp", "asus", "nvme"]);
    // Only one threshold is told: it counts as both.
    assert_eq!(readings(&chips, "acpitz"), [reading("", 27.8, 119.0, 119.0)]);
    assert_eq!(
        readings(&chips, "coretemp"),
        [
            reading("Physical id 0", 46.0, 100.0, 100.0),
            reading("Core 0", 45.0, 100.0, 100.0),
            reading("Core 1", 44.0, 100.0, 100.0),
        ]
    );
    assert_eq!(readings(&chips, "asus"), [reading("", 47.0, None, None)]);
    assert_eq!(
        readings(&chips, "nvme"),
        [
            reading("Composite", 36.85, 81.85, 84.85),
            reading("Sensor 1", 41.85, 65_261.85, 65_261.85)
        ]
    );

    let fans = root.sensors_fans().unwrap();
    assert_eq!(names(&fans), ["asus"]);
    assert_eq!(
        (fans[0].1[0].label.to_string(), fans[0].1[0].current),
        ("cpu_fan".into(), 3200)
    );

    let battery = root.sensors_battery().unwrap().unwrap();
    assert_eq!(battery.percent, 65.0);
    assert_eq!(battery.secsleft, BatteryTime::Seconds(11_700));
    assert_eq!(battery.power_plugged, Some(false));
}

#[test]
fn broken_sensors_are_left_out_and_their_neighbours_arrive() {
    let root = Root::at(testdata("system-desktop"));
    let chips = root.sensors_temperatures().unwrap();
    let found: Vec<&[u8]> = chips.iter().map(|(chip, _)| chip.as_bytes()).collect();
    assert_eq!(found, [&b"k10temp"[..], b"nct6798", b"broken", b"\xff\xfe chip"]);
    // Two processors share an entry, in the order of their paths.
    assert_eq!(
        readings(&chips, "k10temp"),
        [
            reading("Tctl", 40.125, None, None),
            reading("Tccd1", 38.5, None, None),
            reading("", 41.0, None, None)
        ]
    );
    assert_eq!(
        readings(&chips, "nct6798"),
        [
            reading("SYSTIN", 35.0, None, 0.0),
            reading("AUXTIN0", -62.0, 80.0, 80.0)
        ]
    );
    assert_eq!(readings(&chips, "broken"), [reading("", 31.0, None, None)]);
    assert_eq!(chips[3].1[0].label.as_bytes(), b"caf\xe9");

    let fans = root.sensors_fans().unwrap();
    let told: Vec<(String, u64)> = fans[0]
        .1
        .iter()
        .map(|fan| (fan.label.to_string(), fan.current))
        .collect();
    assert_eq!(told, [(String::new(), 1106), ("CPU Fan".to_string(), 0)]);
    assert_eq!(fans.len(), 1);
}

#[test]
fn an_endless_and_a_looping_file_are_left_out() {
    let tree = Tree::new();
    tree.write("sys/class/hwmon/hwmon0/name", "chip\n");
    tree.write("sys/class/hwmon/hwmon0/temp3_input", "3000\n");
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, tree.path(&format!("sys/class/hwmon/hwmon0/{name}"))).unwrap();
    };
    link("/dev/zero", "temp1_input");
    link("temp2_input", "temp2_input");
    link("/dev/zero", "temp3_label");
    link("/dev/zero", "fan1_input");
    let chips = tree.root().sensors_temperatures().unwrap();
    assert_eq!(readings(&chips, "chip"), [reading("", 3.0, None, None)]);
    assert_eq!(tree.root().sensors_fans().unwrap(), []);
}

#[test]
fn chips_of_old_kernels_have_their_files_in_device() {
    let root = Root::at(testdata("system-3.10"));
    let chips = root.sensors_temperatures().unwrap();
    assert_eq!(names(&chips), ["coretemp", "w83627ehf"]);
    // The second package is known to the platform only.
    assert_eq!(
        readings(&chips, "coretemp"),
        [
            reading("Core 0", 52.0, 80.0, 90.0),
            reading("Core 0", 50.0, 80.0, 80.0)
        ]
    );
    let fans = root.sensors_fans().unwrap();
    assert_eq!(
        (names(&fans), fans[0].1[0].current),
        (vec!["w83627ehf".to_string()], 2410)
    );
}

#[test]
fn a_platform_chip_that_hwmon_lists_too_counts_once() {
    let tree = Tree::new();
    for directory in [
        "sys/class/hwmon/hwmon0",
        "sys/devices/platform/coretemp.0/hwmon/hwmon0",
    ] {
        tree.write(&format!("{directory}/name"), "coretemp\n");
        tree.write(&format!("{directory}/temp1_input"), "50000\n");
    }
    let chips = tree.root().sensors_temperatures().unwrap();
    assert_eq!(readings(&chips, "coretemp"), [reading("", 50.0, None, None)]);
}

#[test]
fn thermal_zones_where_there_is_no_chip() {
    let root = Root::at(testdata("system-thermal"));
    let chips = root.sensors_temperatures().unwrap();
    assert_eq!(names(&chips), ["cpu-thermal", "gpu-thermal"]);
    assert_eq!(
        readings(&chips, "cpu-thermal"),
        [reading("", 53.678, 85.0, 110.0), reading("", 49.0, None, None)]
    );
    assert_eq!(readings(&chips, "gpu-thermal"), [reading("", 51.0, 105.0, 105.0)]);

    // One chip, even a broken one, and the zones are not asked.
    let tree = Tree::new();
    tree.write("sys/class/thermal/thermal_zone0/temp", "1000\n");
    tree.write("sys/class/thermal/thermal_zone0/type", "zone\n");
    assert_eq!(tree.root().sensors_temperatures().unwrap().len(), 1);
    tree.write("sys/class/hwmon/hwmon0/temp1_input", "garbage\n");
    assert_eq!(tree.root().sensors_temperatures().unwrap(), []);
}

#[test]
fn batteries() {
    let battery = |case: &str| {
        let root = Root::at(testdata(&format!("battery-{case}")));
        let battery = root.sensors_battery().unwrap();
        battery.map(|battery| (battery.percent, battery.secsleft, battery.power_plugged))
    };
    assert_eq!(
        battery("charging"),
        Some((40.0, BatteryTime::Unlimited, Some(true)))
    );
    assert_eq!(battery("full"), Some((100.0, BatteryTime::Unlimited, Some(true))));
    assert_eq!(battery("unknown"), Some((80.0, BatteryTime::Unknown, None)));
    assert_eq!(
        battery("no-power"),
        Some((50.0, BatteryTime::Seconds(5400), Some(false)))
    );
    assert_eq!(
        battery("two"),
        Some((10.0, BatteryTime::Seconds(9000), Some(false)))
    );
    assert_eq!(battery("none"), None);
}

#[test]
fn a_battery_that_tells_no_charge_is_none() {
    let tree = Tree::new();
    tree.write("sys/class/power_supply/BAT0/status", "Discharging\n");
    assert_eq!(tree.root().sensors_battery().unwrap(), None);
    tree.write("sys/class/power_supply/BAT0/capacity", "77\n");
    let battery = tree.root().sensors_battery().unwrap().unwrap();
    assert_eq!((battery.percent, battery.power_plugged), (77.0, Some(false)));
}

#[test]
fn a_machine_without_sensors_is_not_a_root_without_sys() {
    let tree = Tree::new();
    fs::create_dir(tree.path("sys")).unwrap();
    assert_eq!(tree.root().sensors_temperatures().unwrap(), []);
    assert_eq!(tree.root().sensors_fans().unwrap(), []);
    assert_eq!(tree.root().sensors_battery().unwrap(), None);

    let questions: [fn(&Root) -> psoxide::Result<()>; 3] = [
        |root| root.sensors_temperatures().map(drop),
        |root| root.sensors_fans().map(drop),
        |root| root.sensors_battery().map(drop),
    ];
    for question in questions {
        let error = question(&Root::at("/nowhere")).unwrap_err();
        assert_eq!(
            (error.kind(), error.what()),
            (ErrorKind::NotFound, "/nowhere/sys")
        );
        let tree = Tree::new();
        tree.write("sys", "");
        assert_eq!(question(&tree.root()).unwrap_err().kind(), ErrorKind::NotFound);
    }
}

#[test]
fn what_a_plain_user_may_not_read_is_denied() {
    if is_plain_user("sensors::what_a_plain_user_may_not_read_is_denied") {
        let tree = Tree::new();
        tree.write("sys/class/hwmon/hwmon0/name", "chip\n");
        tree.write("sys/class/hwmon/hwmon0/temp1_input", "1000\n");
        tree.write("sys/class/hwmon/hwmon1/name", "chip\n");
        tree.write("sys/class/hwmon/hwmon1/temp1_input", "2000\n");
        let forbid = |path: &str, mode| {
            fs::set_permissions(tree.path(path), fs::Permissions::from_mode(mode)).unwrap();
        };
        forbid("sys/class/hwmon/hwmon0", 0o0);
        let chips = tree.root().sensors_temperatures().unwrap();
        forbid("sys/class/hwmon/hwmon0", 0o700);
        assert_eq!(readings(&chips, "chip"), [reading("", 2.0, None, None)]);
        // Where nothing at all may be listed, that is what is said.
        forbid("sys/class/hwmon", 0o0);
        let error = tree.root().sensors_fans().unwrap_err();
        forbid("sys/class/hwmon", 0o700);
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(error.what().ends_with("/sys/class/hwmon"), "{error}");
    }
}
