//! Services, as the service control manager tells them. They are read only.

mod ffi;

use std::io;

use psoxide_core::Text;
use psoxide_core::decode::windows::services::{
    Entry, ServiceConfig, ServiceStatus, description as decode_description, service as decode_service,
};
use psoxide_core::model::services::Service;
use windows_sys::Win32::Foundation::{
    ERROR_FILE_NOT_FOUND, ERROR_INVALID_NAME, ERROR_MUI_FILE_NOT_FOUND, ERROR_NOT_FOUND,
    ERROR_SERVICE_DOES_NOT_EXIST,
};
use windows_sys::Win32::System::Services::{SERVICE_QUERY_CONFIG, SERVICE_QUERY_STATUS};

use super::error::{code, system_error};
use super::ffi::terminated;
use super::text::utf16;
use crate::error::{Error, ErrorKind, Result};
use crate::root::Root;

/// What the call for the description answers where there is none, or its text lies in a file that is not there.
const NO_DESCRIPTION: [u32; 3] = [ERROR_MUI_FILE_NOT_FOUND, ERROR_NOT_FOUND, ERROR_FILE_NOT_FOUND];

pub(crate) fn services(root: &Root) -> Result<Vec<Service>> {
    const WHAT: &str = "EnumServicesStatusExW";
    root.require_local("services")?;
    let manager = manager()?;
    let mut services = Vec::new();
    for (part, count) in manager.list().map_err(|error| system_error(error, WHAT))? {
        let entries = Entry::all(part.bytes(), part.address(), count);
        for entry in entries.map_err(|error| Error::decode(WHAT, error))? {
            match whole(&manager, entry) {
                Ok(service) => services.push(service),
                // It was deleted meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(services)
}

pub(crate) fn service(root: &Root, name: &str) -> Result<Service> {
    root.require_local("service")?;
    if name.contains('\0') {
        return Err(Error::invalid("a service name with a NUL"));
    }
    let manager = manager()?;
    let failed = |error| service_error(error, name);
    let units: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let service = manager.service(&units, SERVICE_QUERY_STATUS).map_err(failed)?;
    let status = service.status().map_err(failed)?;
    let status = ServiceStatus::parse(status.bytes()).map_err(|error| Error::decode(what(name), error))?;
    let display_name = manager.display_name(&units).map_err(failed)?;
    let entry = Entry {
        name: Text::from(name),
        display_name: Text::from_utf16(display_name),
        status,
    };
    whole(&manager, entry)
}

fn manager() -> Result<ffi::Manager> {
    ffi::Manager::open().map_err(|error| system_error(error, "OpenSCManagerW"))
}

/// A service with how it is set up, as far as this user may know that.
fn whole(manager: &ffi::Manager, entry: Entry) -> Result<Service> {
    let name = entry.name.to_string();
    let units = terminated(&utf16(entry.name.as_bytes()));
    let failed = |error| service_error(error, &name);
    let service = manager.service(&units, SERVICE_QUERY_CONFIG).map_err(failed);
    let Some(service) = unless_denied(service)? else {
        return Ok(decode_service(entry, None, None));
    };
    let config = service.config().map_err(failed).and_then(|answer| {
        ServiceConfig::parse(answer.bytes(), answer.address())
            .map_err(|error| Error::decode(what(&name), error))
    });
    let config = unless_denied(config)?;
    let description = unless_denied(description(&service, &name))?;
    Ok(decode_service(entry, config, description))
}

fn description(service: &ffi::Service, name: &str) -> Result<Text> {
    match service.description() {
        Ok(answer) => decode_description(answer.bytes(), answer.address())
            .map_err(|error| Error::decode(what(name), error)),
        Err(error) if code(&error).is_some_and(|code| NO_DESCRIPTION.contains(&code)) => Ok(Text::default()),
        Err(error) => Err(service_error(error, name)),
    }
}

fn unless_denied<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_access_denied() => Ok(None),
        Err(error) => Err(error),
    }
}

/// An error about a service.
fn service_error(error: io::Error, name: &str) -> Error {
    match code(&error) {
        Some(ERROR_SERVICE_DOES_NOT_EXIST | ERROR_INVALID_NAME) => {
            Error::io(ErrorKind::NotFound, what(name), error)
        }
        _ => system_error(error, what(name)),
    }
}

fn what(name: &str) -> String {
    format!("service {name}")
}
