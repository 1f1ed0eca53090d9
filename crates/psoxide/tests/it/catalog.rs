//! The platforms column is true: a getter answers `Unsupported` exactly where the table says so.
