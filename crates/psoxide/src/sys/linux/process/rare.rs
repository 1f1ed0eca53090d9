//! What nearly every visit does without: apart from the rest of it, so that the rows of a table are small.

use std::sync::OnceLock;

use psoxide_core::Text;
use psoxide_core::decode::linux::pidfd_info::PidfdInfo;
use psoxide_core::model::process::{IoCounters, MemoryFootprint};

use crate::error::Error;
use crate::sys::linux::process::reader::Reader;
use crate::sys::linux::process::sources::Sources;

/// Each cell is filled when it is first asked for, as those of the visit are.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub(super) arguments: OnceLock<Vec<Text>>,
    pub(super) io: OnceLock<IoCounters>,
    pub(super) footprint: OnceLock<MemoryFootprint>,
    pub(super) told: OnceLock<Option<PidfdInfo>>,
    /// What a table could not read.
    pub(super) failures: Vec<Failure>,
}

/// A source that a table could not read.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) source: Sources,
    pub(super) error: Error,
}

impl Reader {
    /// Made first if there is none.
    pub(super) fn rare(&self) -> &Rare {
        self.rare.get_or_init(Box::default)
    }

    /// The same, if there is any.
    pub(super) fn known_rare(&self) -> Option<&Rare> {
        self.rare.get().map(Box::as_ref)
    }

    pub(super) fn has_arguments(&self) -> bool {
        self.known_rare()
            .is_some_and(|rare| rare.arguments.get().is_some())
    }

    /// Changes it; made first if there is none.
    pub(super) fn with_rare(&mut self, change: impl FnOnce(&mut Rare)) {
        self.rare();
        self.with_known_rare(change);
    }

    /// The same, if there is any.
    pub(super) fn with_known_rare(&mut self, change: impl FnOnce(&mut Rare)) {
        if let Some(rare) = self.rare.get_mut() {
            change(rare);
        }
    }
}
