//! How Jostle behaves.

use serde_json::{Map, Value, json};

use super::{chance, pick};

/// Whatever the daemon must be right under: each switch in some of the scenarios.
pub(super) fn switches(rng: &mut fastrand::Rng) -> Map<String, Value> {
    let mut switches = Map::new();
    if chance(rng, 25) {
        return switches;
    }
    let flags = [
        ("user_name_case_sensitive_filter", true, 15),
        ("duplicate_scim_type", false, 25),
        ("patch_no_target", false, 25),
        ("patch_non_atomic", true, 20),
        ("hidden_inactive", true, 12),
        ("create_without_id", true, 15),
        ("create_without_location", true, 15),
        ("no_hit_is_404", true, 12),
        ("soft_delete", true, 8),
        ("invited_reads_inactive", true, 10),
        ("status_as_number", true, 10),
        ("unknown_id_is_500", true, 6),
    ];
    for (name, value, percent) in flags {
        if chance(rng, percent) {
            switches.insert(name.to_owned(), json!(value));
        }
    }
    if chance(rng, 25) {
        switches.insert("patch_answer".to_owned(), json!("no_content"));
    }
    if chance(rng, 20) {
        switches.insert("duplicate_status".to_owned(), json!(pick(rng, &[400, 500])));
    }
    if chance(rng, 40) {
        switches.insert("page_cap".to_owned(), json!(rng.u8(1..=4)));
    }
    if chance(rng, 10) {
        switches.insert("normalise".to_owned(), json!("trim_lowercase_email"));
    }
    if chance(rng, 10) {
        switches.insert("filter_delay_seconds".to_owned(), json!(pick(rng, &[1, 30, 600])));
    }
    if chance(rng, 12) {
        switches.insert("error_body".to_owned(), json!(pick(rng, &["html", "empty"])));
    }
    if chance(rng, 10) {
        switches.insert("clearing".to_owned(), json!("empty_string"));
    }
    switches
}
