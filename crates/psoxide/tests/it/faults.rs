//! Bad input and broken sources.
