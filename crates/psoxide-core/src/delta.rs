//! Arithmetic of two samples, a file a subject. Pure functions: who takes the samples, and when, is not known here.

pub mod counters;
pub mod cpu;
