//! A recording: an Arrow IPC stream with a batch for each sample, handed to the system whole. Whatever happens to the
//! recorder, the file holds every sample that was finished; where a disk is full, the part of a batch that fitted is taken
//! away again.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use psoxide::schema::{Type, Value};

use crate::failure::Failure;
use crate::keys::{Key, known};
use crate::output::json;
use crate::output::object::Object;

/// The key in the file's own metadata that says what was recorded.
pub(crate) const TITLE: &str = "psoxide.title";

/// An error where files would come out wrong: Arrow's are little-endian, and the library writes and reads numbers as they
/// lie in memory.
pub(crate) fn has_byte_order() -> Result<(), Failure> {
    match cfg!(target_endian = "little") {
        true => Ok(()),
        false => Err(Failure::Request(
            "recordings are little-endian, and this machine is not: none can be written or read here".into(),
        )),
    }
}

/// A file that samples are added to.
pub(crate) struct Recording {
    path: PathBuf,
    file: File,
    writer: StreamWriter<Vec<u8>>,
    schema: SchemaRef,
    keys: Vec<Key>,
    /// How much of the file is whole samples.
    length: u64,
    samples: usize,
    peak: u64,
}

impl Recording {
    /// A new file, or an old one emptied, for rows of these keys.
    pub(super) fn create(
        path: &Path,
        keys: &[Key],
        title: &str,
        interval: f64,
    ) -> Result<Recording, Failure> {
        has_byte_order()?;
        let mut fields = vec![
            Field::new(
                "time",
                DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
                false,
            ),
            Field::new("elapsed", DataType::Float64, false),
        ];
        fields.extend(keys.iter().map(|key| {
            let field = Field::new(&*key.name, data_type(key.ty), true);
            let unit = format!("{:?}", key.unit).to_lowercase();
            field.with_metadata(HashMap::from([(String::from("unit"), unit)]))
        }));
        let metadata = HashMap::from([
            (String::from(TITLE), String::from(title)),
            (String::from("psoxide.interval"), interval.to_string()),
            (
                String::from("psoxide.version"),
                String::from(env!("CARGO_PKG_VERSION")),
            ),
        ]);
        let schema = Arc::new(Schema::new(fields).with_metadata(metadata));
        let failed = |error: std::io::Error| Failure::Request(format!("{}: {error}", path.display()));
        let mut recording = Recording {
            path: path.to_owned(),
            file: File::create(path).map_err(failed)?,
            writer: StreamWriter::try_new(Vec::new(), &schema).map_err(layout)?,
            schema,
            keys: keys.to_vec(),
            length: 0,
            samples: 0,
            peak: 0,
        };
        recording.hand_over()?;
        Ok(recording)
    }

    /// Adds the rows of one moment, so long after the beginning.
    pub(super) fn add(&mut self, rows: &[Object], elapsed: Duration) -> Result<(), Failure> {
        if rows.is_empty() {
            return Ok(());
        }
        // A clock before 1970 is as good as none.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let moment = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        let time = TimestampMicrosecondArray::from(vec![moment; rows.len()]).with_timezone("UTC");
        let elapsed = Float64Array::from(vec![elapsed.as_secs_f64(); rows.len()]);
        let mut columns: Vec<ArrayRef> = vec![Arc::new(time), Arc::new(elapsed)];
        for key in &self.keys {
            let values = rows.iter().map(|row| row.get(&key.name));
            columns.push(column(key.ty, values)?);
        }
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(layout)?;
        self.writer.write(&batch).map_err(layout)?;
        self.hand_over()?;
        self.samples += 1;
        let memory = super::sum(rows, "memory_info.rss");
        self.peak = self.peak.max(memory as u64);
        Ok(())
    }

    /// Says that nothing follows.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.writer.finish().map_err(layout)?;
        self.hand_over()
    }

    /// How many samples the file has.
    pub(super) fn samples(&self) -> usize {
        self.samples
    }

    /// How many bytes they take.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The most memory that all processes of a sample had together.
    pub(super) fn peak(&self) -> u64 {
        self.peak
    }

    /// Writes what was laid out, or nothing.
    fn hand_over(&mut self) -> Result<(), Failure> {
        let laid_out = std::mem::take(self.writer.get_mut());
        match self.file.write_all(&laid_out) {
            Ok(()) => {
                self.length += laid_out.len() as u64;
                Ok(())
            }
            Err(error) => {
                // What is no regular file has no part of a batch to lose.
                let _ = self.file.set_len(self.length);
                let (path, samples) = (self.path.display(), self.samples);
                let message = format!("{path}: {error}; {samples} samples are kept");
                Err(Failure::Request(message))
            }
        }
    }
}

/// The type of a column. What has parts is JSON in text.
fn data_type(ty: Type) -> DataType {
    match known(ty) {
        Type::Bool => DataType::Boolean,
        Type::U64 => DataType::UInt64,
        Type::I64 => DataType::Int64,
        Type::F64 => DataType::Float64,
        _ => DataType::Utf8,
    }
}

fn column<'a>(ty: Type, values: impl Iterator<Item = &'a Value>) -> Result<ArrayRef, Failure> {
    Ok(match known(ty) {
        Type::Bool => {
            let mut column = BooleanBuilder::new();
            for value in values {
                column.append_option(match value {
                    Value::Bool(flag) => Some(*flag),
                    _ => None,
                });
            }
            Arc::new(column.finish())
        }
        Type::U64 => {
            let mut column = UInt64Builder::new();
            for value in values {
                column.append_option(match value {
                    Value::U64(number) => Some(*number),
                    _ => None,
                });
            }
            Arc::new(column.finish())
        }
        Type::I64 => {
            let mut column = Int64Builder::new();
            for value in values {
                column.append_option(match value {
                    Value::I64(number) => Some(*number),
                    _ => None,
                });
            }
            Arc::new(column.finish())
        }
        Type::F64 => {
            let mut column = Float64Builder::new();
            for value in values {
                column.append_option(match value {
                    Value::F64(number) => Some(*number),
                    _ => None,
                });
            }
            Arc::new(column.finish())
        }
        _ => {
            let mut column = StringBuilder::new();
            for value in values {
                match value {
                    Value::Null => column.append_null(),
                    Value::Text(text) => column.append_value(text.to_string_lossy()),
                    other => column.append_value(json::text(other)?),
                }
            }
            Arc::new(column.finish())
        }
    })
}

/// Columns are laid out by the keys that the schema is made of, so this can only be memory.
fn layout(error: ArrowError) -> Failure {
    Failure::Request(format!("record: {error}"))
}
