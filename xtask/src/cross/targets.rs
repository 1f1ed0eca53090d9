//! The systems and machines that psoxide is built for, and how far each can be followed from Linux on x86_64: the linker,
//! and whether and how a program for it runs here. Facts only; what is done with them stands in the modules beside.

use std::path::PathBuf;

use crate::workspace;

/// A target of the compiler.
pub(crate) struct Target {
    /// As rustc names it.
    pub(crate) name: &'static str,
    pub(crate) linker: Linker,
    pub(crate) run: Run,
    /// Why clippy has nothing to tell of it that it does not of others.
    pub(crate) unlinted: Option<&'static str>,
    /// Debian packages that linking and running take.
    pub(crate) packages: &'static [&'static str],
}

impl Target {
    /// Whether its programs run here.
    pub(crate) fn is_run(&self) -> bool {
        !matches!(self.run, Run::No(_))
    }

    /// What it is built in. There are two, so that the targets which are only linked can be built beside those whose tests
    /// run: cargo takes one program a folder at a time.
    pub(crate) fn folder(&self) -> PathBuf {
        workspace::target().join(if self.is_run() { "cross" } else { "linked" })
    }
}

/// What links programs for a target.
#[derive(Clone, Copy)]
pub(crate) enum Linker {
    /// Nothing that can be had here, with the reason.
    Missing(&'static str),
    /// A compiler driver of this name.
    Program(&'static str),
    /// `zig cc` for zig's name of the target: it carries the C library, so every name is checked.
    Zig {
        name: &'static str,
        /// Libraries of the base system that zig does not carry and the `libc` crate asks for. They are linked empty:
        /// a function from one of them is an undefined name.
        empty: &'static [&'static str],
    },
    /// lld against empty libraries: there is no C library for illumos here, so names are not checked.
    Illumos { empty: &'static [&'static str] },
}

/// How a program for a target is run.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// It is not, with the reason.
    No(&'static str),
    /// This machine runs it; with the program interpreter of the C library, where that is not at its usual place.
    Native { interpreter: Option<&'static str> },
    /// Under qemu's user emulation of this machine.
    Emulated(&'static Machine),
    /// Under wine.
    Wine,
}

/// A machine that qemu emulates for single programs.
pub(crate) struct Machine {
    /// As qemu names it.
    pub(crate) name: &'static str,
    /// Where Debian's cross packages put the program interpreter.
    pub(crate) interpreter: &'static str,
    /// How the kernel tells the machine's executables: the first 20 bytes of an ELF header, and which bits of them count.
    pub(crate) magic: [u8; 20],
    pub(crate) mask: [u8; 20],
}

impl Machine {
    /// Whether its numbers begin with the highest byte, which the sixth byte of an ELF header tells.
    pub(crate) fn is_big_endian(&self) -> bool {
        self.magic[5] == 2
    }
}

const ELF64: [u8; 16] = [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const ELF64_BIG: [u8; 16] = [0x7f, b'E', b'L', b'F', 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// The identification with the file type (executable or shared object) and the machine number behind it.
const fn header(identification: [u8; 16], file_type: [u8; 2], machine: [u8; 2]) -> [u8; 20] {
    let i = identification;
    [
        i[0],
        i[1],
        i[2],
        i[3],
        i[4],
        i[5],
        i[6],
        i[7],
        i[8],
        i[9],
        i[10],
        i[11],
        i[12],
        i[13],
        i[14],
        i[15],
        file_type[0],
        file_type[1],
        machine[0],
        machine[1],
    ]
}

/// All of the identification but the system's number and the padding; of the type 2 and 3 alike.
const IDENTIFICATION_MASK: [u8; 16] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

static AARCH64: Machine = Machine {
    name: "aarch64",
    interpreter: "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1",
    magic: header(ELF64, [2, 0], [183, 0]),
    mask: header(IDENTIFICATION_MASK, [0xfe, 0xff], [0xff, 0xff]),
};
static S390X: Machine = Machine {
    name: "s390x",
    interpreter: "/usr/s390x-linux-gnu/lib/ld64.so.1",
    magic: header(ELF64_BIG, [0, 2], [0, 22]),
    mask: header(IDENTIFICATION_MASK, [0xff, 0xfe], [0xff, 0xff]),
};

const AS_HERE: &str = "Linux with numbers of the same size and order as here";
const NO_KERNEL: Run = Run::No("no such kernel can be had here");

/// Every target, in the order in which they are checked: those whose tests run first.
pub(crate) static TARGETS: &[Target] = &[
    Target {
        name: "i686-unknown-linux-gnu",
        linker: Linker::Zig {
            name: "x86-linux-gnu.2.36",
            empty: &[],
        },
        run: Run::Native {
            interpreter: Some("/usr/i686-linux-gnu/lib/ld-linux.so.2"),
        },
        unlinted: None,
        packages: &["libc6-i386-cross"],
    },
    Target {
        name: "x86_64-unknown-linux-musl",
        linker: Linker::Zig {
            name: "x86_64-linux-musl",
            empty: &[],
        },
        run: Run::Native { interpreter: None },
        unlinted: Some(AS_HERE),
        packages: &[],
    },
    Target {
        name: "aarch64-unknown-linux-gnu",
        linker: Linker::Zig {
            name: "aarch64-linux-gnu.2.36",
            empty: &[],
        },
        run: Run::Emulated(&AARCH64),
        unlinted: Some(AS_HERE),
        packages: &["qemu-user-static", "libc6-arm64-cross"],
    },
    Target {
        name: "s390x-unknown-linux-gnu",
        linker: Linker::Zig {
            name: "s390x-linux-gnu.2.36",
            empty: &[],
        },
        run: Run::Emulated(&S390X),
        unlinted: Some("Linux with numbers of the same size as here, and lints know of no byte order"),
        packages: &["qemu-user-static", "libc6-s390x-cross"],
    },
    Target {
        name: "x86_64-pc-windows-gnu",
        linker: Linker::Program("x86_64-w64-mingw32-gcc"),
        run: Run::Wine,
        unlinted: None,
        packages: &["gcc-mingw-w64-x86-64-win32"],
    },
    Target {
        name: "x86_64-pc-windows-msvc",
        linker: Linker::Missing("needs Microsoft's libraries"),
        run: Run::No("only a Windows runs it"),
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "aarch64-pc-windows-msvc",
        linker: Linker::Missing("needs Microsoft's libraries"),
        run: Run::No("only a Windows runs it"),
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "aarch64-apple-darwin",
        linker: Linker::Zig {
            name: "aarch64-macos",
            empty: &[],
        },
        run: NO_KERNEL,
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "x86_64-apple-darwin",
        linker: Linker::Zig {
            name: "x86_64-macos",
            empty: &[],
        },
        run: NO_KERNEL,
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "x86_64-unknown-freebsd",
        linker: Linker::Zig {
            name: "x86_64-freebsd",
            empty: &["devstat", "geom", "kvm", "memstat", "procstat"],
        },
        run: NO_KERNEL,
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "x86_64-unknown-netbsd",
        linker: Linker::Zig {
            name: "x86_64-netbsd",
            empty: &["kvm"],
        },
        run: NO_KERNEL,
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "x86_64-unknown-openbsd",
        linker: Linker::Zig {
            name: "x86_64-openbsd",
            empty: &["kvm"],
        },
        run: NO_KERNEL,
        unlinted: None,
        packages: &[],
    },
    Target {
        name: "x86_64-unknown-illumos",
        linker: Linker::Illumos {
            empty: &[
                "c", "gcc_s", "kstat", "lgrp", "m", "nsl", "posix4", "pthread", "resolv", "rt", "sendfile",
                "socket", "ssp", "umem", "xnet",
            ],
        },
        run: NO_KERNEL,
        unlinted: None,
        packages: &[],
    },
];
