//! Counters of devices over time: growth per second, and the correction of those that wrap. Which readings belong
//! together is the samplers' business.

use std::collections::HashMap;

use crate::text::Text;

/// A record whose fields are all counters, so that they can be walked.
pub trait Counters<const N: usize>: Clone {
    /// The counters in the order of the fields; absent where the system does not tell.
    fn counters(&mut self) -> [Option<&mut u64>; N];
}

/// Two counters together, where both are told.
pub fn both(first: Option<u64>, second: Option<u64>) -> Option<u64> {
    Some(first?.saturating_add(second?))
}

/// How much each counter grew in a second, from one reading to a later one, so many seconds after. A counter that went
/// backwards grew by nothing. `None` if no time passed.
pub fn per_second<T: Counters<N>, const N: usize>(
    earlier: &T,
    later: &T,
    seconds: f64,
) -> Option<[Option<f64>; N]> {
    if seconds <= 0.0 {
        return None;
    }
    let (mut earlier, mut later) = (earlier.clone(), later.clone());
    let mut rates = [None; N];
    for ((rate, earlier), later) in rates.iter_mut().zip(earlier.counters()).zip(later.counters()) {
        if let (Some(earlier), Some(later)) = (earlier, later) {
            *rate = Some(later.saturating_sub(*earlier) as f64 / seconds);
        }
    }
    Some(rates)
}

/// Makes counters that wrap grow for ever.
///
/// Kernels keep some counters in 32 bits. One that is smaller than at the last reading has wrapped, and from then on
/// the value last seen is added to it. Each device and field is corrected by itself. A device that is missing in a
/// reading is forgotten, so that another one that comes under its name starts anew; a reading without any device
/// changes nothing.
///
/// ```
/// use psoxide_core::Text;
/// use psoxide_core::delta::counters::{Counters, Unwrapping};
/// #[derive(Clone)]
/// struct Sent(u64);
/// impl Counters<1> for Sent {
///     fn counters(&mut self) -> [Option<&mut u64>; 1] {
///         [Some(&mut self.0)]
///     }
/// }
/// let mut unwrapping = Unwrapping::default();
/// let mut read = |sent| unwrapping.feed(vec![(Text::from("eth0"), Sent(sent))])[0].1.0;
/// assert_eq!([read(100), read(10), read(20), read(5)], [100, 110, 120, 125]);
/// ```
#[derive(Debug, Clone)]
pub struct Unwrapping<T, const N: usize> {
    known: HashMap<Text, Known<T, N>>,
}

#[derive(Debug, Clone)]
struct Known<T, const N: usize> {
    /// The last reading as it came.
    raw: T,
    /// What is added to each field.
    reminders: [u64; N],
}

impl<T, const N: usize> Default for Unwrapping<T, N> {
    fn default() -> Self {
        Unwrapping {
            known: HashMap::new(),
        }
    }
}

impl<T: Counters<N>, const N: usize> Unwrapping<T, N> {
    /// The reading of all devices, corrected. It must be of all of them: the missing ones are forgotten.
    pub fn feed(&mut self, mut devices: Vec<(Text, T)>) -> Vec<(Text, T)> {
        if devices.is_empty() {
            return devices;
        }
        let mut seen = HashMap::with_capacity(devices.len());
        for (name, counters) in &mut devices {
            let raw = counters.clone();
            let mut reminders = [0; N];
            if let Some(mut last) = self.known.remove(name) {
                reminders = last.reminders;
                let fields = counters.counters().into_iter().zip(last.raw.counters());
                for (reminder, (now, before)) in reminders.iter_mut().zip(fields) {
                    let (Some(now), Some(before)) = (now, before) else {
                        continue;
                    };
                    if *now < *before {
                        *reminder = reminder.saturating_add(*before);
                    }
                    *now = now.saturating_add(*reminder);
                }
            }
            seen.insert(name.clone(), Known { raw, reminders });
        }
        self.known = seen;
        devices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Two(u64, Option<u64>);

    impl Counters<2> for Two {
        fn counters(&mut self) -> [Option<&mut u64>; 2] {
            [Some(&mut self.0), self.1.as_mut()]
        }
    }

    fn named(devices: &[(&str, u64, u64)]) -> Vec<(Text, Two)> {
        devices
            .iter()
            .map(|(name, first, second)| (Text::from(*name), Two(*first, Some(*second))))
            .collect()
    }

    #[test]
    fn a_wrap_adds_the_value_last_seen_each_field_by_itself() {
        let mut unwrapping = Unwrapping::default();
        assert_eq!(
            unwrapping.feed(named(&[("a", 10, 100)])),
            named(&[("a", 10, 100)])
        );
        assert_eq!(
            unwrapping.feed(named(&[("a", 10, 100)])),
            named(&[("a", 10, 100)])
        );
        assert_eq!(unwrapping.feed(named(&[("a", 5, 100)])), named(&[("a", 15, 100)]));
        assert_eq!(unwrapping.feed(named(&[("a", 8, 90)])), named(&[("a", 18, 190)]));
        assert_eq!(unwrapping.feed(named(&[("a", 1, 91)])), named(&[("a", 19, 191)]));
    }

    #[test]
    fn a_device_that_vanished_starts_anew() {
        let mut unwrapping = Unwrapping::default();
        unwrapping.feed(named(&[("a", 10, 1), ("b", 10, 1)]));
        unwrapping.feed(named(&[("a", 9, 1), ("b", 9, 1)]));
        assert_eq!(unwrapping.feed(named(&[("b", 9, 1)])), named(&[("b", 19, 1)]));
        assert_eq!(
            unwrapping.feed(named(&[("a", 3, 1), ("b", 9, 1)])),
            named(&[("a", 3, 1), ("b", 19, 1)])
        );
    }

    #[test]
    fn a_reading_without_devices_changes_nothing() {
        let mut unwrapping = Unwrapping::default();
        unwrapping.feed(named(&[("a", 10, 1)]));
        assert!(unwrapping.feed(vec![]).is_empty());
        assert_eq!(unwrapping.feed(named(&[("a", 4, 1)])), named(&[("a", 14, 1)]));
    }

    #[test]
    fn rates() {
        assert_eq!(
            per_second(&Two(10, Some(4)), &Two(30, Some(3)), 2.0),
            Some([Some(10.0), Some(0.0)])
        );
        assert_eq!(
            per_second(&Two(10, None), &Two(30, Some(3)), 2.0),
            Some([Some(10.0), None])
        );
        assert_eq!(per_second(&Two(10, None), &Two(30, None), 0.0), None);
    }
}
