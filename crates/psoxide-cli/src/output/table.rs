//! Columns of fixed width: which ones, and a line laid out in them. Which columns a command has stands in
//! [`crate::columns`].

use crate::output::printable::{printable, width};

/// One column of a table.
#[derive(Clone)]
pub(crate) struct Column {
    header: &'static str,
    width: usize,
    right: bool,
    gap: usize,
}

impl Column {
    /// Text begins at the left edge.
    pub(crate) const fn left(header: &'static str, width: usize) -> Column {
        Column {
            header,
            width,
            right: false,
            gap: 1,
        }
    }

    /// Text ends at the right edge.
    pub(crate) const fn right(header: &'static str, width: usize) -> Column {
        Column {
            header,
            width,
            right: true,
            gap: 1,
        }
    }

    /// The last column, as wide as its text.
    pub(crate) const fn last(header: &'static str) -> Column {
        Column::left(header, 0)
    }

    /// The same column so many blanks behind the one before it.
    pub(crate) const fn behind(self, gap: usize) -> Column {
        Column { gap, ..self }
    }
}

/// The line of headers.
pub(crate) fn header(columns: &[Column]) -> String {
    let headers: Vec<&str> = columns.iter().map(|column| column.header).collect();
    line(columns, &headers)
}

/// A line of the table. Text that is too wide for its column pushes the rest to the right.
pub(crate) fn line(columns: &[Column], cells: &[&str]) -> String {
    let mut line = String::with_capacity(256);
    for (place, (column, cell)) in columns.iter().zip(cells).enumerate() {
        let cell = printable(cell);
        let padding = column.width.saturating_sub(width(&cell));
        if place > 0 {
            pad(&mut line, column.gap);
        }
        if column.right {
            pad(&mut line, padding);
            line.push_str(&cell);
        } else {
            line.push_str(&cell);
            pad(&mut line, padding);
        }
    }
    line
}

fn pad(line: &mut String, blanks: usize) {
    const BLANKS: &str = "                                ";
    let mut left = blanks;
    while left > 0 {
        let some = left.min(BLANKS.len());
        line.push_str(&BLANKS[..some]);
        left -= some;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column::left("NAME", 6),
        Column::right("SIZE", 5),
        Column::last("REST").behind(2),
    ];

    #[test]
    fn cells_stand_below_their_headers() {
        assert_eq!(header(&COLUMNS), "NAME    SIZE  REST");
        assert_eq!(line(&COLUMNS, &["ab", "1.0K", "x y"]), "ab      1.0K  x y");
        assert_eq!(
            line(&COLUMNS, &["日本", "", ""]),
            "日本".to_string() + &" ".repeat(10)
        );
    }

    #[test]
    fn wide_cells_push_and_escapes_count() {
        assert_eq!(line(&COLUMNS, &["abcdefg", "1", "z"]), "abcdefg     1  z");
        assert_eq!(line(&COLUMNS, &["\n", "1", "z"]), "\\n         1  z");
    }
}
