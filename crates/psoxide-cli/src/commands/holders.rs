//! `psoxide holders FILE`: the processes that hold a file, and how: open, mapped, as their program, their working directory
//! or their socket. Of a directory also those that hold anything below it, which is what keeps a disk from being unmounted.
//!
//! What this user may not see is not known: if any process was denied, a warning says of how many.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use psoxide::model::Pid;
use psoxide::model::net::{ConnectionKind, SocketAddress};
use psoxide::schema::Typed;
use psoxide::{Oneshot, Text};

use crate::columns::HOLDERS;
use crate::failure::Failure;
use crate::keys::{self, Key};
use crate::listing::{Asked, Listing, narrowed};
use crate::machine::Machine;
use crate::output::object::Object;
use crate::output::{Screen, cut, table};

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Holders {
    /// The files; of a directory everything below it is meant too
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// One hold on one file.
pub(crate) struct Hold {
    pid: Pid,
    name: Option<Text>,
    username: Option<Text>,
    how: &'static str,
    fd: Option<i32>,
    mode: Option<Text>,
    path: Text,
}

impl Listing for Holders {
    type Row = Hold;

    fn keys() -> Vec<Key> {
        let mut keys = keys::of_attributes(&["pid", "name", "username"]);
        keys.extend([
            Key::new(
                "how",
                Text::TYPE,
                "How it is held: `open`, `mapped`, `program`, `directory` or `socket`.",
            ),
            Key::new(
                "fd",
                <Option<i32>>::TYPE,
                "The descriptor, where it is held by one.",
            ),
            Key::new(
                "mode",
                <Option<Text>>::TYPE,
                "`r`, `w`, `a`, `r+` or `a+`, where it is open.",
            ),
            Key::new("path", Text::TYPE, "The file."),
        ]);
        keys
    }

    /// By process, and by how it holds the file.
    fn rows(&self, machine: &Machine, _asked: &Asked) -> Result<Vec<Hold>, Failure> {
        let search = FileSearch::new(machine, &self.files)?;
        let sockets = search.sockets()?;
        let mut holds = Vec::new();
        let mut denied = 0;
        for process in machine.processes()? {
            let found = search.holds(&process, &sockets);
            if found.denied {
                denied += 1;
            }
            let Some(first) = found.holds.first() else {
                continue;
            };
            let pid = first.pid;
            let name = process.name().ok();
            let username = machine.user_name(&process).ok();
            holds.extend(found.holds.into_iter().map(|hold| Hold {
                pid,
                name: name.clone(),
                username: username.clone(),
                ..hold
            }));
        }
        if denied > 0 {
            writeln!(
                io::stderr(),
                "warning: access denied for {denied} pids, which may hold it too"
            )?;
        }
        Ok(holds)
    }

    fn object(&self, _machine: &Machine, hold: &Hold, keys: &[Key]) -> Option<Object> {
        let mut object = Object::default();
        object.push("pid", Ok(hold.pid.value()));
        object.push("name", Ok(hold.name.value()));
        object.push("username", Ok(hold.username.value()));
        object.push("how", Ok(Text::from(hold.how).value()));
        object.push("fd", Ok(hold.fd.value()));
        object.push("mode", Ok(hold.mode.value()));
        object.push("path", Ok(hold.path.value()));
        Some(narrowed(object, keys))
    }

    fn text(&self, _machine: &Machine, screen: &mut Screen, holds: Vec<Hold>) -> Result<(), Failure> {
        screen.header(&table::header(&HOLDERS))?;
        let shown = |text: &Option<Text>| text.as_ref().map(ToString::to_string).unwrap_or_default();
        for hold in &holds {
            screen.line(&table::line(
                &HOLDERS,
                &[
                    &hold.pid.to_string(),
                    cut(&shown(&hold.username), 9),
                    cut(&shown(&hold.name), 15),
                    hold.how,
                    &hold.fd.map(|fd| fd.to_string()).unwrap_or_default(),
                    &shown(&hold.mode),
                    &hold.path.to_string(),
                ],
            ))?;
        }
        Ok(())
    }

    fn narrows(&self) -> bool {
        true
    }
}

/// Local sockets of processes: descriptor and name.
type Sockets = BTreeMap<Pid, Vec<(Option<i32>, Text)>>;

/// The files that are searched for.
struct FileSearch<'a> {
    machine: &'a Machine,
    wanted: Vec<Text>,
}

/// What a process holds of them, and whether something could not be seen.
#[derive(Default)]
struct Found {
    holds: Vec<Hold>,
    denied: bool,
}

impl FileSearch<'_> {
    /// The files by the names that the kernel knows them by.
    fn new<'a>(machine: &'a Machine, files: &[PathBuf]) -> Result<FileSearch<'a>, Failure> {
        let wanted = files.iter().map(|file| {
            if !machine.root().is_local() {
                // Names of another root mean nothing here.
                return Ok(as_text(file));
            }
            match file.canonicalize() {
                Ok(path) => Ok(as_text(&path)),
                Err(error) => Err(Failure::Request(format!("{}: {error}", file.display()))),
            }
        });
        Ok(FileSearch {
            machine,
            wanted: wanted.collect::<Result<_, _>>()?,
        })
    }

    fn wants(&self, path: &[u8]) -> bool {
        self.wanted.iter().any(|wanted| {
            let below = path.strip_prefix(&**wanted);
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || wanted.ends_with(b"/"))
        })
    }

    /// Local sockets with one of the names, by process.
    fn sockets(&self) -> Result<Sockets, Failure> {
        let sockets = match self.machine.root().net_connections(ConnectionKind::Unix) {
            Ok(sockets) => sockets,
            // That another system has no such sockets to tell of is no reason to tell nothing.
            Err(error) if error.is_unsupported() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let mut found = Sockets::new();
        for socket in sockets {
            if let (Some(pid), Some(SocketAddress::Path(path))) = (socket.pid, socket.laddr)
                && self.wants(&path)
            {
                found.entry(pid).or_default().push((socket.fd, path));
            }
        }
        Ok(found)
    }

    fn holds(&self, process: &Oneshot, sockets: &Sockets) -> Found {
        let mut found = Found::default();
        let hold = |how, path: Text| Hold {
            pid: process.pid(),
            name: None,
            username: None,
            how,
            fd: None,
            mode: None,
            path,
        };
        if let Some(path) = found.seen(process.exe()).map(|path| as_text(&path))
            && self.wants(&path)
        {
            found.holds.push(hold("program", path));
        }
        if let Some(path) = found.seen(process.cwd()).map(|path| as_text(&path))
            && self.wants(&path)
        {
            found.holds.push(hold("directory", path));
        }
        for file in found.seen(process.open_files()).unwrap_or_default() {
            if self.wants(&file.path) {
                found.holds.push(Hold {
                    fd: file.fd,
                    mode: file.mode,
                    ..hold("open", file.path)
                });
            }
        }
        let mut mapped: Vec<Text> = found
            .seen(process.memory_maps())
            .unwrap_or_default()
            .into_iter()
            .map(|map| map.path)
            .filter(|path| self.wants(path))
            .collect();
        mapped.sort();
        mapped.dedup();
        // The program is mapped too, which is told already.
        mapped.retain(|path| {
            !found
                .holds
                .iter()
                .any(|held| held.how == "program" && held.path == *path)
        });
        found
            .holds
            .extend(mapped.into_iter().map(|path| hold("mapped", path)));
        for (fd, path) in sockets.get(&process.pid()).into_iter().flatten() {
            found.holds.push(Hold {
                fd: *fd,
                ..hold("socket", path.clone())
            });
        }
        found
    }
}

impl Found {
    /// The answer, if there is one; that it was denied is noted.
    fn seen<T>(&mut self, answer: psoxide::Result<T>) -> Option<T> {
        self.denied |= answer.as_ref().is_err_and(psoxide::Error::is_access_denied);
        answer.ok()
    }
}

fn as_text(path: &Path) -> Text {
    Text::from(path.as_os_str().as_encoded_bytes())
}
