//! What narrows a listing down: processes by number, user or words, and rows by words.

use std::fmt;

use psoxide::model::Pid;
use psoxide::model::process::Uids;
use psoxide::schema::Value;
use psoxide::{Oneshot, Result as Answer, Text};
use regex_lite::Regex;

use crate::answer::{Gone, known};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::object::Object;

/// A word to search for: part of a text whatever its case, a whole number, or an expression.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    /// In small letters.
    Plain(String),
    Expression(Regex),
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Plain(word) => formatter.write_str(word),
            Word::Expression(expression) => write!(formatter, "/{expression}/"),
        }
    }
}

impl Word {
    /// An expression between two slashes; anything else is itself.
    pub(crate) fn parse(text: &str) -> Result<Word, String> {
        let inside = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        // A path may begin and end with a slash too, but two slashes with nothing between are no expression.
        match inside.filter(|inside| !inside.is_empty()) {
            Some(inside) => Regex::new(inside)
                .map(Word::Expression)
                .map_err(|error| error.to_string()),
            None => Ok(Word::Plain(text.to_lowercase())),
        }
    }

    /// Whether it is in the text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        match self {
            Word::Plain(word) => text.to_lowercase().contains(word),
            Word::Expression(expression) => expression.is_match(text),
        }
    }

    /// Whether it is this number.
    pub(crate) fn is_number(&self, number: impl ToString) -> bool {
        matches!(self, Word::Plain(word) if *word == number.to_string())
    }

    fn is_below(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) | Value::F64(_) => false,
            Value::U64(number) => self.is_number(number),
            Value::I64(number) => self.is_number(number),
            Value::Text(text) => self.is_in(&text.to_string_lossy()),
            Value::List(items) => items.iter().any(|item| self.is_below(item)),
            Value::Map(entries) => entries
                .iter()
                .any(|(name, entry)| self.is_in(&name.to_string_lossy()) || self.is_below(entry)),
            Value::Record(_, values) => values.iter().any(|value| self.is_below(value)),
        }
    }
}

/// Words that a row must have.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Search {
    /// Only rows that contain each of these words, or match each /expression/
    #[arg(value_name = "WORD", value_parser = Word::parse)]
    pub(crate) words: Vec<Word>,
}

impl Search {
    /// Whether any is searched for.
    pub(crate) fn narrows(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether each word is in some answer of the row.
    pub(crate) fn finds(&self, object: &Object) -> bool {
        let mut words = self.words.iter();
        words.all(|word| object.values.iter().any(|(_, value)| word.is_below(value)))
    }
}

/// A process that may be selected: a visit, or a row of a table.
pub(crate) trait Candidate {
    /// Its number.
    fn pid(&self) -> Pid;

    /// Its user ids.
    fn uids(&self) -> Answer<Uids>;

    /// The name of the user who started it.
    fn user_name(&self, machine: &Machine) -> Answer<Text>;

    /// Its name.
    fn name(&self) -> Answer<Text>;

    /// Its command line.
    fn cmdline(&self) -> Answer<Vec<Text>>;
}

impl Candidate for Oneshot {
    fn pid(&self) -> Pid {
        self.pid()
    }

    fn uids(&self) -> Answer<Uids> {
        self.uids()
    }

    fn user_name(&self, machine: &Machine) -> Answer<Text> {
        machine.user_name(self)
    }

    fn name(&self) -> Answer<Text> {
        self.name()
    }

    fn cmdline(&self) -> Answer<Vec<Text>> {
        self.cmdline()
    }
}

/// Which processes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Selection {
    /// Only the processes of these numbers
    #[arg(short, long, value_name = "PID", value_delimiter = ',', value_parser = process_number)]
    pub(crate) pid: Vec<Pid>,

    /// Only the processes of these users, by name or number
    #[arg(short, long, value_name = "USER", value_delimiter = ',')]
    pub(crate) user: Vec<String>,

    /// Only processes whose name, command line, user or number has each of these words, or matches each /expression/
    #[arg(value_name = "WORD", value_parser = Word::parse)]
    pub(crate) words: Vec<Word>,
}

impl Selection {
    /// Whether it is not simply all processes.
    pub(crate) fn narrows(&self) -> bool {
        !(self.pid.is_empty() && self.user.is_empty() && self.words.is_empty())
    }

    /// The processes, ascending by number.
    pub(crate) fn processes(&self, machine: &Machine) -> Result<Vec<Oneshot>, Failure> {
        Ok(self.of(machine, machine.processes()?))
    }

    /// Those of these that are selected.
    pub(crate) fn of<C: Candidate>(&self, machine: &Machine, mut processes: Vec<C>) -> Vec<C> {
        if self.narrows() {
            processes.retain(|process| self.holds(machine, process).unwrap_or(false));
        }
        processes
    }

    /// The attributes that it is decided by.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static str> {
        let by_user = ["uids", "username"].into_iter().filter(|_| !self.user.is_empty());
        let by_words = ["cmdline", "name", "username"]
            .into_iter()
            .filter(|_| !self.words.is_empty());
        by_user.chain(by_words)
    }

    /// Whether the process is one of them.
    pub(crate) fn holds(&self, machine: &Machine, process: &impl Candidate) -> Result<bool, Gone> {
        if !self.pid.is_empty() && !self.pid.contains(&process.pid()) {
            return Ok(false);
        }
        Ok(self.is_of_user(machine, process)? && self.has_words(machine, process)?)
    }

    fn is_of_user(&self, machine: &Machine, process: &impl Candidate) -> Result<bool, Gone> {
        if self.user.is_empty() {
            return Ok(true);
        }
        let number = known(process.uids())?.map(|uids| uids.real.to_string());
        let name = known(process.user_name(machine))?;
        let is = |user: &String| {
            number.as_ref() == Some(user) || name.as_ref().is_some_and(|name| name == user.as_str())
        };
        Ok(self.user.iter().any(is))
    }

    fn has_words(&self, machine: &Machine, process: &impl Candidate) -> Result<bool, Gone> {
        if self.words.is_empty() {
            return Ok(true);
        }
        // This very command has the words among its arguments. As pgrep, it is not what anybody looks for.
        if machine.root().is_local() && process.pid() == std::process::id() {
            return Ok(false);
        }
        let arguments = known(process.cmdline())?.unwrap_or_default();
        let line = arguments
            .iter()
            .map(Text::to_string_lossy)
            .collect::<Vec<_>>()
            .join(" ");
        let name = known(process.name())?.map(|name| name.to_string());
        let user = known(process.user_name(machine))?.map(|user| user.to_string());
        let texts = [Some(line), name, user];
        let has = |word: &Word| {
            word.is_number(process.pid()) || texts.iter().flatten().any(|text| word.is_in(text))
        };
        Ok(self.words.iter().all(has))
    }
}

/// The number of a process, as an argument.
pub(crate) fn process_number(text: &str) -> Result<Pid, String> {
    text.parse()
        .map_err(|_| format!("expected the number of a process, 0 to {}", Pid::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(words: &[&str], texts: &[&str]) -> bool {
        let words = words.iter().map(|word| Word::parse(word).unwrap()).collect();
        let mut object = Object::default();
        let list = texts.iter().map(|text| Value::Text(Text::from(*text))).collect();
        object.push("texts", Ok(Value::List(list)));
        object.push("number", Ok(Value::U64(80)));
        Search { words }.finds(&object)
    }

    #[test]
    fn each_word_must_be_there() {
        assert!(finds(&[], &[]));
        assert!(finds(&["FIRE", "80"], &["Firefox"]));
        assert!(!finds(&["fire", "chrome"], &["Firefox"]));
        assert!(!finds(&["8"], &["x"]));
        assert!(finds(&["/^fire.*x$/"], &["firefox"]) && !finds(&["/^ire/"], &["firefox"]));
        assert!(finds(&["//", "/"], &["http://host"]));
        assert!(Word::parse("/(/").is_err());
    }
}
