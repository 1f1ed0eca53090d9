//! The ends that Windows has: `main` returns or panics. Events of the console are tested beside what receives them.

use std::process::Command;

use psoxide::exit::ExitFunction;

const CASE: &str = "PSOXIDE_TEST_EXIT";

pub(crate) fn run() {
    match std::env::var(CASE).as_deref() {
        Ok("panic") => {
            register();
            panic!("as the case wants it");
        }
        Ok(_) => register(),
        Err(_) => {
            judge("return", 0);
            judge("panic", 101);
            println!("exit functions: 2 of 2 cases as expected");
        }
    }
}

fn register() {
    for line in ["older", "newer"] {
        let function = ExitFunction::new(move || println!("{line}"));
        function.register().unwrap();
    }
    let cancelled = ExitFunction::new(|| println!("never")).on([]).register();
    assert!(cancelled.unwrap().cancel());
}

fn judge(case: &str, code: i32) {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).env(CASE, case).output().unwrap();
    let lines: Vec<&str> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
    assert_eq!(
        (lines, output.status.code()),
        (vec!["newer", "older"], Some(code)),
        "{case}"
    );
}
