//! `psoxide cpu-distribution`: which process last ran on which CPU; on a terminal a view of the full-screen monitor.
//!
//! psutil's script shows eight CPUs and five letters of each name; a list here shows all CPUs, and nine letters.

use clap::Args;
use psoxide::CpuSampler;
use psoxide::Text;
use psoxide::format::percent;
use psoxide::model::Pid;
use psoxide::schema::{Platforms, Type, Typed, Value};

use crate::commands::monitor::Monitor;
use crate::commands::taken;
use crate::failure::Failure;
use crate::keys::Key;
use crate::listing::{Asked, Listing};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::printable::printable;
use crate::output::{Screen, cut, table};

/// How wide the column of a CPU is.
const WIDTH: usize = 10;

/// The type of a process: its number and its name.
const PROCESS: Type = Type::Map(&Type::Text);

/// Its arguments.
#[derive(Debug, Args)]
pub(crate) struct CpuDistribution {
    #[command(flatten)]
    pub(crate) monitor: Monitor,
}

/// A CPU, and who last ran there.
pub(crate) struct Cpu {
    number: u32,
    percent: Option<f64>,
    processes: Vec<(Pid, Text)>,
}

impl Listing for CpuDistribution {
    type Row = Cpu;

    fn keys() -> Vec<Key> {
        let on = Platforms::LINUX.or(Platforms::FREEBSD).or(Platforms::ILLUMOS);
        let key = |name, ty, doc| Key {
            on,
            ..Key::new(name, ty, doc)
        };
        vec![
            key("cpu", u32::TYPE, "The number of the CPU."),
            Key {
                unit: psoxide::schema::Unit::Percent,
                ..key(
                    "percent",
                    Type::Option(&f64::TYPE),
                    "How busy it was, in percent.",
                )
            },
            key(
                "processes",
                Type::List(&PROCESS),
                "The processes that last ran on it: pid and name.",
            ),
        ]
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Cpu>, Failure> {
        let mut sampler = CpuSampler::new(machine.root());
        sampler.percent_per_cpu()?;
        self.monitor.pause();
        let shares = sampler.percent_per_cpu()?;
        let mut cpus: Vec<Cpu> = shares
            .into_iter()
            .map(|(number, percent)| Cpu {
                number,
                percent,
                processes: Vec::new(),
            })
            .collect();
        for process in machine.processes()? {
            let number = match process.cpu_num() {
                // Here no process tells it.
                Err(error) if error.is_unsupported() => return Err(Failure::from(error)),
                other => other,
            };
            let (Ok(number), Ok(name)) = (number, process.name()) else {
                continue;
            };
            if let Some(cpu) = cpus.iter_mut().find(|cpu| cpu.number == number) {
                cpu.processes.push((process.pid(), name));
            }
        }
        Ok(cpus)
    }

    fn object(&self, _machine: &Machine, cpu: &Cpu, keys: &[Key]) -> Option<Object> {
        let process = |(pid, name): &(Pid, Text)| {
            Value::Map(vec![
                (Text::from("pid"), pid.value()),
                (Text::from("name"), name.value()),
            ])
        };
        let mut object = Object::default();
        for key in keys {
            let value = match key.base() {
                "cpu" => cpu.number.value(),
                "percent" => cpu.percent.value(),
                _ => Value::List(cpu.processes.iter().map(process).collect()),
            };
            object.push(key.name.clone(), Ok(taken(value, key)));
        }
        Some(object)
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, cpus: Vec<Cpu>) -> Result<(), Failure> {
        let columns = vec![table::Column::left("", WIDTH - 1); cpus.len()];
        let line = |cell: &dyn Fn(&Cpu) -> String| {
            let cells: Vec<String> = cpus.iter().map(cell).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            table::line(&columns, &cells)
        };
        screen.cut_line(&line(&|cpu| format!("CPU {}", cpu.number)))?;
        screen.cut_line(&line(&|cpu| cpu.percent.map(percent).unwrap_or_default()))?;
        screen.line("")?;
        let longest = cpus.iter().map(|cpu| cpu.processes.len()).max().unwrap_or(0);
        for place in 0..longest {
            screen.cut_line(&line(&|cpu| {
                let name = cpu.processes.get(place).map(|(_, name)| name.to_string());
                let name = name.unwrap_or_default();
                cut(&printable(&name), WIDTH - 1).to_owned()
            }))?;
        }
        Ok(())
    }
}
