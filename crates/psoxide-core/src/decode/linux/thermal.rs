//! `/sys/class/thermal`: what the trip points of a zone mean. Temperatures are those of [`super::hwmon`].

/// The trip points that are thresholds of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TripPoint {
    /// Where it is hot.
    High,
    /// Where the machine switches off.
    Critical,
}

/// The meaning of a `trip_point_N_type`; `None` for those at which the kernel only acts (`active`, `passive`, `hot`).
pub fn trip_point(bytes: &[u8]) -> Option<TripPoint> {
    match bytes.trim_ascii() {
        b"high" => Some(TripPoint::High),
        b"critical" => Some(TripPoint::Critical),
        _ => None,
    }
}

/// The number of a trip point from the name of its type's file: `0` of `trip_point_0_type`.
pub fn trip_point_number(file: &[u8]) -> Option<u32> {
    let number = file.strip_prefix(b"trip_point_")?.strip_suffix(b"_type")?;
    crate::decode::bytes::decimal(number).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )]
    use super::*;

    const CRITICAL: &[u8] = include_bytes!(
        "../../../../../testdata/linux/system-thermal/sys/class/thermal/thermal_zone0/trip_point_1_type"
    );

    #[test]
    fn trip_points() {
        assert_eq!(trip_point(CRITICAL), Some(TripPoint::Critical));
        assert_eq!(trip_point(b"high\n"), Some(TripPoint::High));
        assert_eq!(trip_point(b"passive\n"), None);
        assert_eq!(trip_point(b""), None);
        assert_eq!(trip_point_number(b"trip_point_12_type"), Some(12));
        assert_eq!(trip_point_number(b"trip_point_1_temp"), None);
        assert_eq!(trip_point_number(b"trip_point__type"), None);
    }
}
