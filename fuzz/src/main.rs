//! libFuzzer over the decoders. One program; the environment's `PSOXIDE_FUZZ_TARGET` says which decoder of
//! [`targets::TARGETS`] gets the bytes. `cargo xtask fuzz` builds and runs it.
#![no_main]

mod targets;

use std::alloc::System;
use std::sync::OnceLock;

use cap::Cap;
use libfuzzer_sys::fuzz_target;

use crate::targets::{Decoder, TARGETS};

/// More than any input of the lengths tried here decodes to. A decoder that allocates what an untrusted length says
/// runs into it, and the run ends as a crash; libFuzzer's own limit would see only memory that was written to.
const DECODED_LIMIT: usize = 64 << 20;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

static CHOSEN: OnceLock<Decoder> = OnceLock::new();

/// The decoder that the environment names; with `PSOXIDE_FUZZ_LIST` set, prints all names with their seeds and ends.
fn choose() {
    if std::env::var_os("PSOXIDE_FUZZ_LIST").is_some() {
        for target in TARGETS {
            println!("{}\t{}", target.name, target.seeds.join(","));
        }
        std::process::exit(0);
    }
    let name = std::env::var("PSOXIDE_FUZZ_TARGET").expect("PSOXIDE_FUZZ_TARGET names a decoder");
    let target = TARGETS.iter().find(|target| target.name == name);
    let Some(target) = target else {
        panic!("no decoder is called {name}");
    };
    CHOSEN.get_or_init(|| target.decode);
}

fuzz_target!(
    init: choose(),
    |bytes: &[u8]| {
        let decode = CHOSEN.get().expect("chosen at the start");
        ALLOCATOR
            .set_limit(ALLOCATOR.allocated() + DECODED_LIMIT)
            .expect("the limit is above what is allocated");
        decode(bytes);
        ALLOCATOR.set_limit(usize::MAX).expect("no limit");
    }
);
