//! What a process is asked.

use psoxide::{Process, processes};

#[test]
fn a_listing_holds_the_calling_process_and_agrees_with_a_visit_of_its_own() {
    let own = Process::current().unwrap();
    let visits = processes().unwrap();
    assert!(visits.is_sorted_by_key(|visit| visit.pid()));
    let listed = visits.iter().find(|visit| visit.pid() == own.pid()).unwrap();
    assert_eq!(listed.identity().unwrap(), own.identity());
    let visit = own.oneshot().unwrap();
    assert_eq!(listed.name().unwrap(), visit.name().unwrap());
    assert_eq!(listed.ppid().unwrap(), visit.ppid().unwrap());
}
