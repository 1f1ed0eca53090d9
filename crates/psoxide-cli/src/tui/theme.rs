//! Colours and signs. Themes use the sixteen colours that every terminal has and leaves to its user, or none at all;
//! what colour says is said by a word, a sign or a weight too.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::{bar, border};

/// How the parts of the screen look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Theme {
    pub(crate) name: &'static str,
    /// Figures and names that stand out.
    pub(crate) strong: Style,
    /// What is less important than the rest.
    pub(crate) faint: Style,
    pub(crate) frame: Style,
    /// The headings of the table, and the tab of the view.
    pub(crate) heading: Style,
    /// The heading of the column that is sorted by.
    pub(crate) sorted: Style,
    pub(crate) selected: Style,
    /// The keys in the bottom line.
    pub(crate) key: Style,
    pub(crate) message: Style,
    /// Below a half, below four fifths, and above.
    pub(crate) levels: [Style; 3],
    /// What comes in: read, received.
    pub(crate) incoming: Style,
    /// What goes out: written, sent.
    pub(crate) outgoing: Style,
}

const NONE: Style = Style::new();
const BOLD: Style = NONE.add_modifier(Modifier::BOLD);
const DIM: Style = NONE.add_modifier(Modifier::DIM);
const REVERSED: Style = NONE.add_modifier(Modifier::REVERSED);

/// Every theme.
pub(crate) static THEMES: [Theme; 3] = [
    Theme {
        name: "terminal",
        strong: BOLD,
        faint: NONE.fg(Color::DarkGray),
        frame: NONE.fg(Color::DarkGray),
        heading: REVERSED.fg(Color::Green),
        sorted: REVERSED.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        selected: REVERSED.fg(Color::Cyan),
        key: REVERSED.fg(Color::Cyan),
        message: BOLD.fg(Color::Yellow),
        levels: [NONE.fg(Color::Green), NONE.fg(Color::Yellow), NONE.fg(Color::Red)],
        incoming: NONE.fg(Color::Cyan),
        outgoing: NONE.fg(Color::Magenta),
    },
    Theme {
        name: "calm",
        strong: BOLD,
        faint: DIM,
        frame: NONE.fg(Color::Blue),
        heading: BOLD.fg(Color::Blue),
        sorted: BOLD.fg(Color::Cyan).add_modifier(Modifier::UNDERLINED),
        selected: REVERSED,
        key: BOLD.fg(Color::Cyan),
        message: BOLD,
        levels: [NONE.fg(Color::Cyan), NONE.fg(Color::Cyan), BOLD.fg(Color::Red)],
        incoming: NONE.fg(Color::Cyan),
        outgoing: NONE.fg(Color::Blue),
    },
    Theme {
        name: "plain",
        strong: BOLD,
        faint: NONE,
        frame: NONE,
        heading: REVERSED,
        sorted: REVERSED
            .add_modifier(Modifier::BOLD)
            .add_modifier(Modifier::UNDERLINED),
        selected: REVERSED,
        key: BOLD,
        message: BOLD,
        levels: [NONE, NONE, BOLD],
        incoming: NONE,
        outgoing: NONE,
    },
];

/// The place of the theme of this name.
pub(crate) fn named(name: &str) -> Option<usize> {
    THEMES.iter().position(|theme| theme.name == name)
}

impl Theme {
    /// The look of a share of 100.
    pub(crate) fn level(&self, percent: f64) -> Style {
        let [low, middle, high] = self.levels;
        match percent {
            percent if percent >= 80.0 => high,
            percent if percent >= 50.0 => middle,
            _ => low,
        }
    }
}

/// The signs that graphs, frames and trees are made of.
#[derive(Debug)]
pub(crate) struct Glyphs {
    /// Whether text beyond ASCII can be shown.
    pub(crate) unicode: bool,
    pub(crate) bars: bar::Set<'static>,
    pub(crate) frame: border::Set<'static>,
    /// A full cell of a bar, and an empty one.
    pub(crate) bar: (&'static str, &'static str),
    /// A level with more to follow, one without, a child with more to follow, the last child.
    pub(crate) branches: [&'static str; 4],
    pub(crate) ascending: &'static str,
    pub(crate) descending: &'static str,
    pub(crate) incoming: &'static str,
    pub(crate) outgoing: &'static str,
    /// Between the parts of a line.
    pub(crate) dot: &'static str,
}

/// For terminals that show Unicode.
pub(crate) static UNICODE: Glyphs = Glyphs {
    unicode: true,
    bars: bar::NINE_LEVELS,
    frame: border::ROUNDED,
    bar: ("■", "·"),
    branches: ["│  ", "   ", "├─ ", "└─ "],
    ascending: "▲",
    descending: "▼",
    incoming: "▼",
    outgoing: "▲",
    dot: "·",
};

/// For all others.
pub(crate) static ASCII: Glyphs = Glyphs {
    unicode: false,
    bars: bar::Set {
        full: "#",
        seven_eighths: "#",
        three_quarters: "#",
        five_eighths: "=",
        half: "=",
        three_eighths: "-",
        one_quarter: "-",
        one_eighth: ".",
        empty: " ",
    },
    frame: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
    bar: ("|", " "),
    branches: ["|  ", "   ", "|- ", "`- "],
    ascending: "^",
    descending: "v",
    incoming: "v",
    outgoing: "^",
    dot: "|",
};

/// The signs for a locale, by the values of `LC_ALL`, `LC_CTYPE` and `LANG`: the first that is not empty counts.
pub(crate) fn glyphs(locale: [Option<&str>; 3]) -> &'static Glyphs {
    let counts = locale.into_iter().flatten().find(|value| !value.is_empty());
    let is_unicode = counts.is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    });
    if is_unicode { &UNICODE } else { &ASCII }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_theme_has_no_colour() {
        let plain = &THEMES[named("plain").unwrap()];
        let styles = [
            plain.strong,
            plain.faint,
            plain.frame,
            plain.heading,
            plain.sorted,
            plain.selected,
            plain.key,
            plain.message,
            plain.incoming,
            plain.outgoing,
        ];
        for style in styles.iter().chain(&plain.levels) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
        // What is selected is still to be seen.
        assert_ne!(plain.selected, NONE);
        assert_ne!(plain.sorted, plain.heading);
    }

    #[test]
    fn themes_need_no_more_than_sixteen_colours() {
        for theme in &THEMES {
            for style in [
                theme.strong,
                theme.faint,
                theme.frame,
                theme.heading,
                theme.incoming,
            ] {
                assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))));
            }
            assert_eq!(THEMES[named(theme.name).unwrap()], *theme);
        }
    }

    #[test]
    fn the_first_locale_that_is_set_counts() {
        assert!(glyphs([None, None, Some("de_DE.UTF-8")]).unicode);
        assert!(glyphs([None, Some("C.utf8"), Some("C")]).unicode);
        assert!(!glyphs([Some("C"), None, Some("de_DE.UTF-8")]).unicode);
        assert!(glyphs([Some(""), None, Some("de_DE.UTF-8")]).unicode);
        assert!(!glyphs([None, None, None]).unicode);
    }
}
