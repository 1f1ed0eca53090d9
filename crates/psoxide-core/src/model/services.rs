//! Records about Windows services.

use crate::model::Pid;
use crate::record;
use crate::schema::Platforms;
use crate::text::Text;

const WINDOWS: Platforms = Platforms::WINDOWS;

record! {
    /// A Windows service.
    pub struct Service as "winservice" {
        /// The name that identifies it.
        pub name: Text = None, Label, WINDOWS;
        /// The name shown to people.
        pub display_name: Text = None, Label, WINDOWS;
        /// The command that starts it.
        pub binpath: Text = None, Label, WINDOWS;
        /// The account it runs as.
        pub username: Text = None, Label, WINDOWS;
        /// `automatic`, `manual` or `disabled`.
        pub start_type: Text = None, Label, WINDOWS;
        /// `running`, `paused`, `start_pending`, `pause_pending`, `continue_pending`, `stop_pending` or `stopped`.
        pub status: Text = None, Label, WINDOWS;
        /// Its process, while it runs.
        pub pid: Option<Pid> = None, Label, WINDOWS;
        /// What it is for.
        pub description: Text = None, Label, WINDOWS;
    }
}
