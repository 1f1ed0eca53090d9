//! What the machine is filled with while it is measured: idle processes and sockets. All of it ends with the
//! bench.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

/// Idle processes that end when this is dropped.
pub struct Processes(Vec<Child>);

impl Processes {
    pub fn start(count: usize) -> Processes {
        let program = std::env::current_exe().expect("own path");
        let start = |_| {
            Command::new(&program)
                .arg("idle")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .expect("an idle process")
        };
        Processes((0..count).map(start).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // one that has ended already needs no signal
            let _ = child.kill();
        }
        for child in &mut self.0 {
            let _ = child.wait();
        }
    }
}

/// Lets this process open as many files as it may.
pub fn raise_descriptors() {
    let nofile = rustix::process::Resource::Nofile;
    let maximum = rustix::process::getrlimit(nofile).maximum;
    let raise = |maximum| {
        let limit = rustix::process::Rlimit {
            current: maximum,
            maximum,
        };
        rustix::process::setrlimit(nofile, limit)
    };
    // Root may have more than it was given: as many as the kernel gives anybody.
    let most = std::fs::read_to_string("/proc/sys/fs/nr_open");
    let most = most.ok().and_then(|most| most.trim().parse().ok());
    raise(most)
        .or_else(|_| raise(maximum))
        .expect("as many descriptors as are allowed");
}

/// `count` TCP sockets of this process, connected over loopback in pairs.
pub fn sockets(count: usize) -> Vec<TcpStream> {
    raise_descriptors();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let mut streams = Vec::with_capacity(count);
    while streams.len() < count {
        streams.push(TcpStream::connect(address).expect("a connection"));
        streams.push(listener.accept().expect("its other end").0);
    }
    streams
}
