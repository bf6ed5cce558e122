//! What is not known about Jostle, as named switches: each one is an ASSUMPTION that can be turned.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::choices::{
    Clearing, DuplicateStatus, ErrorBody, FilterHit, Ids, Normalise, Paging, PatchAnswer, UnknownAttributes,
};
use super::schema::Attribute;

/// Every switch with its default: strict where an RFC speaks, an assumption elsewhere. In JSON as `snake_case`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, set by name")]
pub struct Switches {
    /// The filter on `userName` compares with case. RFC 7643 §4.1.1: without.
    pub user_name_case_sensitive_filter: bool,
    /// Two user names that differ in case only are two users. RFC 7643 §4.1.1: one.
    pub user_name_case_sensitive_unique: bool,
    /// The status of a `userName` that is taken. RFC 7644 §3.3: 409.
    pub duplicate_status: DuplicateStatus,
    /// The error of a `userName` that is taken says `scimType: uniqueness`. RFC 7644 §3.12: yes.
    pub duplicate_scim_type: bool,
    /// What a successful PATCH answers. RFC 7644 §3.5.2 allows both.
    pub patch_answer: PatchAnswer,
    /// A value filter of a PATCH path that selects nothing is 400 `noTarget` (RFC 7644 §3.5.2.3); false: the value is
    /// added, as some servers do.
    pub patch_no_target: bool,
    /// The operations before a failing one stay done. RFC 7644 §3.5.2: all or nothing.
    pub patch_non_atomic: bool,
    /// `"op": "Replace"` is refused. ASSUMPTION: accepted, since Entra's older dialect spells it so.
    pub reject_capital_ops: bool,
    /// A PATCH operation without a path is refused. RFC 7644 §3.5.2.1 allows it.
    pub reject_pathless_ops: bool,
    /// A boolean must be a JSON boolean (RFC 7643 §2.3.2); false: the texts `"True"` and `"False"` are taken too.
    pub boolean_active_only: bool,
    /// What the filter on `userName` finds. RFC 7644 §3.4.2.2: what was asked for.
    pub filter_hit: FilterHit,
    /// Inactive users are not found by a filter, though their names stay taken. ASSUMPTION: they are found.
    pub hidden_inactive: bool,
    /// The answer to a create has no `id`. RFC 7643 §3.1: it has.
    pub create_without_id: bool,
    /// The answer to a create has no `Location`. RFC 7644 §3.3: it has.
    pub create_without_location: bool,
    /// For so many seconds a filter does not find who was created or renamed. ASSUMPTION: it finds them at once.
    pub filter_delay_seconds: u64,
    /// An `id` that nobody has is 500. RFC 7644 §3.12: 404.
    pub unknown_id_is_500: bool,
    /// A filter that finds nobody is 404. RFC 7644 §3.4.2: 200 and an empty list.
    pub no_hit_is_404: bool,
    /// DELETE of an active user is 403, as Jostle's own pages require. ASSUMPTION: not over the API.
    pub delete_needs_inactive: bool,
    /// DELETE hides the user and keeps the name taken. ASSUMPTION: the name is free again.
    pub soft_delete: bool,
    /// What is changed silently in what was sent. ASSUMPTION: nothing.
    pub normalise: Normalise,
    /// Who was invited and never signed in reads `active: false`. ASSUMPTION: reads as written.
    pub invited_reads_inactive: bool,
    /// An active user who is created gets an invitation by mail. ASSUMPTION: yes; Jostle has a setting for it.
    pub invite_on_create: bool,
    /// What the body of an error is. RFC 7644 §3.12: a SCIM error.
    pub error_body: ErrorBody,
    /// `status` in a SCIM error is a number. RFC 7644 §3.12: a text.
    pub status_as_number: bool,
    /// The three discovery endpoints need no key. ASSUMPTION: they do.
    pub config_needs_no_token: bool,
    /// Users on one page at most, whatever `count` asks for. ASSUMPTION: 50.
    pub page_cap: NonZeroUsize,
    /// How pages are cut. RFC 7644 §3.4.2.4: honestly.
    pub paging: Paging,
    /// PATCH is offered in `ServiceProviderConfig`, and works; false: 501. ASSUMPTION: offered.
    pub spc_patch_supported: bool,
    /// One attribute that this tenant does not have, by its name: not in `/Schemas`, unknown in requests.
    pub schema_missing_attribute: Option<String>,
    /// Attributes that the schema does not have. ASSUMPTION: 400 `invalidSyntax`, in a path 400 `invalidPath`.
    pub unknown_attributes: UnknownAttributes,
    /// Only the published `type`s of addresses and numbers are taken. ASSUMPTION: yes, since each has a fixed field.
    pub canonical_types_only: bool,
    /// The texts that an attribute takes, by its name; others are 400. ASSUMPTION: any text for every attribute.
    pub accepted_values: BTreeMap<String, Vec<String>>,
    /// Attributes, by name, that are taken without an error and not stored. ASSUMPTION: none.
    pub not_stored: Vec<String>,
    /// `JoinDate` must be `YYYY-MM-DD`. ASSUMPTION: any text, as its published type is String.
    pub iso_dates_only: bool,
    /// How a value is cleared. ASSUMPTION: `remove` (and null), never an empty text.
    pub clearing: Clearing,
    /// PUT keeps what the body leaves out. RFC 7644 §3.5.1 allows clearing it, which is the default.
    pub put_keeps_omitted: bool,
    /// A change of `userName` is 400 `mutability`. ASSUMPTION: allowed, with a mail.
    pub rename_refused: bool,
    /// What an `id` is. ASSUMPTION: opaque.
    pub ids: Ids,
    /// Names have at most 30 and 40 characters, `userName` and addresses 128, as in Jostle's imports; longer ones are
    /// 400. ASSUMPTION: no. The limits are published for another way in, and a SCIM schema cannot state a length, so a
    /// checker with random values of 36 characters would find a server that breaks its own schema.
    pub limits_lengths: bool,
    /// Texts over the limit are cut silently. ASSUMPTION: 400.
    pub truncates_long_names: bool,
}

/// The page size that is assumed.
const PAGE_CAP: NonZeroUsize = match NonZeroUsize::new(50) {
    Some(cap) => cap,
    None => NonZeroUsize::MIN,
};

impl Default for Switches {
    fn default() -> Self {
        Self {
            user_name_case_sensitive_filter: false,
            user_name_case_sensitive_unique: false,
            duplicate_status: DuplicateStatus::Conflict,
            duplicate_scim_type: true,
            patch_answer: PatchAnswer::OkWithBody,
            patch_no_target: true,
            patch_non_atomic: false,
            reject_capital_ops: false,
            reject_pathless_ops: false,
            boolean_active_only: true,
            filter_hit: FilterHit::Honest,
            hidden_inactive: false,
            create_without_id: false,
            create_without_location: false,
            filter_delay_seconds: 0,
            unknown_id_is_500: false,
            no_hit_is_404: false,
            delete_needs_inactive: false,
            soft_delete: false,
            normalise: Normalise::None,
            invited_reads_inactive: false,
            invite_on_create: true,
            error_body: ErrorBody::Scim,
            status_as_number: false,
            config_needs_no_token: false,
            page_cap: PAGE_CAP,
            paging: Paging::Honest,
            spc_patch_supported: true,
            schema_missing_attribute: None,
            unknown_attributes: UnknownAttributes::Reject,
            canonical_types_only: true,
            accepted_values: BTreeMap::new(),
            not_stored: Vec::new(),
            iso_dates_only: false,
            clearing: Clearing::Remove,
            put_keeps_omitted: false,
            rename_refused: false,
            ids: Ids::Opaque,
            limits_lengths: false,
            truncates_long_names: false,
        }
    }
}

impl Switches {
    /// Takes over the switches that `changes` names and keeps the others. Errors: no object, an unknown name (with the
    /// known ones), a value that the switch does not have.
    pub fn merged(&self, changes: Value) -> Result<Self, String> {
        let Value::Object(changes) = changes else {
            return Err("switches are an object of names and values".to_owned());
        };
        let mut all = self.to_map();
        for (name, value) in changes {
            if !all.contains_key(&name) {
                let known: Vec<&str> = all.keys().map(String::as_str).collect();
                return Err(format!("unknown switch {name}; known are {}", known.join(", ")));
            }
            all.insert(name.clone(), value);
            let _: Self = serde_json::from_value(Value::Object(all.clone()))
                .map_err(|error| format!("switch {name}: {error}"))?;
        }
        serde_json::from_value(Value::Object(all)).map_err(|error| error.to_string())
    }

    /// All switches by name.
    pub(super) fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            _ => Map::new(),
        }
    }

    /// Whether this tenant lacks an attribute.
    pub(super) fn lacks(&self, attribute: &Attribute) -> bool {
        self.schema_missing_attribute.as_deref().is_some_and(|name| names(name, attribute))
    }

    /// Whether what is written to an attribute is dropped.
    pub(super) fn drops(&self, attribute: &Attribute) -> bool {
        self.not_stored.iter().any(|name| names(name, attribute))
    }

    /// The texts that an attribute takes; none is any text.
    pub(super) fn accepts(&self, attribute: &Attribute) -> Option<&[String]> {
        self.accepted_values.iter().find(|(name, _)| names(name, attribute)).map(|(_, values)| values.as_slice())
    }
}

/// Whether a switch means this attribute: by its name, with or without a URN before it.
fn names(name: &str, attribute: &Attribute) -> bool {
    name.rsplit(':').next().is_some_and(|last| last.eq_ignore_ascii_case(&attribute.name))
}
