//! `record` and `plot`: what is sampled, what is left when something goes wrong, and the pictures. Files are read back with the
//! arrow crate, and with polars and duckdb where Python has them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt64Type};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use expect_test::expect_file;
use rustix::process::{Pid, Signal, kill_process};

use crate::command::{fail, psoxide, text};

/// A file of this test's own, removed when it is dropped.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        Place(std::env::temp_dir().join(format!("psoxide-{}-{name}", std::process::id())))
    }

    fn samples(&self) -> Vec<RecordBatch> {
        let reader = StreamReader::try_new(File::open(&self.0).unwrap(), None).unwrap();
        reader.map(Result::unwrap).collect()
    }

    /// Those that are whole, while it is written.
    fn samples_so_far(&self) -> Vec<RecordBatch> {
        let reader = StreamReader::try_new(File::open(&self.0).unwrap(), None).unwrap();
        reader.map_while(Result::ok).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A test that failed early has not made it.
        let _ = fs::remove_file(&self.0);
    }
}

fn record(place: &Path) -> Command {
    let mut command = psoxide();
    command
        .arg("record")
        .args(["--interval", "0.01", "-o"])
        .arg(place);
    command
}

/// Starts a recording, and waits until it has written some samples.
fn started(command: &mut Command, place: &Path) -> Child {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while fs::metadata(place).map_or(0, |file| file.len()) < 10_000 {
        assert!(Instant::now() < deadline, "nothing is recorded");
        thread::sleep(Duration::from_millis(5));
    }
    child
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

fn names(batches: &[RecordBatch]) -> Vec<String> {
    let columns = batches
        .iter()
        .map(|batch| batch.column_by_name("name").unwrap().as_string::<i32>());
    columns
        .flat_map(|column| column.iter().flatten().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_command_is_recorded_with_everyone_below_it() {
    let place = Place::new("command");
    // It runs until samples were taken, however long that takes on this machine.
    let script = "sleep 600 & read line; kill $!; exit 3";
    let mut command = record(&place.0);
    command.args(["--add", "num_fds,uids.real", "--", "sh", "-c", script]);
    let mut recording = started(command.stdin(Stdio::piped()), &place.0);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !names(&place.samples_so_far()).iter().any(|name| name == "sleep") {
        assert!(Instant::now() < deadline, "the child is not recorded");
        thread::sleep(Duration::from_millis(5));
    }
    writeln!(recording.stdin.take().unwrap()).unwrap();
    let output = recording.wait_with_output().unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    let samples = place.samples();
    assert!(
        told.starts_with(&format!("{} samples in ", samples.len())),
        "{told}"
    );
    assert!(
        told.contains("the command: ") && told.contains("the recording: "),
        "{told}"
    );
    let names = names(&samples);
    assert!(names.iter().any(|name| name == "sh"), "{names:?}");
    assert!(names.iter().any(|name| name == "sleep"), "{names:?}");
    assert!(
        names
            .iter()
            .all(|name| ["sh", "sleep", "psoxide"].contains(&&**name)),
        "{names:?}"
    );
    // Moments ascend, and those of a sample are one.
    let mut last = -1.0;
    for batch in &samples {
        let elapsed = batch.column_by_name("elapsed").unwrap();
        let elapsed: Vec<f64> = elapsed.as_primitive::<Float64Type>().iter().flatten().collect();
        assert!(elapsed[0] > last && elapsed.iter().all(|moment| *moment == elapsed[0]));
        last = elapsed[0];
        let memory = batch.column_by_name("memory_info.rss").unwrap();
        assert_eq!(memory.as_primitive::<UInt64Type>().len(), batch.num_rows());
    }
    let schema = samples[0].schema();
    assert_eq!(
        schema.field_with_name("num_fds").unwrap().data_type(),
        &DataType::UInt64
    );
    assert!(schema.field_with_name("uids.real").is_ok());
    assert_eq!(schema.metadata()["psoxide.title"], format!("sh -c {script}"));
}

#[test]
fn a_command_that_ends_at_once_is_recorded() {
    let place = Place::new("short");
    for _ in 0..5 {
        let output = record(&place.0).args(["--", "true"]).output().unwrap();
        let told = text(&output.stderr);
        assert!(
            output.status.success() && told.contains("the command: "),
            "{told}"
        );
        let samples = place.samples();
        // The first may come before the program is the command's.
        let names = names(&samples);
        assert!(
            !names.is_empty() && names.iter().all(|name| ["true", "psoxide"].contains(&&**name)),
            "{names:?}: {told}"
        );
        let user = samples[0].column_by_name("cpu_times.user").unwrap();
        assert!(user.as_primitive::<Float64Type>().value(0) >= 0.0);
        assert_eq!(user.null_count(), 0);
    }
}

#[test]
fn the_machine_is_recorded_for_a_time() {
    let place = Place::new("machine");
    let output = record(&place.0).args(["--duration", "0.3"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let samples = place.samples();
    let used = |batch: &RecordBatch| {
        let column = batch.column_by_name("virtual_memory.used").unwrap();
        column.as_primitive::<UInt64Type>().value(0)
    };
    assert!(
        !samples.is_empty()
            && samples
                .iter()
                .all(|batch| batch.num_rows() == 1 && used(batch) > 0)
    );
}

#[test]
fn a_recording_that_is_told_to_end_ends_whole() {
    for sent in [Signal::INT, Signal::TERM] {
        let place = Place::new(&format!("ended-{}", sent.as_raw()));
        let child = started(&mut record(&place.0), &place.0);
        signal(&child, sent);
        let output = child.wait_with_output().unwrap();
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{told}");
        let samples = place.samples().len();
        assert!(
            samples > 1 && told.starts_with(&format!("{samples} samples in ")),
            "{told}"
        );
    }
}

#[test]
fn a_command_ends_with_its_recording() {
    let place = Place::new("passed");
    let mut command = record(&place.0);
    let child = started(command.args(["--", "sleep", "600"]), &place.0);
    signal(&child, Signal::TERM);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(128 + 15), "{output:?}");
}

#[test]
fn a_recorder_that_is_killed_leaves_every_sample() {
    let place = Place::new("killed");
    let mut child = started(&mut record(&place.0), &place.0);
    signal(&child, Signal::KILL);
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    assert!(place.samples().len() > 1);
}

#[test]
fn a_process_is_recorded_until_it_ends() {
    let place = Place::new("pid");
    let mut sleeper = Command::new("sleep").arg("600").spawn().unwrap();
    let mut command = record(&place.0);
    let child = started(command.args(["--pid", &sleeper.id().to_string()]), &place.0);
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(names(&place.samples()).iter().any(|name| name == "sleep"));
}

#[test]
fn a_full_disk_costs_no_sample() {
    let (status, message) = fail(record(Path::new("/dev/full")).args(["--duration", "1"]));
    assert!(status == 1 && message.contains("/dev/full"), "{message}");
    // A file that may not grow is as full as a disk.
    let place = Place::new("full");
    let script = "trap '' XFSZ; ulimit -f 20; exec \"$0\" record --interval 0.01 -o \"$1\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_psoxide")])
        .arg(&place.0)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let samples = place.samples().len();
    assert!(samples > 1, "{told}");
    assert!(told.contains(&format!("{samples} samples are kept")), "{told}");
}

#[test]
fn what_cannot_be_recorded_is_named() {
    let place = Place::new("none");
    for (arguments, word) in [
        (&["--", "/no/such/program"][..], "/no/such/program"),
        (&["--pid", "4194304"], "no such process"),
        (&["--interval", "0"], "expected seconds"),
        (&["--add", "num_fsd", "--pid", "1"], "did you mean num_fds?"),
        (&["--root", "/elsewhere", "--", "true"], "on this machine only"),
    ] {
        let (_, message) = fail(psoxide().args(["record", "-o"]).arg(&place.0).args(arguments));
        assert!(message.contains(word), "{arguments:?}: {message}");
    }
}

/// A recording of two processes at three moments, the same on every machine.
fn small_recording(place: &Path, title: &str) {
    let number = |name: &str| Field::new(name, DataType::UInt64, true);
    let fields = vec![
        Field::new("elapsed", DataType::Float64, false),
        number("pid"),
        Field::new("cpu_percent", DataType::Float64, true),
        number("memory_info.rss"),
        number("num_threads"),
        number("io_counters.read_bytes"),
        number("io_counters.write_bytes"),
    ];
    let metadata = HashMap::from([(String::from("psoxide.title"), String::from(title))]);
    let schema = Arc::new(Schema::new(fields).with_metadata(metadata));
    let mut writer = StreamWriter::try_new(File::create(place).unwrap(), &schema).unwrap();
    for moment in 0..3_u64 {
        let numbers = |values: [u64; 2]| -> ArrayRef { Arc::new(UInt64Array::from(values.to_vec())) };
        let percent = (moment > 0).then_some(moment as f64 * 50.0);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Float64Array::from(vec![moment as f64; 2])),
            numbers([7, 9]),
            Arc::new(Float64Array::from(vec![percent, None])),
            numbers([1 << 20, moment << 22]),
            numbers([1, 2 + moment]),
            numbers([moment * 1000, 0]),
            numbers([0, moment * moment * 5000]),
        ];
        writer
            .write(&RecordBatch::try_new(schema.clone(), columns).unwrap())
            .unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn pictures() {
    let place = Place::new("small");
    small_recording(&place.0, "make <b>&\u{202e}");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/expected");
    let drawn = |ending: &str| -> Vec<u8> {
        let picture = Place::new(&format!("picture.{ending}"));
        let output = psoxide()
            .arg("plot")
            .arg(&place.0)
            .arg("-o")
            .arg(&picture.0)
            .output()
            .unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        fs::read(&picture.0).unwrap()
    };
    let svg = text(&drawn("svg"));
    expect_file![format!("{folder}/plot.svg")].assert_eq(&svg);
    let html = text(&drawn("html"));
    assert!(
        html.contains(svg.trim()) && html.contains("<title>make &lt;b&gt;&amp;"),
        "{html}"
    );
    assert!(!svg.contains("<b>") && !html.contains("<b>"));
    let png = drawn("png");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png[16..24] == [0, 0, 3, 232, 0, 0, 3, 232]);
}

#[test]
fn a_recording_that_breaks_off_is_drawn_as_far_as_it_goes() {
    let (place, picture) = (Place::new("broken"), Place::new("broken.svg"));
    small_recording(&place.0, "broken");
    let length = fs::metadata(&place.0).unwrap().len();
    File::options()
        .write(true)
        .open(&place.0)
        .unwrap()
        .set_len(length - 100)
        .unwrap();
    let output = psoxide()
        .arg("plot")
        .arg(&place.0)
        .arg("-o")
        .arg(&picture.0)
        .output()
        .unwrap();
    let told = text(&output.stderr);
    assert!(
        output.status.success() && told.contains("after 2 samples: "),
        "{told}"
    );
}

#[test]
fn what_is_no_recording_is_named() {
    let place = Place::new("other");
    fs::write(&place.0, "no recording").unwrap();
    for (file, picture, word) in [
        (place.0.as_path(), "x.svg", "no recording"),
        (Path::new("/no/such/file"), "x.svg", "/no/such/file"),
        (place.0.as_path(), "x.pdf", "expected a name that ends in"),
    ] {
        let (_, message) = fail(psoxide().arg("plot").arg(file).args(["-o", picture]));
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn polars_and_duckdb_read_a_recording() {
    let place = Place::new("polars");
    small_recording(&place.0, "small");
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let readers = [
        (
            "polars",
            "import polars, sys; print(polars.read_ipc_stream(sys.argv[1])['memory_info.rss'].sum())",
        ),
        (
            "duckdb",
            "import duckdb, pyarrow.ipc, sys; rows = pyarrow.ipc.open_stream(sys.argv[1]).read_all(); \
             print(duckdb.sql('select sum(\"memory_info.rss\")::bigint from rows').fetchall()[0][0])",
        ),
    ];
    for (reader, script) in readers {
        let has = |module: &str| {
            let import = Command::new(&python)
                .args(["-c", &format!("import {module}")])
                .output();
            import.is_ok_and(|output| output.status.success())
        };
        if !has(reader) || reader == "duckdb" && !has("pyarrow") {
            println!("{reader} is not installed in .venv: it did not read the recording");
            continue;
        }
        // The library beneath Arrow's files gives numbers of eight bytes the alignment that they have in memory, and
        // Arrow's C++ checks what the format says: https://github.com/google/flatbuffers/issues/8264
        if reader == "duckdb" && align_of::<u64>() < 8 {
            println!("{reader} does not read recordings of this machine");
            continue;
        }
        let output = Command::new(&python)
            .args(["-c", script])
            .arg(&place.0)
            .output()
            .unwrap();
        let sum = 3 * (1 << 20) + 3 * (1 << 22);
        assert_eq!(
            text(&output.stdout).trim(),
            sum.to_string(),
            "{reader}: {output:?}"
        );
    }
}
