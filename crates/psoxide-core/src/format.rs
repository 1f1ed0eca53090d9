//! Numbers for people: bytes, durations, percent, by their unit.
//!
//! One direction only: nothing here reads such text back, and programs are given the numbers themselves.

use crate::schema::{Unit, Value};

/// The symbols of the powers of 1024 that a `u64` reaches.
const SYMBOLS: [char; 7] = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

/// A number of bytes with one decimal and the symbol of its power of 1024, as psutil's `bytes2human` writes it.
///
/// ```
/// use psoxide_core::format::bytes;
/// assert_eq!(bytes(0), "0.0B");
/// assert_eq!(bytes(10_000), "9.8K");
/// assert_eq!(bytes(100_001_221), "95.4M");
/// ```
pub fn bytes(count: u64) -> String {
    let power = count.checked_ilog2().unwrap_or(0) / 10;
    let symbol = SYMBOLS.get(power as usize).copied().unwrap_or('E');
    let unit = (1_u64 << (10 * power)) as f64;
    format!("{:.1}{symbol}", count as f64 / unit)
}

/// A share of 100 with one decimal and no sign: `12.5`.
pub fn percent(share: f64) -> String {
    format!("{share:.1}")
}

/// A duration as `MM:SS`; the minutes go on after 59, and a begun second does not count.
///
/// ```
/// use psoxide_core::format::minutes;
/// assert_eq!(minutes(61.9), "01:01");
/// assert_eq!(minutes(7_384.0), "123:04");
/// ```
pub fn minutes(seconds: f64) -> String {
    let whole = seconds as u64;
    format!("{:02}:{:02}", whole / 60, whole % 60)
}

/// A duration as `M:SS.cc`, to the nearest hundredth; the minutes go on after 59.
///
/// ```
/// use psoxide_core::format::minutes_hundredths;
/// assert_eq!(minutes_hundredths(83.456), "1:23.46");
/// ```
pub fn minutes_hundredths(seconds: f64) -> String {
    let hundredths = (seconds * 100.0).round() as u64;
    let (minutes, rest) = (hundredths / 6000, hundredths % 6000);
    format!("{minutes}:{:02}.{:02}", rest / 100, rest % 100)
}

/// A value as text for people, by its unit; empty if it is not known.
///
/// Lists are joined with `, `; maps and records become `name=value, …`, and what is not known is left out.
pub fn quantity(value: &Value, unit: Unit) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => String::from(if *flag { "yes" } else { "no" }),
        Value::U64(number) if unit == Unit::Bytes => bytes(*number),
        Value::U64(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::F64(number) if unit == Unit::Percent => percent(*number),
        Value::F64(number) => format!("{number:?}"),
        Value::Text(text) => text.to_string(),
        Value::List(items) => items
            .iter()
            .map(|item| quantity(item, unit))
            .collect::<Vec<String>>()
            .join(", "),
        Value::Map(entries) => entries
            .iter()
            .filter(|(_, entry)| *entry != Value::Null)
            .map(|(name, entry)| format!("{name}={}", quantity(entry, unit)))
            .collect::<Vec<String>>()
            .join(", "),
        Value::Record(shape, values) => shape
            .fields
            .iter()
            .zip(values)
            .filter(|(_, value)| **value != Value::Null)
            .map(|(field, value)| format!("{}={}", field.name, quantity(value, field.unit)))
            .collect::<Vec<String>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::memory::SwapMemory;
    use crate::schema::Typed;
    use crate::text::Text;

    #[test]
    fn bytes_change_symbol_at_each_power_of_1024() {
        let cases = [
            (0, "0.0B"),
            (1, "1.0B"),
            (1023, "1023.0B"),
            (1024, "1.0K"),
            (1 << 20, "1.0M"),
            ((1 << 20) - 1, "1024.0K"),
            (1 << 60, "1.0E"),
            ((1 << 60) - 1, "1024.0P"),
            (u64::MAX, "16.0E"),
        ];
        for (count, text) in cases {
            assert_eq!(bytes(count), text, "{count}");
        }
    }

    #[test]
    fn bytes_half_way_go_to_the_even_digit_as_in_python() {
        assert_eq!(bytes(1280), "1.2K"); // 1.25
        assert_eq!(bytes(1792), "1.8K"); // 1.75
    }

    #[test]
    fn minutes_go_on_after_an_hour() {
        assert_eq!(minutes(0.0), "00:00");
        assert_eq!(minutes(59.999), "00:59");
        assert_eq!(minutes(6_000.0), "100:00");
        assert_eq!(minutes_hundredths(0.0), "0:00.00");
        assert_eq!(minutes_hundredths(59.999), "1:00.00");
        assert_eq!(minutes_hundredths(3_600.5), "60:00.50");
    }

    #[test]
    fn quantities_follow_their_unit() {
        assert_eq!(quantity(&Value::Null, Unit::Bytes), "");
        assert_eq!(quantity(&Value::U64(2048), Unit::Bytes), "2.0K");
        assert_eq!(quantity(&Value::U64(2048), Unit::Count), "2048");
        assert_eq!(quantity(&Value::I64(-5), Unit::None), "-5");
        assert_eq!(quantity(&Value::F64(2.0), Unit::Seconds), "2.0");
        assert_eq!(quantity(&Value::F64(2.06), Unit::Percent), "2.1");
        let list = Value::List(vec![Value::U64(0), Value::U64(3)]);
        assert_eq!(quantity(&list, Unit::None), "0, 3");
        let map = Value::Map(vec![
            (Text::from("a"), Value::Bool(true)),
            (Text::from("b"), Value::Null),
        ]);
        assert_eq!(quantity(&map, Unit::None), "a=yes");
    }

    #[test]
    fn records_leave_out_what_is_not_known() {
        let swap = SwapMemory::new(4096, 1024, None, Some(512));
        assert_eq!(
            quantity(&swap.value(), Unit::None),
            "total=4.0K, used=3.0K, free=1.0K, percent=75.0, sout=512.0B"
        );
    }
}
