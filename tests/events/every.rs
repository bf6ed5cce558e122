//! Every event happens: most in this process, where the clock and the servers are the test's, the others in a daemon.

use std::collections::BTreeSet;
use std::thread;

use entra_jostle_sync::event::{PersonalData, catalogue, set_personal_data};
use futures::future::{LocalBoxFuture, join_all};
use tokio::runtime::Builder;

use super::log::{Log, Schema, lines};
use super::{comparing, control, daemon, deciding, failing, heart, people, reading};

fn scenarios() -> Vec<LocalBoxFuture<'static, ()>> {
    vec![
        Box::pin(people::are_written()),
        Box::pin(people::have_nothing_to_be_written()),
        Box::pin(people::are_forgotten()),
        Box::pin(people::are_removed()),
        Box::pin(failing::people_and_writes_in_doubt()),
        Box::pin(failing::sides()),
        Box::pin(failing::a_side_that_asks_to_be_left_alone()),
        Box::pin(reading::people_and_the_clock()),
        Box::pin(reading::groups()),
        Box::pin(reading::a_group_that_loses_its_people()),
        Box::pin(deciding::about_holds()),
        Box::pin(deciding::whose_an_account_is()),
        Box::pin(deciding::to_pause()),
        Box::pin(deciding::by_a_plan()),
        Box::pin(deciding::to_undo()),
        Box::pin(comparing::accounts()),
        Box::pin(comparing::what_cannot_be_read()),
        Box::pin(comparing::in_a_shadow()),
        Box::pin(control::a_request_that_dies()),
        Box::pin(heart::beats_before_and_after_a_success()),
    ]
}

#[test]
fn every_event_is_seen_and_every_line_is_as_its_schema_says() {
    let log = Log::start();
    // Whatever a line can have, it has.
    set_personal_data(PersonalData::Values);
    let schema = Schema::printed();
    let told_by_daemons = thread::scope(|scope| {
        let daemons: Vec<_> = daemon::SCENARIOS.iter().map(|scenario| scope.spawn(scenario)).collect();
        scope.spawn(control::a_request_that_does_not_end);
        scope.spawn(heart::of_a_daemon_that_is_idle);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(join_all(scenarios()));
        daemons.into_iter().map(|daemon| daemon.join().expect("it ends well")).collect::<String>()
    });
    heart::check(&lines(&log.text()));
    let seen = &schema.events(&log.text()) | &schema.events(&told_by_daemons);

    let all: BTreeSet<_> = catalogue::definitions().into_iter().map(|event| event.id.to_owned()).collect();
    let never: Vec<_> = all.difference(&seen).collect();
    assert!(never.is_empty(), "never seen: {never:?}; provoke them, or take them out of the catalogue");
}
