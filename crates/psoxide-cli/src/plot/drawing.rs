//! How a picture is drawn: a chart for each panel, below each other, with one axis of time. SVG names the font; for PNG, and
//! to know how wide text is, the font DejaVu Sans is in this program.

use plotters::prelude::*;
use plotters::style::FontStyle;
use psoxide::format::{bytes, percent};
use psoxide::schema::Unit;

use super::series::{Panel, Picture};
use crate::failure::Failure;

const FONT: &str = "sans-serif";
/// How high the title is.
const TITLE: u32 = 40;
/// The colours of the lines: told apart by who sees no red and green, too.
const COLOURS: [RGBColor; 3] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115)];

/// The picture as SVG.
pub(super) fn svg(picture: &Picture, size: (u32, u32)) -> Result<String, Failure> {
    let mut drawn = String::new();
    draw(
        picture,
        &SVGBackend::with_string(&mut drawn, size).into_drawing_area(),
    )?;
    Ok(drawn)
}

/// The picture as PNG.
pub(super) fn png(picture: &Picture, size: (u32, u32)) -> Result<Vec<u8>, Failure> {
    let (width, height) = size;
    let mut pixels = vec![0; width as usize * height as usize * 3];
    draw(
        picture,
        &BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area(),
    )?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&pixels));
    written.map_err(|error| undrawn(&error))?;
    Ok(file)
}

fn draw<B: DrawingBackend>(
    picture: &Picture,
    area: &DrawingArea<B, plotters::coord::Shift>,
) -> Result<(), Failure> {
    plotters::style::register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| Failure::Request(String::from("plot: the font cannot be read")))?;
    area.fill(&WHITE).map_err(|error| undrawn(&error))?;
    let (head, body) = area.split_vertically(TITLE);
    // A command line can be longer than the picture is wide.
    let most = area.dim_in_pixel().0 as usize / 12;
    let mut title: String = picture.title.chars().take(most).collect();
    if title.len() < picture.title.len() {
        title.push('…');
    }
    head.titled(&title, (FONT, 20)).map_err(|error| undrawn(&error))?;
    let last = picture.seconds.max(f64::MIN_POSITIVE);
    let panels = body.split_evenly((picture.panels.len(), 1));
    for (panel, area) in picture.panels.iter().zip(&panels) {
        draw_panel(panel, last, area)?;
    }
    area.present().map_err(|error| undrawn(&error))
}

fn draw_panel<B: DrawingBackend>(
    panel: &Panel,
    last: f64,
    area: &DrawingArea<B, plotters::coord::Shift>,
) -> Result<(), Failure> {
    let points = panel.lines.iter().flat_map(|line| &line.points);
    let highest = points.map(|(_, value)| *value).fold(0.0, f64::max);
    // Room above the highest point, and some height where all is 0.
    let top = if highest > 0.0 { highest * 1.1 } else { 1.0 };
    let unit = panel.unit;
    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, (FONT, 14))
        .margin(8)
        .x_label_area_size(24)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..last, 0.0..top)
        .map_err(|error| undrawn(&error))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 11))
        .y_labels(5)
        .x_label_formatter(&|seconds| format!("{seconds} s"))
        .y_label_formatter(&|value| label(*value, unit))
        .draw()
        .map_err(|error| undrawn(&error))?;
    for (line, colour) in panel.lines.iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(
                line.points.iter().copied(),
                colour.stroke_width(2),
            ))
            .map_err(|error| undrawn(&error))?
            .label(line.label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .label_font((FONT, 11))
        .draw()
        .map_err(|error| undrawn(&error))
}

/// A number at the vertical axis.
fn label(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Bytes => bytes(value as u64),
        Unit::Percent => percent(value),
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        _ => format!("{value:.1}"),
    }
}

fn undrawn(error: &dyn std::fmt::Display) -> Failure {
    Failure::Request(format!("plot: {error}"))
}
