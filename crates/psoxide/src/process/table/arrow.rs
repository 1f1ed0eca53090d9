//! The table as columns of Apache Arrow: a column an attribute, a record as a struct of its fields. What a field means and in
//! which unit it is stands in its metadata, as the catalogue has it.
//!
//! The columns follow from the types of the catalogue; no record is known here by name.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, ListArray, MapArray, RecordBatch, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use psoxide_core::schema::{Field as Member, Kind, Platforms, Shape, Unit};
use psoxide_core::{Text, Type, Value};

use super::ProcessTable;
use crate::catalog::{Attr, PLATFORM};
use crate::error::{Error, Result};

type Outcome<T> = std::result::Result<T, ArrowError>;

impl ProcessTable {
    /// The columns that [`ProcessTable::record_batch`] has, in the order in which the attributes were named.
    ///
    /// Each field has what it tells as `doc` in its metadata and, where it is a number with a unit, that as `unit`; numbers that
    /// only grow say `counter` as `kind`.
    ///
    /// ```
    /// let table = psoxide::ProcessTable::new(["pid", "memory_info"])?;
    /// let schema = table.arrow_schema();
    /// assert_eq!(schema.field(0).name(), "pid");
    /// assert!(schema.field(1).data_type().is_nested());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn arrow_schema(&self) -> SchemaRef {
        let fields: Vec<Field> = self.attrs().iter().map(|attr| attribute(attr)).collect();
        Arc::new(Schema::new(fields))
    }

    /// The rows of the last reading as columns. What could not be read of a process is null; bytes that are no UTF-8 are
    /// replaced by U+FFFD.
    ///
    /// # Errors
    ///
    /// If a column has more than Arrow can hold: 2 GiB of text.
    ///
    /// ```
    /// let table = psoxide::ProcessTable::read(["pid", "name"])?;
    /// let batch = table.record_batch()?;
    /// assert_eq!(batch.num_rows(), table.rows().len());
    /// # Ok::<(), psoxide::Error>(())
    /// ```
    pub fn record_batch(&self) -> Result<RecordBatch> {
        let schema = self.arrow_schema();
        self.columns()
            .and_then(|columns| RecordBatch::try_new(schema, columns))
            .map_err(|error| Error::invalid(error.to_string()))
    }

    fn columns(&self) -> Outcome<Vec<ArrayRef>> {
        let column = |attr: &&'static Attr| {
            let mut column = Column::new(attr.ty, self.rows().len());
            for row in self.rows() {
                // What stood in the way is not told here: it is null.
                column.push(row.value(attr).ok())?;
            }
            column.finish(&attribute(attr))
        };
        self.attrs().iter().map(column).collect()
    }
}

fn attribute(attr: &Attr) -> Field {
    field(attr.name, attr.doc, attr.ty, Unit::None, Kind::Gauge)
}

fn member(member: &Member) -> Field {
    field(member.name, member.doc, member.ty, member.unit, member.kind)
}

/// Each may be null: a process may be denied, or end.
fn field(name: &str, doc: &str, ty: Type, unit: Unit, kind: Kind) -> Field {
    let mut metadata = HashMap::from([("doc".to_owned(), doc.to_owned())]);
    if unit != Unit::None {
        metadata.insert("unit".to_owned(), format!("{unit:?}").to_lowercase());
    }
    if kind == Kind::Counter {
        metadata.insert("kind".to_owned(), "counter".to_owned());
    }
    Field::new(name, data_type(ty), true).with_metadata(metadata)
}

fn data_type(ty: Type) -> DataType {
    match ty {
        Type::Bool => DataType::Boolean,
        Type::U64 => DataType::UInt64,
        Type::I64 => DataType::Int64,
        Type::F64 => DataType::Float64,
        Type::Text => DataType::Utf8,
        Type::Option(inner) => data_type(*inner),
        Type::List(inner) => DataType::List(item(*inner)),
        Type::Map(inner) => DataType::Map(Arc::new(entries(*inner)), false),
        Type::Record(shape) => DataType::Struct(members(shape).map(member).collect()),
    }
}

fn item(ty: Type) -> FieldRef {
    Arc::new(Field::new("item", data_type(ty), true))
}

fn entries(ty: Type) -> Field {
    let fields = Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("value", data_type(ty), true),
    ]);
    Field::new("entries", DataType::Struct(fields), false)
}

/// The members of a record that this system tells.
fn members(shape: &'static Shape) -> impl Iterator<Item = &'static Member> {
    shape.fields.iter().filter(|member| is_here(member.on))
}

fn is_here(on: Platforms) -> bool {
    on.contains(PLATFORM)
}

/// Arrow counts what is in a column of texts or lists by numbers of 32 bits.
const MOST: usize = i32::MAX as usize;

/// A column while it grows.
enum Column {
    Bool(BooleanBuilder),
    U64(UInt64Builder),
    I64(Int64Builder),
    F64(Float64Builder),
    Text(StringBuilder),
    List(Lists),
    Map(Lists, StringBuilder),
    Record(Vec<Option<Column>>, NullBufferBuilder),
}

/// Values of which each row has any number.
struct Lists {
    values: Box<Column>,
    lengths: Vec<usize>,
    nulls: NullBufferBuilder,
}

impl Column {
    fn new(ty: Type, rows: usize) -> Column {
        match ty {
            Type::Bool => Column::Bool(BooleanBuilder::with_capacity(rows)),
            Type::U64 => Column::U64(UInt64Builder::with_capacity(rows)),
            Type::I64 => Column::I64(Int64Builder::with_capacity(rows)),
            Type::F64 => Column::F64(Float64Builder::with_capacity(rows)),
            Type::Text => Column::Text(StringBuilder::with_capacity(rows, rows * 16)),
            Type::Option(inner) => Column::new(*inner, rows),
            Type::List(inner) => Column::List(Lists::new(*inner, rows)),
            Type::Map(inner) => Column::Map(Lists::new(*inner, rows), StringBuilder::new()),
            Type::Record(shape) => Column::Record(
                shape
                    .fields
                    .iter()
                    .map(|field| is_here(field.on).then(|| Column::new(field.ty, rows)))
                    .collect(),
                NullBufferBuilder::new(rows),
            ),
        }
    }

    /// Adds a row; null if there is no value, or one of another type than the catalogue says.
    fn push(&mut self, value: Option<Value>) -> Outcome<()> {
        match (self, value) {
            (Column::Bool(column), Some(Value::Bool(flag))) => column.append_value(flag),
            (Column::Bool(column), _) => column.append_null(),
            (Column::U64(column), Some(Value::U64(number))) => column.append_value(number),
            (Column::U64(column), _) => column.append_null(),
            (Column::I64(column), Some(Value::I64(number))) => column.append_value(number),
            (Column::I64(column), _) => column.append_null(),
            (Column::F64(column), Some(Value::F64(number))) => column.append_value(number),
            (Column::F64(column), _) => column.append_null(),
            (Column::Text(column), Some(Value::Text(text))) => append(column, &text)?,
            (Column::Text(column), _) => column.append_null(),
            (Column::List(lists), Some(Value::List(values))) => {
                lists.begin(values.len());
                for value in values {
                    lists.values.push(Some(value))?;
                }
            }
            (Column::Map(lists, keys), Some(Value::Map(entries))) => {
                lists.begin(entries.len());
                for (key, value) in entries {
                    append(keys, &key)?;
                    lists.values.push(Some(value))?;
                }
            }
            (Column::List(lists) | Column::Map(lists, _), _) => lists.null(),
            (Column::Record(columns, nulls), Some(Value::Record(_, values))) => {
                nulls.append_non_null();
                for (column, value) in columns.iter_mut().zip(values) {
                    if let Some(column) = column {
                        column.push(Some(value))?;
                    }
                }
            }
            (Column::Record(columns, nulls), _) => {
                nulls.append_null();
                for column in columns.iter_mut().flatten() {
                    column.push(None)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, field: &Field) -> Outcome<ArrayRef> {
        Ok(match (self, field.data_type()) {
            (Column::Bool(mut column), _) => Arc::new(column.finish()),
            (Column::U64(mut column), _) => Arc::new(column.finish()),
            (Column::I64(mut column), _) => Arc::new(column.finish()),
            (Column::F64(mut column), _) => Arc::new(column.finish()),
            (Column::Text(mut column), _) => Arc::new(column.finish()),
            (Column::List(mut lists), DataType::List(item)) => {
                let values = lists.values.finish(item)?;
                let offsets = offsets(&lists.lengths)?;
                Arc::new(ListArray::try_new(
                    item.clone(),
                    offsets,
                    values,
                    lists.nulls.finish(),
                )?)
            }
            (Column::Map(mut lists, mut keys), DataType::Map(entries, _)) => {
                let DataType::Struct(fields) = entries.data_type() else {
                    return Err(misfit(field));
                };
                let [_, value] = &fields[..] else {
                    return Err(misfit(field));
                };
                let values = lists.values.finish(value)?;
                let both = StructArray::try_new(fields.clone(), vec![Arc::new(keys.finish()), values], None)?;
                let offsets = offsets(&lists.lengths)?;
                Arc::new(MapArray::try_new(
                    entries.clone(),
                    offsets,
                    both,
                    lists.nulls.finish(),
                    false,
                )?)
            }
            (Column::Record(columns, mut nulls), DataType::Struct(fields)) => {
                let columns = columns.into_iter().flatten().zip(fields);
                let arrays: Outcome<Vec<_>> = columns.map(|(column, field)| column.finish(field)).collect();
                Arc::new(StructArray::try_new(fields.clone(), arrays?, nulls.finish())?)
            }
            _ => return Err(misfit(field)),
        })
    }
}

impl Lists {
    fn new(ty: Type, rows: usize) -> Lists {
        Lists {
            values: Box::new(Column::new(ty, rows)),
            lengths: Vec::with_capacity(rows),
            nulls: NullBufferBuilder::new(rows),
        }
    }

    fn begin(&mut self, length: usize) {
        self.lengths.push(length);
        self.nulls.append_non_null();
    }

    fn null(&mut self) {
        self.lengths.push(0);
        self.nulls.append_null();
    }
}

fn append(column: &mut StringBuilder, text: &Text) -> Outcome<()> {
    let text = text.to_string_lossy();
    if column.values_slice().len() + text.len() > MOST {
        return Err(ArrowError::OffsetOverflowError(
            column.values_slice().len() + text.len(),
        ));
    }
    column.append_value(text);
    Ok(())
}

fn offsets(lengths: &[usize]) -> Outcome<OffsetBuffer<i32>> {
    let sum = lengths
        .iter()
        .fold(0, |sum: usize, length| sum.saturating_add(*length));
    if sum > MOST {
        return Err(ArrowError::OffsetOverflowError(sum));
    }
    Ok(OffsetBuffer::from_lengths(lengths.iter().copied()))
}

fn misfit(field: &Field) -> ArrowError {
    ArrowError::SchemaError(format!("{}: the column is of another type", field.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, UInt64Type};

    fn column(ty: Type, values: Vec<Option<Value>>) -> ArrayRef {
        let mut column = Column::new(ty, values.len());
        for value in values {
            column.push(value).unwrap();
        }
        let array = column.finish(&Field::new("column", data_type(ty), true)).unwrap();
        assert_eq!(array.data_type(), &data_type(ty));
        array
    }

    #[test]
    fn what_is_not_told_is_null() {
        let numbers = column(
            Type::Option(&Type::U64),
            vec![Some(Value::U64(7)), Some(Value::Null), None],
        );
        let numbers = numbers.as_primitive::<UInt64Type>();
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [Some(7), None, None]);
        let texts = column(
            Type::Text,
            vec![Some(Value::Text(Text::from(vec![b'a', 0xff]))), None],
        );
        let texts = texts.as_string::<i32>();
        assert_eq!(texts.iter().collect::<Vec<_>>(), [Some("a\u{fffd}"), None]);
    }

    #[test]
    fn lists_and_maps_have_their_lengths() {
        let list =
            |words: &[&str]| Value::List(words.iter().map(|word| Value::Text(Text::from(*word))).collect());
        let lists = column(
            Type::List(&Type::Text),
            vec![Some(list(&["a", "b"])), None, Some(list(&[]))],
        );
        let lists = lists.as_list::<i32>();
        assert_eq!(
            (lists.value(0).len(), lists.is_null(1), lists.value(2).len()),
            (2, true, 0)
        );
        let map = Value::Map(vec![(Text::from("key"), Value::F64(0.5))]);
        let maps = column(Type::Map(&Type::F64), vec![None, Some(map)]);
        let maps = maps.as_map();
        assert!(maps.is_null(0));
        let entries = maps.value(1);
        assert_eq!(entries.column(0).as_string::<i32>().value(0), "key");
        assert_eq!(entries.column(1).as_primitive::<Float64Type>().value(0), 0.5);
    }
}
