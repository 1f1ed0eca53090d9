//! One row for programs: answers by name, and why others are missing.

use std::borrow::Cow;

use psoxide::schema::Value;

/// Answers by name, in the order in which they are written, and why others are missing.
#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) values: Vec<(Cow<'static, str>, Value)>,
    pub(crate) errors: Vec<(Cow<'static, str>, String)>,
    /// What shows its place in a tree to people: stands before the last column.
    pub(crate) branch: String,
}

impl Object {
    /// Adds an answer; an error leaves null in its place, and its message in `errors`.
    pub(crate) fn push(&mut self, name: impl Into<Cow<'static, str>>, answer: psoxide::Result<Value>) {
        let name = name.into();
        let value = answer.unwrap_or_else(|error| {
            self.errors.push((name.clone(), error.to_string()));
            Value::Null
        });
        self.values.push((name, value));
    }

    /// Adds null for an answer that is missing, and why.
    pub(crate) fn push_missing(&mut self, name: impl Into<Cow<'static, str>>, error: &psoxide::Error) {
        let name = name.into();
        self.errors.push((name.clone(), error.to_string()));
        self.values.push((name, Value::Null));
    }

    /// Adds the fields of a record, each under its own name.
    pub(crate) fn push_fields(&mut self, record: Value) {
        if let Value::Record(shape, values) = record {
            let fields = shape.fields.iter().zip(values);
            self.values.extend(
                fields
                    .filter(|(field, _)| field.on.contains(psoxide::catalog::PLATFORM))
                    .map(|(field, value)| (Cow::Borrowed(field.name), value)),
            );
        }
    }

    /// The answer of this name.
    pub(crate) fn get(&self, name: &str) -> &Value {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map_or(&Value::Null, |(_, value)| value)
    }

    /// Puts a value where there is one of this name already.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        let place = self.values.iter_mut().find(|(known, _)| known == name);
        if let Some((_, place)) = place {
            *place = value;
        }
    }

    /// How many answers are missing.
    pub(crate) fn missing(&self) -> usize {
        self.errors.len()
    }
}
