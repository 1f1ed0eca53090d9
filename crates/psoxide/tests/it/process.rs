//! What a process is asked.
