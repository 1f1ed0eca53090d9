//! `psoxide fans`: the fans, by chip.

use psoxide::Text;
use psoxide::model::sensors::{FANS, Fan};
use psoxide::schema::Typed;

use crate::columns::READING;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::output::table::line;
use crate::selection::Search;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Fans {
    #[command(flatten)]
    search: Search,
}

impl Listing for Fans {
    /// The chip, and one of its fans.
    type Row = (Text, Fan);

    fn keys() -> Vec<Key> {
        let mut keys = vec![Key {
            on: FANS,
            ..Key::new("chip", Text::TYPE, "The chip that measures it.")
        }];
        keys.extend(keys::of_record(&Fan::SHAPE));
        keys
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<(Text, Fan)>, Failure> {
        let chips = machine.root().sensors_fans()?.into_iter();
        Ok(chips
            .flat_map(|(chip, fans)| fans.into_iter().map(move |fan| (chip.clone(), fan)))
            .collect())
    }

    fn object(&self, _machine: &Machine, (chip, fan): &(Text, Fan), keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push("chip", Ok(chip.value()));
        object.push_fields(fan.value());
        Some(narrowed(object, keys))
    }

    /// A paragraph a chip.
    fn text(&self, _machine: &Machine, screen: &mut Screen, fans: Vec<(Text, Fan)>) -> Result<(), Failure> {
        if fans.is_empty() && !self.narrows() {
            screen.line("no fans detected")?;
        }
        for fans in fans.chunk_by(|(one, _), (other, _)| one == other) {
            for (place, (chip, fan)) in fans.iter().enumerate() {
                if place == 0 {
                    screen.line(&chip.to_string())?;
                }
                let label = if fan.label.is_empty() { chip } else { &fan.label };
                let row = line(&READING, &[&label.to_string(), &format!("{} RPM", fan.current)]);
                screen.line(&format!("    {row}"))?;
            }
            screen.line("")?;
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
}
