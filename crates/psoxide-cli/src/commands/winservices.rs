//! `psoxide winservices`: the services of Windows. Any other system says that it has none.

use psoxide::Text;
use psoxide::model::services::Service;
use psoxide::schema::Typed;

use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::Screen;
use crate::output::object::Object;
use crate::selection::Search;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Winservices {
    #[command(flatten)]
    search: Search,
}

impl Listing for Winservices {
    type Row = Service;

    fn keys() -> Vec<Key> {
        keys::of_record(&Service::SHAPE)
    }

    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Service>, Failure> {
        machine.root().services().map_err(|error| {
            if error.is_unsupported() {
                Failure::Request(String::from(
                    "winservices: only Windows has services of this kind",
                ))
            } else {
                error.into()
            }
        })
    }

    fn object(&self, _machine: &Machine, service: &Service, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push_fields(service.value());
        Some(narrowed(object, keys))
    }

    /// Three lines a service, with a blank line below.
    fn text(&self, _machine: &Machine, screen: &mut Screen, services: Vec<Service>) -> Result<(), Failure> {
        for service in &services {
            let pid = service
                .pid
                .map_or_else(|| String::from("None"), |pid| pid.to_string());
            let [start_type, username, binpath] =
                [&service.start_type, &service.username, &service.binpath].map(told);
            let status = &service.status;
            screen.line(&format!(
                "{} ({})",
                quoted(&service.name),
                quoted(&service.display_name)
            ))?;
            screen.line(&format!(
                "status: {status}, start: {start_type}, username: {username}, pid: {pid}"
            ))?;
            screen.line(&format!("binpath: {binpath}"))?;
            screen.line("")?;
        }
        Ok(())
    }

    fn search(&self) -> Option<&Search> {
        Some(&self.search)
    }
}

/// The text, or that it is denied to this user.
fn told(text: &Option<Text>) -> String {
    text.as_ref()
        .map_or_else(|| String::from("None"), ToString::to_string)
}

/// In the quotes that do not occur in it.
fn quoted(text: &Text) -> String {
    let text = text.to_string_lossy();
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    format!("{quote}{text}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_those_that_do_not_occur() {
        assert_eq!(quoted(&Text::from("a b")), "'a b'");
        assert_eq!(quoted(&Text::from("it's")), "\"it's\"");
    }
}
