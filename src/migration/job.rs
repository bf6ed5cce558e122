//! A provisioning job of Entra, read and not yet judged.

/// What one job does with people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EntraJob {
    /// The id of the job, if the input names it.
    pub(super) id: Option<String>,
    /// The attribute mappings of people, in the schema's order.
    pub(super) rows: Vec<EntraRow>,
    /// The scoping filters: whoever passes one is in scope.
    pub(super) filters: Vec<FilterGroup>,
    /// `inputFilterGroups` and `categoryFilterGroups`: who does not pass is not processed at all.
    pub(super) early_filters: Vec<FilterGroup>,
    /// Which changes the job makes.
    pub(super) flow_types: FlowTypes,
    /// What does not stand in the schema.
    pub(super) settings: Settings,
}

/// One attribute mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntraRow {
    /// `targetAttributeName`, as it is written there.
    pub(super) target: String,
    pub(super) source: EntraSource,
    /// `defaultValue`; an empty one is none.
    pub(super) default: Option<String>,
    /// `Always` if it does not say.
    pub(super) flow_type: String,
    /// `FlowWhenChanged` if it does not say.
    pub(super) flow_behavior: String,
    /// 0: not for matching; else the lowest is tried first.
    pub(super) matching_priority: i64,
    pub(super) export_missing_references: bool,
    /// Members that are not known, as `name = value`.
    pub(super) unknown: Vec<String>,
}

/// Where the value of an attribute mapping comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EntraSource {
    /// "None" in the portal: the target is left alone, and the default is written if it is ever empty.
    None,
    /// The name of a source attribute.
    Attribute(String),
    /// A fixed text.
    Constant(String),
    /// The text of an expression.
    Function(String),
    /// Cannot be understood, and why.
    Unreadable(String),
}

/// Clauses that must all be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilterGroup {
    pub(super) name: Option<String>,
    pub(super) clauses: Vec<Clause>,
    /// Members that are not known, as `name = value`.
    pub(super) unknown: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Clause {
    /// `sourceOperandName`
    pub(super) attribute: String,
    /// `operatorName`
    pub(super) operator: String,
    /// `targetOperand.values`, without empty ones.
    pub(super) values: Vec<String>,
    /// Members that are not known, as `name = value`.
    pub(super) unknown: Vec<String>,
}

/// "Target object actions" in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FlowTypes {
    pub(super) add: bool,
    pub(super) update: bool,
    pub(super) delete: bool,
}

impl Default for FlowTypes {
    /// All three, as in a new job.
    fn default() -> Self {
        Self { add: true, update: true, delete: true }
    }
}

/// What does not stand in the schema, as far as the input has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// The application (client) id whose assignments count.
    pub(super) app_id: Option<String>,
    /// `SyncAll`: everybody, not only who is assigned.
    pub(super) sync_all: Option<bool>,
    /// `SkipOutOfScopeDeletions`: who falls out of scope keeps the account.
    pub(super) skip_out_of_scope: Option<bool>,
    /// More deactivations and deletions than this in one cycle are held; none if it is off or not known.
    pub(super) deletion_threshold: Option<u64>,
}
