//! How a program with exit functions ends. A test program with a `main` of its own, as what it tests is how `main` and
//! the process end.

#[cfg(target_os = "linux")]
mod cases;
#[cfg(target_os = "windows")]
mod windows;

fn main() {
    #[cfg(target_os = "linux")]
    cases::run();
    #[cfg(target_os = "windows")]
    windows::run();
}
