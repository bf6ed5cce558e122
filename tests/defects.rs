//! That rehearsals can fail: each mistake that can be planted is found within a stated number of seeds, and without one
//! the same seeds hold. `tests/run` runs this with the feature.

#![cfg(feature = "defects")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use entra_jostle_sync::defects::{Defect, plant};
use entra_jostle_sync::rehearsal::{Event, Go, Played, Rule, Scenario, Seeds, play, play_many, shrink};

/// The most that any mistake takes.
const MOST: u64 = 2000;

fn with(defect: Defect, scenario: &Scenario) -> Played {
    plant(Some(defect));
    let played = play(scenario);
    plant(None);
    played
}

fn has(played: &Played, rule: Rule) -> bool {
    played.violations.iter().any(|violation| violation.rule == rule)
}

/// The first scenario in which the mistake breaks the rule, and nothing else does.
fn finding(defect: Defect, rule: Rule, seeds: u64) -> Option<Scenario> {
    let found = |scenario: &Scenario| has(&with(defect, scenario), rule) && !has(&play(scenario), rule);
    (1..=seeds).map(Scenario::from_seed).find(found)
}

/// A test for each: the mistake, the rule that finds it, and within how many seeds: several times what it takes now, so
/// that other scenarios may come out of the same seeds.
macro_rules! found {
    ($($name:ident: $defect:ident breaks $rule:ident within $seeds:literal;)*) => {$(
        #[test]
        fn $name() {
            const { assert!($seeds <= MOST) };
            let found = finding(Defect::$defect, Rule::$rule, $seeds);
            assert!(found.is_some(), "{:?} breaks {} in none of {} seeds", Defect::$defect, Rule::$rule, $seeds);
        }
    )*};
}

found! {
    a_position_stored_before_its_page: TokenBeforePage breaks Desired within 2000;
    a_partial_item_that_is_dropped: PartialItemDropped breaks Desired within 100;
    an_absent_attribute_taken_for_a_removed_one: AbsentTakenForRemoved breaks Waiting within 200;
    a_replay_that_reactivates: ReplayReactivates breaks Scope within 400;
    a_failed_page_that_ends_the_round: FailedPageEndsRound breaks Desired within 400;
    a_missing_value_taken_for_an_empty_page: MissingValueTakenForEmpty breaks Desired within 800;
    a_baseline_that_removes_whom_it_showed: BaselineRemovesShown breaks Scope within 1500;
    a_tenant_that_suddenly_looks_empty: ShrunkenBaselineBelieved breaks Scope within 2000;
    a_position_kept_for_another_selection: SelectionNotCompared breaks Desired within 400;
    a_changed_mapping_that_nobody_is_planned_for: PolicyNotCompared breaks Desired within 200;
    a_post_that_is_sent_again: PostRepeated breaks OneAccount within 400;
    a_write_without_an_intent: IntentNotWritten breaks Log within 600;
    an_outcome_before_its_request: OutcomeBeforeRequest breaks Desired within 400;
    a_create_in_doubt_that_is_not_looked_up: CreateNotLookedUp breaks Log within 600;
    a_log_line_before_its_write: LogBeforeWrite breaks Log within 100;
    a_404_taken_for_a_deletion: NotFoundTakenForDeleted breaks OneAccount within 1500;
    an_account_that_is_never_gone: GoneNeverSet breaks Waiting within 300;
    a_link_under_its_old_id: LinkKeepsOldId breaks Waiting within 2000;
    a_wrong_hit_that_is_adopted: WrongHitAdopted breaks Untouched within 2000;
    a_protected_account_that_is_written: ProtectionForgotten breaks Untouched within 200;
    two_at_once_on_one_person: InterlockMissing breaks OneAccount within 1500;
    an_outage_that_people_are_blamed_for: OutageBlamedOnPeople breaks Attempts within 1500;
    a_changed_value_that_is_only_remembered: DriftTakenForSeen breaks Desired within 400;
    a_day_that_is_not_counted: DayNotCounted breaks Limits within 200;
    another_name_that_counts_as_a_value: LoudTakenForUpdate breaks Limits within 200;
    an_approval_of_other_values: ApprovalOfOtherValues breaks Limits within 2000;
    a_hold_that_lets_through_when_fewer_are_asked_for: HoldOutgrown breaks Held within 200;
    a_rejection_that_is_forgotten: RejectionForgotten breaks Held within 500;
    an_undone_cycle_that_is_done_again: UndoneAgain breaks Held within 500;
    a_deactivation_that_is_done_again_after_the_days_of_grace: UndoneAgainAfterGrace breaks Held within 2000;
    an_ignored_person_who_gets_an_account: IgnoredTreatedAsOthers breaks Chosen within 500;
    a_chosen_account_that_is_not_looked_for: ChosenAccountNotLookedFor breaks Chosen within 500;
    a_new_account_that_is_an_old_one: NewAccountTakenOver breaks Chosen within 1000;
    a_chosen_account_that_is_not_kept: ChosenAccountNotKept breaks Chosen within 2000;
    a_pause_that_is_lost_at_a_restart: PauseLostAtRestart breaks Paused within 2000;
    a_removal_that_is_not_paused: PauseNotForRemovals breaks Paused within 500;
    a_plan_that_is_not_compared: PlanNotCompared breaks Reviewed within 500;
    a_plan_from_an_old_reading: PlanFromOldReading breaks Plan within 100;
    a_plan_without_what_is_held: PlanWithoutHeld breaks Plan within 500;
    a_refusal_that_people_are_blamed_for: RefusalBlamedOnPeople breaks Refused within 2000;
}

#[test]
fn without_a_mistake_the_same_seeds_hold() {
    let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let summary = play_many(Seeds { first: 1, count: MOST, threads, most_failing: 10 }, |_| Go::On);
    assert!(summary.failing.is_empty(), "{:#?}", summary.failing);
}

#[test]
fn a_failing_scenario_is_shrunk_to_what_matters() {
    let (defect, rule) = (Defect::IntentNotWritten, Rule::Log);
    let found = finding(defect, rule, 600).expect("it is found");
    let small = shrink(&found, |candidate| has(&with(defect, candidate), rule));
    assert!(has(&with(defect, &small), rule) && !has(&play(&small), rule));
    // Some cycles, and what loses an answer in it. At which job that is depends on how many people there are, so that all
    // of them may matter.
    assert!(small.events.len() <= 5 && small.events.len() < found.events.len(), "{small:#?}");
    assert!(small.events.iter().any(|event| matches!(event, Event::Kill(_) | Event::DiskFull { .. })), "{small:#?}");
}

#[test]
fn whoever_does_not_matter_is_left_out_of_a_failing_scenario() {
    let (defect, rule) = (Defect::LogBeforeWrite, Rule::Log);
    let found = finding(defect, rule, 100).expect("it is found");
    let small = shrink(&found, |candidate| has(&with(defect, candidate), rule));
    assert!(has(&with(defect, &small), rule) && !has(&play(&small), rule));
    assert!(small.company.people.len() < found.company.people.len(), "{small:#?}");
}
