//! `psoxide bench api`: calls everything that the catalogue has, many times, and tells what each call costs.

use std::time::{Duration, Instant};

use psoxide::Text;
use psoxide::catalog::{self, PLATFORM};
use psoxide::model::Pid;
use psoxide::schema::{Type, Typed, Unit, Value};

use super::subject;
use crate::columns::{PROCESS_APIS, SYSTEM_APIS};
use crate::failure::Failure;
use crate::keys::Key;
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::output::table::{header, line};
use crate::selection::process_number;

/// How long one call is called.
const PATIENCE: Duration = Duration::from_secs(2);

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct ApiBench {
    /// How many times each is called; less often if that takes more than two seconds
    #[arg(short, long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,

    /// The process that is asked; this very command if it is left out
    #[arg(short, long, value_parser = process_number)]
    pid: Option<Pid>,
}

/// What the calls of one name took.
pub(crate) struct Timing {
    of_a_process: bool,
    name: &'static str,
    calls: u32,
    seconds: f64,
}

impl Listing for ApiBench {
    type Row = Timing;

    fn keys() -> Vec<Key> {
        vec![
            Key::new("of", Text::TYPE, "Whom it asks: `system` or `process`."),
            Key::new("name", Text::TYPE, "Its name."),
            Key::new("calls", Type::U64, "How many times it was called."),
            Key {
                unit: Unit::Seconds,
                ..Key::new("seconds", Type::F64, "How long all calls took together.")
            },
        ]
    }

    /// The machine's calls, then those of a process; each by what a call costs. What is denied or not there is left out.
    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Timing>, Failure> {
        let process = subject(machine.root(), self.pid)?;
        let mut timings = Vec::new();
        let probes = catalog::PROBES.iter().filter(|probe| probe.on.contains(PLATFORM));
        for probe in probes {
            timings.extend(self.time(false, probe.name, || (probe.get)(machine.root())));
        }
        let attributes = catalog::ATTRS.iter().filter(|attr| attr.on.contains(PLATFORM));
        for attr in attributes {
            if let Some(get) = attr.get {
                timings.extend(self.time(true, attr.name, || get(&process.oneshot()?)));
            }
        }
        timings.sort_by(|one, other| {
            let cost = |timing: &Timing| timing.seconds / f64::from(timing.calls);
            let scope = one.of_a_process.cmp(&other.of_a_process);
            scope.then(cost(one).total_cmp(&cost(other)))
        });
        Ok(timings)
    }

    fn object(&self, _machine: &Machine, timing: &Timing, keys: &[Key]) -> Option<Object> {
        let of = if timing.of_a_process { "process" } else { "system" };
        let mut object = Object::default();
        object.push("of", Ok(Text::from(of).value()));
        object.push("name", Ok(Text::from(timing.name).value()));
        object.push("calls", Ok(timing.calls.value()));
        object.push("seconds", Ok(timing.seconds.value()));
        Some(narrowed(object, keys))
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, timings: Vec<Timing>) -> Result<(), Failure> {
        for (of_a_process, columns) in [(false, &SYSTEM_APIS), (true, &PROCESS_APIS)] {
            screen.header(&header(columns))?;
            for timing in timings
                .iter()
                .filter(|timing| timing.of_a_process == of_a_process)
            {
                let seconds = format!("{:.5}", timing.seconds);
                screen.line(&line(
                    columns,
                    &[timing.name, &timing.calls.to_string(), &seconds],
                ))?;
            }
            screen.line("")?;
        }
        Ok(())
    }
}

impl ApiBench {
    fn time(
        &self,
        of_a_process: bool,
        name: &'static str,
        call: impl Fn() -> psoxide::Result<Value>,
    ) -> Option<Timing> {
        let start = Instant::now();
        let mut calls = 0;
        while calls < self.times && start.elapsed() < PATIENCE {
            call().ok()?;
            calls += 1;
        }
        let seconds = start.elapsed().as_secs_f64();
        Some(Timing {
            of_a_process,
            name,
            calls,
            seconds,
        })
    }
}
