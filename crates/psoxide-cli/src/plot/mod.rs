//! `psoxide plot`: a picture of a recording. What is drawn is computed in `series`, how it is drawn stands in `drawing`.

mod drawing;
mod series;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use self::drawing::{png, svg};
use self::series::Picture;
use crate::failure::Failure;
use crate::output::printable::printable;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Plot {
    /// What `psoxide record` wrote
    file: PathBuf,

    /// The picture: .svg, .png or .html
    #[arg(short, long, value_name = "PICTURE")]
    output: PathBuf,

    /// How many pixels it is wide and high
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size, default_value = "1000x1000")]
    size: (u32, u32),
}

impl Plot {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let draw = match self.output.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => |picture: &Picture, size| svg(picture, size).map(String::into_bytes),
            Some("png") => png,
            Some("html") => |picture: &Picture, size| html(picture, size).map(String::into_bytes),
            _ => {
                let output = self.output.display();
                let expected = format!("{output}: expected a name that ends in .svg, .png or .html");
                return Err(Failure::Usage(expected));
            }
        };
        let picture = Picture::of(&self.file)?;
        if let Some(damage) = &picture.damage {
            let (file, samples) = (self.file.display().to_string(), picture.samples);
            let (file, damage) = (printable(&file), printable(damage));
            writeln!(io::stderr(), "warning: {file}: after {samples} samples: {damage}")?;
        }
        let drawn = draw(&picture, self.size)?;
        fs::write(&self.output, drawn).map_err(|error| failed(&self.output, &error))
    }
}

/// A page that holds the picture, and needs nothing else.
fn html(picture: &Picture, size: (u32, u32)) -> Result<String, Failure> {
    let title = escaped(&picture.title);
    let drawn = svg(picture, size)?;
    let (samples, seconds) = (picture.samples, picture.seconds);
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>body {{ font-family: sans-serif; margin: 2em; }} svg {{ max-width: 100%; height: auto; }}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<p>{samples} samples in {seconds:.1} seconds</p>\n{drawn}\n</body>\n</html>\n"
    ))
}

/// Text that no browser takes for anything else.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::Request(format!("{}: {error}", path.display()))
}

/// Two numbers that a picture can have.
fn size(text: &str) -> Result<(u32, u32), String> {
    let numbers = text.split_once('x').and_then(|(width, height)| {
        let size = (width.parse().ok()?, height.parse().ok()?);
        let fits = |pixels: u32| (300..=10_000).contains(&pixels);
        (fits(size.0) && fits(size.1)).then_some(size)
    });
    numbers.ok_or_else(|| String::from("expected two numbers from 300 to 10000, as 1000x1000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_two_numbers_of_some_size() {
        assert_eq!(size("800x600"), Ok((800, 600)));
        for wrong in ["", "800", "800x", "x600", "0x600", "800x99999", "-1x600"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn markup_is_shown_not_obeyed() {
        assert_eq!(escaped("<b>&amp;"), "&lt;b&gt;&amp;amp;");
    }
}
