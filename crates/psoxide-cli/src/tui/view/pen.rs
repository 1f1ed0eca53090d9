//! Writing into cells: text that ends where its room does, bars, frames. Nothing it is given commands the terminal:
//! what would is written as an escape.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, Clear, RenderDirection, Sparkline, Widget};
use unicode_width::UnicodeWidthStr;

use crate::output::printable::printable;
use crate::tui::history::Series;
use crate::tui::theme::{Glyphs, Theme};

/// The screen, and how to write on it.
pub(super) struct Pen<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) theme: &'a Theme,
    pub(super) glyphs: &'a Glyphs,
}

impl Pen<'_> {
    /// Writes text into so many columns, and gives the column behind it.
    pub(super) fn text(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if !area.contains((x, y).into()) {
            return x;
        }
        let text = self.showable(text);
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(width), style);
        end
    }

    /// Writes one line into an area, whose rest takes the style too.
    pub(super) fn line(&mut self, area: Rect, text: &str, style: Style) {
        if area.is_empty() {
            return;
        }
        let row = Rect { height: 1, ..area };
        self.buffer.set_style(row.intersection(self.buffer.area), style);
        self.text(area.x, area.y, area.width, text, style);
    }

    /// Writes text at the right edge of a line, if it fits behind the column `after`.
    pub(super) fn right(&mut self, area: Rect, after: u16, text: &str, style: Style) {
        let width = text.width() as u16;
        if text.is_empty() || area.is_empty() || area.right() < after.saturating_add(width) {
            return;
        }
        self.text(area.right() - width, area.y, width, text, style);
    }

    /// Writes the end of a text that may be longer than its line, and gives the column behind it.
    pub(super) fn tail(&mut self, area: Rect, text: &str, style: Style) -> u16 {
        if area.is_empty() {
            return area.x;
        }
        let room = usize::from(area.width).saturating_sub(1);
        let mut start = text;
        while start.width() > room {
            let mut letters = start.chars();
            letters.next();
            start = letters.as_str();
        }
        self.text(area.x, area.y, area.width, start, style)
    }

    /// A cell that shows where typing goes.
    pub(super) fn cursor(&mut self, x: u16, y: u16) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_style(Style::new().add_modifier(Modifier::REVERSED));
        }
    }

    /// A bar of so many columns, full as a share of 100 says.
    pub(super) fn bar(&mut self, x: u16, y: u16, width: u16, share: f64, style: Style) {
        let (full, empty) = self.glyphs.bar;
        let filled = (share.clamp(0.0, 100.0) / 100.0 * f64::from(width)).round() as u16;
        let filled = filled.min(width);
        self.text(x, y, filled, &full.repeat(usize::from(filled)), style);
        let rest = width - filled;
        self.text(
            x + filled,
            y,
            rest,
            &empty.repeat(usize::from(rest)),
            self.theme.faint,
        );
    }

    /// A graph of the newest figures, the newest at the right, `largest` as high as the area.
    pub(super) fn graph(&mut self, area: Rect, series: &Series, largest: f64, style: impl Fn(f64) -> Style) {
        const STEPS: f64 = 1_000.0;
        if area.is_empty() || largest <= 0.0 {
            return;
        }
        let bars = series.newest(usize::from(area.width)).map(|value| {
            let height = value.map(|value| (value.clamp(0.0, largest) / largest * STEPS).round() as u64);
            let bar = ratatui::widgets::SparklineBar::from(height);
            bar.style(Some(style(value.unwrap_or_default())))
        });
        Sparkline::default()
            .data(bars)
            .max(STEPS as u64)
            .bar_set(self.glyphs.bars.clone())
            .absent_value_symbol(" ")
            .direction(RenderDirection::RightToLeft)
            .render(area.intersection(self.buffer.area), self.buffer);
    }

    /// A frame with a title; gives what is inside.
    pub(super) fn frame(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        let block = Block::bordered()
            .border_set(self.glyphs.frame)
            .border_style(self.theme.frame);
        let inside = block.inner(area);
        block.render(area, self.buffer);
        if area.width > 4 {
            let room = area.width - 4;
            self.text(area.x + 2, area.y, room, &format!(" {title} "), self.theme.strong);
        }
        inside
    }

    /// The same, over whatever is there.
    pub(super) fn window(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        Clear.render(area, self.buffer);
        self.frame(area, title)
    }

    fn showable<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let text = printable(text);
        if self.glyphs.unicode || text.is_ascii() {
            return text;
        }
        Cow::Owned(
            text.chars()
                .map(|letter| if letter.is_ascii() { letter } else { '?' })
                .collect(),
        )
    }
}
