//! From the rulebook to the product's policy.

use std::sync::Arc;

use super::allowance::{Allowance, Allowed, Ceiling};
use super::company::{Empty, Formula, From, MappedRow, Rulebook, Whom};
use super::oracle::BADGE;
use crate::jostle;
use crate::mapping::expression::{Expression, Place};
use crate::mapping::{Mapping, OnDrift, Row, Source, When, WhenEmpty};
use crate::model::{TargetPath, TargetValue, fold};
use crate::plan::{Actions, Bound, Delete, FirstCycle, Limit, Limits, OutOfScope, Policy, Protected};
use crate::scope::{Guests, Rules, Who};

/// The policy of a rulebook; `chosen` are the object ids of the chosen groups. Error: a row that cannot be.
pub(super) fn policy(rulebook: &Rulebook, app_id: &str, chosen: &[String]) -> Result<Policy, String> {
    let who = match rulebook.whom {
        Whom::All => Who::All,
        Whom::Assigned => Who::Assigned { app_id: app_id.to_owned() },
        Whom::Chosen => Who::Groups(chosen.to_vec()),
    };
    Ok(Policy {
        mapping: mapping(rulebook)?,
        scope: Rules {
            who,
            nested: rulebook.nested,
            guests: if rulebook.guests { Guests::Include } else { Guests::Exclude },
            ..Rules::default()
        },
        protected: Protected {
            user_names: rulebook.protected.iter().map(|name| fold(name)).collect(),
            ids: std::collections::BTreeSet::new(),
        },
        actions: Actions {
            switched_off: rulebook.switched_off.iter().copied().collect(),
            out_of_scope: if rulebook.keeps_leavers { OutOfScope::Keep } else { OutOfScope::Deactivate },
            grace_days: rulebook.grace_days,
            delete: rulebook.delete_after_days.map_or(Delete::Never, Delete::AfterDays),
            recreate_deleted: rulebook.recreates,
        },
        limits: Limits {
            first_cycle: if rulebook.asks_first { FirstCycle::Hold } else { FirstCycle::Apply },
            ..rulebook.limits.as_ref().map_or(Limits::all(1000, 100.0), limits)
        },
    })
}

fn limits(Allowance { create, deactivate, delete, loud, update }: &Allowance) -> Limits {
    #[expect(clippy::cast_precision_loss, reason = "a percentage is far below 2^52")]
    let bound = |Ceiling { count, percent }: Ceiling| Bound { count, percent: percent as f64 };
    let limit = |Allowed { cycle, day }: &Allowed| Limit { cycle: bound(*cycle), day: bound(*day) };
    Limits {
        create: limit(create),
        deactivate: limit(deactivate),
        delete: limit(delete),
        loud: limit(loud),
        update: limit(update),
        first_cycle: FirstCycle::Apply,
    }
}

fn mapping(rulebook: &Rulebook) -> Result<Mapping, String> {
    let own = |target, property| MappedRow {
        target,
        from: From::Own(property),
        empty: Empty::Keep,
        required: false,
        create_only: false,
        longest: None,
        cut: false,
    };
    let fixed = [own("userName", rulebook.user_name), own(BADGE, "mailNickname")];
    let mut rows = fixed.iter().chain(&rulebook.rows).map(row).collect::<Result<Vec<_>, _>>()?;
    rows.push(Row::new(TargetPath::active(), Source::Active));
    if rulebook.repairs {
        for row in &mut rows {
            row.drift = OnDrift::Repair;
        }
    }
    Mapping::new(rows).map_err(|problems| format!("{problems:?}"))
}

/// A row as the configuration would read it, with what is published of the target.
fn row(mapped: &MappedRow) -> Result<Row, String> {
    let target: TargetPath = mapped.target.parse().map_err(|error| format!("{error}"))?;
    let published = jostle::published(&target).ok_or_else(|| format!("{target} is not published"))?;
    let text = |text: &str| TargetValue::Text(text.to_owned());
    Ok(Row {
        required: mapped.required,
        when: if mapped.create_only { When::Create } else { When::Always },
        empty: match mapped.empty {
            Empty::Keep => WhenEmpty::Keep,
            Empty::Clear => WhenEmpty::Clear,
            Empty::Default(default) => WhenEmpty::Default(text(default)),
        },
        truncate: mapped.cut,
        compare: published.compare,
        format: published.format,
        max_length: mapped.longest.or(published.max_length),
        ..Row::new(target, source(mapped.from)?)
    })
}

fn source(from: From) -> Result<Source, String> {
    let attribute = |path: String| path.parse().map(Source::Attribute).map_err(|error| format!("{error}"));
    match from {
        From::Own(property) => attribute(property.to_owned()),
        From::Manager(property) => attribute(format!("manager.{property}")),
        From::Constant(text) => Ok(Source::Constant(TargetValue::Text(text.to_owned()))),
        From::Formula(formula) => {
            let text = match formula {
                Formula::FullName => "Join(\" \", [givenName], [surname])",
                Formula::LowerMail => "ToLower([mail])",
                Formula::TitleOrDepartment => "Coalesce([jobTitle], [department])",
                Formula::DepartmentLetter => "Switch([department], \"?\", \"Sales\", \"S\", \"Engineering\", \"E\")",
            };
            let expression = Expression::parse(text, Place::Row).map_err(|error| error.to_string())?;
            Ok(Source::Expression(Arc::new(expression)))
        }
    }
}
