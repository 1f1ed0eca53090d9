//! Names the backend from the target: `cfg(backend = "linux")`.

fn main() {
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let backend = match target.as_str() {
        "linux" | "android" => "linux",
        "solaris" | "illumos" => "illumos",
        "windows" | "macos" | "freebsd" | "openbsd" | "netbsd" => &target,
        _ => panic!("psoxide has no backend for {target}"),
    };
    println!("cargo::rustc-cfg=backend=\"{backend}\"");
    println!("cargo::rerun-if-changed=build.rs");
}
