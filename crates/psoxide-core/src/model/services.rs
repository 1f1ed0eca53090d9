//! Records about Windows services.

use crate::model::Pid;
use crate::record;
use crate::schema::Platforms;
use crate::text::Text;

const WINDOWS: Platforms = Platforms::WINDOWS;

record! {
    /// A Windows service. What is denied to this user is absent.
    pub struct Service as "winservice" {
        /// The name that identifies it.
        pub name: Text = None, Label, WINDOWS;
        /// The name shown to people.
        pub display_name: Text = None, Label, WINDOWS;
        /// The command that starts it.
        pub binpath: Option<Text> = None, Label, WINDOWS;
        /// The account it runs as.
        pub username: Option<Text> = None, Label, WINDOWS;
        /// `automatic`, `manual` or `disabled`; `unknown` for what has no such word.
        pub start_type: Option<Text> = None, Label, WINDOWS;
        /// `running`, `paused`, `start_pending`, `pause_pending`, `continue_pending`, `stop_pending` or `stopped`;
        /// `unknown` for what has no such word.
        pub status: Text = None, Label, WINDOWS;
        /// Its process, while it runs.
        pub pid: Option<Pid> = None, Label, WINDOWS;
        /// What it is for; empty if that cannot be read.
        pub description: Option<Text> = None, Label, WINDOWS;
    }
}
