//! Services, as the service control manager lists them.

use psoxide::{ErrorKind, pid_exists};

#[test]
fn services_are_listed_with_how_they_are_set_up() {
    let services = psoxide::services().unwrap();
    assert!(!services.is_empty());
    for service in &services {
        let name = &service.name;
        assert!(!name.is_empty());
        assert!(
            services.iter().filter(|other| other.name == *name).count() == 1,
            "{name}"
        );
        let states = ["running", "paused", "stopped", "start_pending", "stop_pending"];
        assert!(states.contains(&&*service.status.to_string()), "{service:?}");
        let starts = ["automatic", "manual", "disabled"];
        if let Some(start) = &service.start_type {
            assert!(starts.contains(&&*start.to_string()), "{service:?}");
        }
        assert_eq!(
            service.start_type.is_some(),
            service.binpath.is_some(),
            "{service:?}"
        );
        if service.status == "stopped" {
            assert_eq!(service.pid, None, "{service:?}");
        }
    }
    let running = services.iter().filter_map(|service| service.pid);
    let alive: Vec<u32> = running.filter(|pid| pid_exists(*pid).unwrap()).collect();
    assert!(!alive.is_empty());
}

#[test]
fn a_service_by_name_is_the_one_that_is_listed() {
    let services = psoxide::services().unwrap();
    for listed in services.iter().take(5) {
        let name = listed.name.to_string();
        let alone = psoxide::service(&name).unwrap();
        assert_eq!(alone.display_name, listed.display_name);
        assert_eq!(
            (alone.binpath, alone.username),
            (listed.binpath.clone(), listed.username.clone())
        );
        assert_eq!(
            (alone.start_type, alone.description),
            (listed.start_type.clone(), listed.description.clone())
        );
        // Names are the same in small and in large letters; it is told as it was asked for.
        let large = name.to_uppercase();
        assert_eq!(psoxide::service(&large).unwrap().name, large.as_str());
    }
}

#[test]
fn a_service_that_is_not_there_is_not_found() {
    for name in ["psoxide-has-no-such-service", "no/such\\name", ""] {
        let error = psoxide::service(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert!(error.what().contains(name));
    }
    let error = psoxide::service("Event\0Log").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}
