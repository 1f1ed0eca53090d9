//! Records about temperatures, fans and batteries.

use crate::record;
use crate::schema::{Platforms, Type, Typed, Value};
use crate::text::Text;

/// The systems with `sensors_temperatures`.
pub const TEMPERATURES: Platforms = Platforms::LINUX.or(Platforms::FREEBSD);
/// The systems with `sensors_fans`.
pub const FANS: Platforms = Platforms::LINUX;
/// The systems with `sensors_battery`.
pub const BATTERY: Platforms = Platforms::LINUX
    .or(Platforms::WINDOWS)
    .or(Platforms::MACOS)
    .or(Platforms::FREEBSD);

record! {
    /// One temperature sensor.
    pub struct Temperature as "shwtemp" {
        /// What the chip calls it; may be empty.
        pub label: Text = None, Label, TEMPERATURES;
        /// The reading.
        pub current: f64 = Celsius, Gauge, TEMPERATURES;
        /// Where the chip says it is hot.
        pub high: Option<f64> = Celsius, Gauge, TEMPERATURES;
        /// Where the chip says it will be damaged or switch off.
        pub critical: Option<f64> = Celsius, Gauge, TEMPERATURES;
    }
}

impl Temperature {
    /// A sensor's reading. Of two thresholds of which only one is known (0 counts as unknown), the other is
    /// taken to be the same, as psutil does.
    pub fn new(label: Text, current: f64, high: Option<f64>, critical: Option<f64>) -> Self {
        let known = |threshold: &f64| *threshold != 0.0;
        let (high, critical) = match (high.filter(known), critical.filter(known)) {
            (Some(high), None) => (Some(high), Some(high)),
            (None, Some(critical)) => (Some(critical), Some(critical)),
            _ => (high, critical),
        };
        Temperature {
            label,
            current,
            high,
            critical,
        }
    }
}

record! {
    /// One fan.
    pub struct Fan as "sfan" {
        /// What the chip calls it; may be empty.
        pub label: Text = None, Label, FANS;
        /// Its speed.
        pub current: u64 = Rpm, Gauge, FANS;
    }
}

impl Fan {
    /// A fan's reading.
    pub fn new(label: Text, current: u64) -> Self {
        Fan { label, current }
    }
}

/// How long the battery will last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum BatteryTime {
    /// So many seconds, at the present rate.
    Seconds(u64),
    /// The machine runs on mains power.
    Unlimited,
    /// Not told.
    Unknown,
}

impl Typed for BatteryTime {
    const TYPE: Type = Type::Option(&Type::U64);
    /// The seconds; null when unknown and on mains power, which `power_plugged` tells apart.
    fn value(&self) -> Value {
        match self {
            BatteryTime::Seconds(seconds) => Value::U64(*seconds),
            BatteryTime::Unlimited | BatteryTime::Unknown => Value::Null,
        }
    }
}

record! {
    /// The battery.
    pub struct Battery as "sbattery" {
        /// Charge left.
        pub percent: f64 = Percent, Gauge, BATTERY;
        /// Time left until it is empty; absent on mains power and where it is not known.
        pub secsleft: BatteryTime = Seconds, Gauge, BATTERY;
        /// Whether the machine is on mains power.
        pub power_plugged: Option<bool> = None, Gauge, BATTERY;
    }
}

impl Battery {
    /// The battery's state.
    pub fn new(percent: f64, secsleft: BatteryTime, power_plugged: Option<bool>) -> Self {
        Battery {
            percent,
            secsleft,
            power_plugged,
        }
    }
}
