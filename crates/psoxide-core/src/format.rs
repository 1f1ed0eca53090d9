//! Numbers for people: bytes, durations, percent, by their unit.
