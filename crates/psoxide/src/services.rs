//! Windows services.

use psoxide_core::model::services::Service;

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// All services. Of the running system; [`Root::services`] asks another.
pub fn services() -> Result<Vec<Service>> {
    Root::default().services()
}

/// The service of this name. Of the running system; [`Root::service`] asks another.
pub fn service(name: &str) -> Result<Service> {
    Root::default().service(name)
}

impl Root {
    /// All services.
    pub fn services(&self) -> Result<Vec<Service>> {
        sys::services::services(self)
    }

    /// The service of this name.
    pub fn service(&self, name: &str) -> Result<Service> {
        sys::services::service(self, name)
    }
}
