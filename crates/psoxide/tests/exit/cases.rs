//! The cases: for each the program starts itself again, ends that by exit, signal or panic, and looks at what it has
//! written and how it ended.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use psoxide::exit::{End, ExitFunction, on_exit};
use psoxide::model::process::Exit;
use psoxide::{ErrorKind, Process, Signal};

/// Names the case in the program that is started again.
const CASE: &str = "PSOXIDE_TEST_EXIT";
/// What a program writes when it may be signalled.
const READY: &str = "ready";

struct Case {
    name: &'static str,
    /// What the program does; if it returns, so does `main`.
    run: fn(),
    /// Sent once it is ready.
    signal: Option<Signal>,
    /// The lines it writes, after "ready".
    lines: &'static [&'static str],
    end: Exit,
}

const CASES: &[Case] = &[
    Case {
        name: "return from main",
        run: || register_two(),
        signal: None,
        lines: &["newer", "older"],
        end: Exit::Code(0),
    },
    Case {
        name: "exit",
        run: || {
            register_two();
            std::process::exit(4);
        },
        signal: None,
        lines: &["newer", "older"],
        end: Exit::Code(4),
    },
    Case {
        name: "exit in another thread",
        run: || {
            register_two();
            std::thread::spawn(|| std::process::exit(5)).join().unwrap();
        },
        signal: None,
        lines: &["newer", "older"],
        end: Exit::Code(5),
    },
    Case {
        name: "panic of main",
        run: || {
            register_two();
            panic!("as the case wants it");
        },
        signal: None,
        lines: &["newer", "older"],
        end: Exit::Code(101),
    },
    Case {
        name: "SIGTERM",
        run: || {
            register_two();
            wait_for_the_end();
        },
        signal: Some(Signal::TERM),
        lines: &["newer", "older"],
        end: Exit::Signal(15),
    },
    Case {
        name: "SIGINT, which is not among the signals",
        run: || {
            register_two();
            wait_for_the_end();
        },
        signal: Some(Signal::INT),
        lines: &[],
        end: Exit::Signal(2),
    },
    Case {
        name: "SIGINT, for one of two functions",
        run: || {
            line_on_exit("older", &[Signal::TERM]);
            line_on_exit("newer", &[Signal::INT, Signal::INT]);
            wait_for_the_end();
        },
        signal: Some(Signal::INT),
        lines: &["newer", "older"],
        end: Exit::Signal(2),
    },
    Case {
        name: "SIGTERM, for the normal exit only",
        run: || {
            line_on_exit("never", &[]);
            wait_for_the_end();
        },
        signal: Some(Signal::TERM),
        lines: &[],
        end: Exit::Signal(15),
    },
    Case {
        name: "the normal exit only",
        run: || line_on_exit("exit", &[]),
        signal: None,
        lines: &["exit"],
        end: Exit::Code(0),
    },
    Case {
        name: "SIGKILL",
        run: || {
            register_two();
            wait_for_the_end();
        },
        signal: Some(Signal::KILL),
        lines: &[],
        end: Exit::Signal(9),
    },
    Case {
        name: "abort",
        run: || {
            register_two();
            std::process::abort();
        },
        signal: None,
        lines: &[],
        end: Exit::Signal(6),
    },
    Case {
        name: "status",
        run: || {
            ExitFunction::new(|| println!("function"))
                .on([Signal::TERM, Signal::USR1])
                .end(End::WithStatus)
                .log(|message| {
                    let pid = std::process::id().to_string();
                    println!("{}", message.replace(&pid, "this"));
                })
                .register()
                .unwrap();
            wait_for_the_end();
        },
        signal: Some(Signal::USR1),
        lines: &["signal SIGUSR1 received by process with PID this", "function"],
        end: Exit::Code(10),
    },
    Case {
        name: "a signal that is ignored by default",
        run: || {
            line_on_exit("function", &[Signal::WINCH]);
            wait_for_the_end();
        },
        signal: Some(Signal::WINCH),
        lines: &["function"],
        end: Exit::Code(28),
    },
    Case {
        name: "handlers that were there before",
        run: || {
            let told = Arc::new(AtomicBool::new(false));
            signal_hook::flag::register(15, Arc::clone(&told)).unwrap();
            on_exit(move || println!("told before: {}", told.load(Ordering::SeqCst))).unwrap();
            wait_for_the_end();
        },
        signal: Some(Signal::TERM),
        lines: &["told before: true"],
        end: Exit::Signal(15),
    },
    Case {
        name: "a function that panics on a signal",
        run: || {
            line_on_exit("older", &[Signal::TERM]);
            ExitFunction::new(|| panic!("as the case wants it"))
                .register()
                .unwrap();
            line_on_exit("newer", &[]);
            wait_for_the_end();
        },
        signal: Some(Signal::TERM),
        lines: &["newer", "older"],
        end: Exit::Code(101),
    },
    Case {
        name: "a function that panics at exit",
        run: || {
            line_on_exit("older", &[]);
            ExitFunction::new(|| panic!("as the case wants it"))
                .register()
                .unwrap();
        },
        signal: None,
        lines: &["older"],
        end: Exit::Code(0),
    },
    Case {
        name: "main returns while a signal's function runs",
        run: || {
            let begun = Arc::new(AtomicBool::new(false));
            let begins = Arc::clone(&begun);
            ExitFunction::new(move || {
                begins.store(true, Ordering::SeqCst);
                // Long enough for main to return meanwhile; nothing depends on it.
                std::thread::sleep(Duration::from_millis(50));
                println!("whole");
            })
            .on([Signal::TERM])
            .register()
            .unwrap();
            println!("{READY}");
            while !begun.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
        },
        signal: Some(Signal::TERM),
        lines: &["whole"],
        // Main has returned already, or the signal is first: see `judge`.
        end: Exit::Code(0),
    },
    Case {
        name: "a function that registers another",
        run: || {
            on_exit(|| {
                println!("first");
                line_on_exit("from inside", &[]);
            })
            .unwrap();
        },
        signal: None,
        lines: &["first", "from inside"],
        end: Exit::Code(0),
    },
    Case {
        name: "cancelled",
        run: || {
            line_on_exit("stays", &[]);
            let registration = on_exit(|| println!("never")).unwrap();
            assert!(registration.clone().cancel());
            assert!(!registration.cancel());
        },
        signal: None,
        lines: &["stays"],
        end: Exit::Code(0),
    },
    Case {
        name: "what is refused",
        run: || {
            let signals = [
                Signal::KILL,
                Signal::STOP,
                Signal::from_number(11),
                Signal::from_number(0),
            ];
            for signal in signals
                .into_iter()
                .chain([Signal::from_number(100), Signal::from_number(-1)])
            {
                let error = ExitFunction::new(|| println!("never"))
                    .on([signal])
                    .register()
                    .unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
                assert!(
                    error.to_string().contains(&signal.number().unwrap().to_string()),
                    "{error}"
                );
            }
        },
        signal: None,
        lines: &[],
        end: Exit::Code(0),
    },
];

fn register_two() {
    line_on_exit("older", &[Signal::TERM]);
    on_exit(|| println!("newer")).unwrap();
}

fn line_on_exit(line: &'static str, signals: &[Signal]) {
    let function = ExitFunction::new(move || println!("{line}"));
    function.on(signals.iter().copied()).register().unwrap();
}

fn wait_for_the_end() {
    println!("{READY}");
    loop {
        std::thread::park();
    }
}

/// The case that is named, or all.
pub(crate) fn run() {
    if let Ok(name) = std::env::var(CASE) {
        let case = CASES.iter().find(|case| case.name == name).unwrap();
        return (case.run)();
    }
    if std::env::args().any(|argument| argument == "--list") {
        return CASES.iter().for_each(|case| println!("{}: test", case.name));
    }
    let failures: Vec<String> = CASES.iter().filter_map(|case| judge(case).err()).collect();
    println!(
        "exit functions: {} of {} cases as expected",
        CASES.len() - failures.len(),
        CASES.len()
    );
    if !failures.is_empty() {
        println!("{}", failures.join("\n"));
        std::process::exit(1);
    }
}

/// Runs the case, and says what was not as expected.
#[allow(clippy::zombie_processes)] // psoxide itself waits for it
fn judge(case: &Case) -> Result<(), String> {
    let mut started = Command::new(std::env::current_exe().unwrap())
        .env(CASE, case.name)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let process = Process::new(started.id()).unwrap();
    let mut stdout = BufReader::new(started.stdout.take().unwrap());
    if let Some(signal) = case.signal {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        if line.trim() != READY {
            return Err(format!("{}: wrote {line:?} before it was ready", case.name));
        }
        process.send_signal(signal).unwrap();
    }
    let end = match process.wait(Some(Duration::from_secs(30))) {
        Ok(end) => end,
        Err(error) => {
            process.kill().unwrap();
            process.wait(None).unwrap();
            return Err(format!("{}: {error}", case.name));
        }
    };
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // Where both end the process, either may be first.
    let race = case.name == "main returns while a signal's function runs";
    if lines != case.lines || (end != Some(case.end) && !(race && end == Some(Exit::Signal(15)))) {
        return Err(format!("{}: wrote {lines:?}, ended by {end:?}", case.name));
    }
    Ok(())
}
