//! Parents, children, iteration.
