//! Records about the host as a whole.

use crate::model::Pid;
use crate::record;
use crate::schema::Platforms;
use crate::text::Text;

record! {
    /// A user who is logged in.
    pub struct User as "suser" {
        /// The user's name.
        pub name: Text = None, Label, Platforms::ALL;
        /// The terminal, as `pts/0`.
        pub terminal: Option<Text> = None, Label, Platforms::POSIX;
        /// Where the user came from, as the login program recorded it.
        pub host: Option<Text> = None, Label, Platforms::ALL;
        /// When the session began.
        pub started: f64 = Timestamp, Label, Platforms::ALL;
        /// The login process.
        pub pid: Option<Pid> = None, Label, Platforms::POSIX.without(Platforms::OPENBSD);
    }
}

impl User {
    /// A session from its parts; empty texts count as absent.
    pub fn new(name: Text, terminal: Text, host: Text, started: f64, pid: Option<Pid>) -> Self {
        let present = |text: Text| if text.is_empty() { None } else { Some(text) };
        User {
            name,
            terminal: present(terminal),
            host: present(host),
            started,
            pid,
        }
    }
}
