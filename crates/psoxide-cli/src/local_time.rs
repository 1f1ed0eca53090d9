//! Moments in the time zone of whoever looks at the screen.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The clock on the wall: the time zone, and which day it is.
pub(crate) struct LocalTime {
    now: Zoned,
}

impl LocalTime {
    /// As it is now, in the zone that `TZ` or the system names.
    pub(crate) fn now() -> LocalTime {
        LocalTime {
            now: Timestamp::now().to_zoned(zone()),
        }
    }

    /// `HH:MM` for a moment of today, `MonDD` for another; empty for what no calendar holds.
    pub(crate) fn start(&self, moment: f64) -> String {
        let Some(start) = self.at(moment) else {
            return String::new();
        };
        let today = start.date() == self.now.date();
        start.strftime(if today { "%H:%M" } else { "%b%d" }).to_string()
    }

    /// `YYYY-MM-DD HH:MM`; empty for what no calendar holds.
    pub(crate) fn date_and_time(&self, moment: f64) -> String {
        self.at(moment)
            .map(|moment| moment.strftime("%Y-%m-%d %H:%M").to_string())
            .unwrap_or_default()
    }

    fn at(&self, moment: f64) -> Option<Zoned> {
        let moment = Timestamp::from_second(moment.floor() as i64).ok()?;
        Some(moment.to_zoned(self.now.time_zone().clone()))
    }
}

/// The zone that `TZ` or the system names.
fn zone() -> TimeZone {
    // Found by its name, a zone is looked for in a list of all zones that there are; most systems have a copy of theirs here.
    if std::env::var_os("TZ").is_none()
        && let Ok(bytes) = std::fs::read("/etc/localtime")
        && let Ok(zone) = TimeZone::tzif("", &bytes)
    {
        return zone;
    }
    TimeZone::system()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon_in(zone: TimeZone) -> LocalTime {
        LocalTime {
            now: Timestamp::from_second(1_700_049_600).unwrap().to_zoned(zone), // 2023-11-15 12:00 UTC
        }
    }

    #[test]
    fn today_is_a_time_and_another_day_a_date() {
        let clock = noon_in(TimeZone::UTC);
        assert_eq!(clock.start(1_700_049_600.0 - 3_600.5), "10:59");
        assert_eq!(clock.start(1_700_049_600.0 - 86_400.0), "Nov14");
        assert_eq!(clock.start(1_700_049_600.0 - 365.0 * 86_400.0), "Nov15");
        assert_eq!(clock.date_and_time(0.0), "1970-01-01 00:00");
    }

    #[test]
    fn the_day_changes_at_local_midnight() {
        let clock = noon_in(TimeZone::fixed(jiff::tz::offset(13)));
        assert_eq!(clock.start(1_700_049_600.0 - 3_600.0), "00:00");
        assert_eq!(clock.start(1_700_049_600.0 - 3_601.0), "Nov15");
    }

    #[test]
    fn the_zone_is_the_systems_in_winter_and_summer() {
        let (zone, system) = (zone(), TimeZone::system());
        for moment in [1_700_000_000, 1_720_000_000, 2_000_000_000, 4_000_000_000] {
            let moment = Timestamp::from_second(moment).unwrap();
            assert_eq!(zone.to_offset(moment), system.to_offset(moment), "{moment}");
        }
    }

    #[test]
    fn moments_beyond_the_calendar_are_empty() {
        let clock = noon_in(TimeZone::UTC);
        assert_eq!(clock.start(f64::INFINITY), "");
        assert_eq!(clock.date_and_time(1e300), "");
    }
}
