//! Windows services. They are read only: nothing here starts, stops or changes one.

use psoxide_core::model::services::Service;

use crate::error::Result;
use crate::root::Root;
use crate::sys;

/// All services but drivers, in the system's order. Of the running system; [`Root::services`] asks another.
///
/// What is denied to this user of a service is `None`; one that is deleted meanwhile is left out, and one that this user may
/// not even see is not told by the system at all.
///
/// # Source
///
/// Windows: `EnumServicesStatusExW`, and for each service `QueryServiceConfigW` and `QueryServiceConfig2W`.
///
/// # Errors
///
/// `AccessDenied` if this user may not list services; `Unsupported` on other systems.
///
/// # Examples
///
/// ```
/// match psoxide::services() {
///     Ok(services) => {
///         for service in services {
///             println!("{}: {}", service.name, service.status);
///         }
///     }
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn services() -> Result<Vec<Service>> {
    Root::default().services()
}

/// The service of this name, which is not the one shown to people. Of the running system; [`Root::service`] asks another.
///
/// Small and large letters are the same to the system; the record has the name as it was asked for. How it is set up, if that
/// is denied to this user, is `None`.
///
/// # Source
///
/// Windows: `QueryServiceStatusEx`, `GetServiceDisplayNameW`, `QueryServiceConfigW` and `QueryServiceConfig2W`.
///
/// # Errors
///
/// `NotFound` if there is no such service (any more), or there cannot be one of this name; `InvalidInput` for a name with a
/// NUL; `AccessDenied` if this user may not know what it does; `Unsupported` on other systems.
///
/// # Examples
///
/// ```
/// match psoxide::service("Dnscache") {
///     Ok(service) => println!("{:?}", service.pid),
///     Err(error) => println!("{error}"),
/// }
/// ```
pub fn service(name: &str) -> Result<Service> {
    Root::default().service(name)
}

impl Root {
    /// All services but drivers. Sources and errors are those of [`services`](crate::services()).
    pub fn services(&self) -> Result<Vec<Service>> {
        sys::services::services(self)
    }

    /// The service of this name. Sources and errors are those of [`service`](crate::service()).
    pub fn service(&self, name: &str) -> Result<Service> {
        sys::services::service(self, name)
    }
}
