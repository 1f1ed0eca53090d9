//! The machine's figures of the last samples, for the graphs.

use std::collections::VecDeque;

use super::sample::Sample;

/// How many samples are kept: a graph has one column for each.
const KEPT: usize = 400;

/// One figure, the newest last; absent where it was not known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(VecDeque<Option<f64>>);

/// Every figure that has a graph.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// How busy the CPUs were, in percent.
    pub(crate) cpu: Series,
    /// The share of memory in use, in percent.
    pub(crate) memory: Series,
    /// The share of swap in use, in percent.
    pub(crate) swap: Series,
    /// Bytes a second from all disks.
    pub(crate) disk_read: Series,
    /// Bytes a second to all disks.
    pub(crate) disk_written: Series,
    /// Bytes a second from the network.
    pub(crate) received: Series,
    /// Bytes a second to the network.
    pub(crate) sent: Series,
}

impl History {
    /// Adds the figures of a sample.
    pub(crate) fn add(&mut self, sample: &Sample) {
        self.memory.add(sample.memory.map(|memory| memory.percent));
        self.swap.add(sample.swap.map(|swap| swap.percent));
        if sample.interval.is_none() {
            // What is told of an interval begins with the second sample.
            return;
        }
        self.cpu.add(sample.cpu);
        self.disk_read.add(sample.disk.incoming);
        self.disk_written.add(sample.disk.outgoing);
        self.received.add(sample.network.incoming);
        self.sent.add(sample.network.outgoing);
    }
}

impl Series {
    fn add(&mut self, value: Option<f64>) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(value);
    }

    /// The newest first, so many at most.
    pub(crate) fn newest(&self, most: usize) -> impl Iterator<Item = Option<f64>> {
        self.0.iter().rev().take(most).copied()
    }

    /// The largest of the newest.
    pub(crate) fn largest(&self, most: usize) -> f64 {
        self.newest(most).flatten().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_kept() {
        let mut series = Series::default();
        for value in 0..1_000 {
            series.add(Some(f64::from(value)));
        }
        series.add(None);
        assert_eq!(series.0.len(), KEPT);
        assert_eq!(
            series.newest(3).collect::<Vec<_>>(),
            [None, Some(999.0), Some(998.0)]
        );
        assert_eq!(series.largest(2), 999.0);
        assert_eq!(series.newest(5_000).count(), KEPT);
    }

    #[test]
    fn the_first_sample_has_no_rates() {
        let mut history = History::default();
        history.add(&Sample::default());
        assert_eq!(history.cpu.newest(9).count(), 0);
        assert_eq!(history.memory.newest(9).count(), 1);
        history.add(&Sample {
            interval: Some(1.0),
            cpu: Some(5.0),
            ..Sample::default()
        });
        assert_eq!(history.cpu.newest(9).collect::<Vec<_>>(), [Some(5.0)]);
    }
}
