//! Arithmetic of two samples: percent, rate, counters that wrap.
