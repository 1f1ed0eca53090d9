//! `psoxide bench oneshot`: asks one process many things many times, each by a visit of its own and all in one, and tells
//! what that saves.

use std::time::Instant;

use psoxide::catalog::{self, Attr, Cost, PLATFORM};
use psoxide::model::Pid;
use psoxide::schema::{Type, Typed, Unit};

use super::subject;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::selection::process_number;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct OneshotBench {
    /// How many times everything is asked
    #[arg(short = 'i', long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,

    /// The process that is asked; this very command if it is left out
    #[arg(short, long, value_parser = process_number)]
    pid: Option<Pid>,

    /// What is asked; if it is left out, everything that a visit tells from sources that several answers share
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    names: Vec<String>,
}

/// What was measured, in seconds.
pub(crate) struct Measured {
    attributes: Vec<&'static Attr>,
    regular: f64,
    oneshot: f64,
}

impl Measured {
    fn speedup(&self) -> f64 {
        self.regular / self.oneshot
    }
}

impl Listing for OneshotBench {
    type Row = Measured;

    const SINGLE: bool = true;

    fn keys() -> Vec<Key> {
        let seconds = |name, doc| Key {
            unit: Unit::Seconds,
            ..Key::new(name, Type::F64, doc)
        };
        vec![
            Key::new("methods", <Vec<String>>::TYPE, "What was asked."),
            Key::new("times", Type::U64, "How many times it was asked."),
            seconds("regular", "Time that it took with a visit for each answer."),
            seconds("oneshot", "Time that it took with one visit for all."),
            Key::new("speedup", Type::F64, "How many times longer the first took."),
        ]
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Measured>, Failure> {
        let attributes = self.attributes()?;
        let process = subject(machine.root(), self.pid)?;
        // One that ends meanwhile would make the rest cheap.
        process.oneshot()?;
        let regular = Instant::now();
        for _ in 0..self.times {
            for attr in &attributes {
                ask(&process.oneshot()?, attr);
            }
        }
        let regular = regular.elapsed().as_secs_f64();
        let oneshot = Instant::now();
        for _ in 0..self.times {
            let visit = process.oneshot()?;
            for attr in &attributes {
                ask(&visit, attr);
            }
        }
        Ok(vec![Measured {
            attributes,
            regular,
            oneshot: oneshot.elapsed().as_secs_f64(),
        }])
    }

    fn object(&self, _machine: &Machine, measured: &Measured, keys: &[Key]) -> Option<Object> {
        let names = measured.attributes.iter().map(|attr| String::from(attr.name));
        let mut object = Object::default();
        object.push("methods", Ok(names.collect::<Vec<String>>().value()));
        object.push("times", Ok(self.times.value()));
        object.push("regular", Ok(measured.regular.value()));
        object.push("oneshot", Ok(measured.oneshot.value()));
        object.push("speedup", Ok(measured.speedup().value()));
        Some(narrowed(object, keys))
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, rows: Vec<Measured>) -> Result<(), Failure> {
        for measured in &rows {
            let count = measured.attributes.len();
            let (system, version, times) = (PLATFORM, env!("CARGO_PKG_VERSION"), self.times);
            screen.line(&format!(
                "{count} methods involved on {system} ({times} iterations, psoxide {version}):"
            ))?;
            for attr in &measured.attributes {
                screen.line(&format!("    {}", attr.name))?;
            }
            screen.line(&format!("regular:  {:.3} secs", measured.regular))?;
            screen.line(&format!("oneshot:  {:.3} secs", measured.oneshot))?;
            screen.line(&speedup(measured.speedup()))?;
        }
        Ok(())
    }
}

impl OneshotBench {
    fn attributes(&self) -> Result<Vec<&'static Attr>, Failure> {
        if self.names.is_empty() {
            let cheap = |attr: &&Attr| attr.cost == Cost::Cheap && attr.get.is_some();
            let here = catalog::ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
            return Ok(here.filter(cheap).collect());
        }
        let keys = keys::select(&self.names, &keys::of_processes())?;
        let mut attributes: Vec<&Attr> = keys.iter().filter_map(|key| key.attribute).collect();
        attributes.sort_by_key(|attr| attr.name);
        Ok(attributes)
    }
}

/// That something is denied costs time too, and is no reason to stop.
fn ask(visit: &psoxide::Oneshot, attr: &Attr) {
    if let Some(get) = attr.get {
        std::hint::black_box(get(visit).is_ok());
    }
}

fn speedup(times: f64) -> String {
    match format!("{times:.2}").as_str() {
        "1.00" => String::from("same speed"),
        _ if times > 1.0 => format!("speedup:  +{times:.2}x"),
        _ => format!("slowdown: -{:.2}x", 1.0 / times),
    }
}

#[cfg(test)]
mod tests {
    use super::speedup;

    #[test]
    fn what_it_saves_is_told_in_words() {
        assert_eq!(speedup(2.556), "speedup:  +2.56x");
        assert_eq!(speedup(1.001), "same speed");
        assert_eq!(speedup(0.5), "slowdown: -2.00x");
    }
}
