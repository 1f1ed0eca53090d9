//! What changes, ends or waits for a process.
