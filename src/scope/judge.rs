//! Judges one person: whether they should have an active account, why, and until when.

use jiff::Timestamp;

use super::dates::Span;
use super::filter::passes_one;
use super::{Guests, InReason, Judgement, Memberships, OutReason, Rules, Undecided, Verdict, Who};
use crate::mapping::expression::Moment;
use crate::model::{GroupLabel, SourceUser, Subject};

/// One person before the rules. Every question about them has one answer, whoever asks.
pub(super) struct Case<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) memberships: &'a Memberships,
    pub(super) rules: &'a Rules,
    pub(super) now: Timestamp,
}

/// What a question comes to: nothing against the person, a reason, or no answer.
pub(super) type Answer = Result<Option<OutReason>, Undecided>;

/// Judges one person by what they are, by memberships, filters and dates; whether they are enabled or deleted is the
/// lifecycle's business. A reason to be out decides, whatever else has no answer; what has no answer decides over
/// everything that is in favour.
pub fn judge(subject: &Subject<'_>, memberships: &Memberships, rules: &Rules, now: Timestamp) -> Judgement {
    let case = Case { subject, memberships, rules, now };
    let out = |reason| Judgement { verdict: Ok(Verdict::Out(reason)), revisit_at: None };
    if let Some(reason) = case.kind() {
        return out(reason);
    }
    let mut undecided = None;
    for question in [Case::who, Case::filters, Case::expression] {
        match question(&case) {
            Ok(None) => {}
            Ok(Some(reason)) => return out(reason),
            Err(error) => undecided = undecided.or(Some(error)),
        }
    }
    let span = case.span().unwrap_or_else(|error| {
        undecided = undecided.take().or(Some(error));
        Span::default()
    });
    let verdict = match (span.out(now), undecided) {
        (Some(reason), _) => Ok(Verdict::Out(reason)),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Verdict::In(rules.who.reason())),
    };
    Judgement { verdict, revisit_at: span.revisit_at(now) }
}

impl Case<'_> {
    pub(super) fn kind(&self) -> Option<OutReason> {
        let user = self.subject.user;
        if is_agent(user) {
            return Some(OutReason::Agent);
        }
        (self.rules.guests == Guests::Exclude && is_guest(user)).then_some(OutReason::Guest)
    }

    pub(super) fn who(&self) -> Answer {
        let user = &self.subject.user.id;
        match &self.rules.who {
            Who::All => Ok(None),
            Who::Assigned { .. } => Ok(self.memberships.assignment(user).is_none().then_some(OutReason::NotAssigned)),
            Who::Groups(names) => {
                if self.meant(names).next().is_some() {
                    return Ok(None);
                }
                match names.iter().find(|name| self.memberships.group(name).is_none()) {
                    Some(unknown) => Err(Undecided::UnknownGroup(unknown.clone())),
                    None => Ok(Some(OutReason::NotInGroups)),
                }
            }
        }
    }

    /// The person's groups that the configuration means by id or name. Of several with one name each is meant: to be
    /// wrong about that must take nobody's account.
    pub(super) fn meant<'n>(&'n self, names: &'n [String]) -> impl Iterator<Item = &'n GroupLabel> {
        let is_meant = |label: &GroupLabel| names.iter().any(|name| label.is_meant_by(name));
        let groups = self.memberships.groups_of(&self.subject.user.id);
        groups.iter().map(AsRef::as_ref).filter(move |label| is_meant(label))
    }

    pub(super) fn filters(&self) -> Answer {
        let passes = passes_one(&self.rules.filters, self.subject).map_err(Undecided::Clause)?;
        Ok((!passes).then_some(OutReason::FilteredOut))
    }

    pub(super) fn expression(&self) -> Answer {
        let Some(filter) = &self.rules.filter else { return Ok(None) };
        let passes = filter.test(self.subject, self.moment()).map_err(Undecided::Expression)?;
        Ok((!passes).then_some(OutReason::ExpressionFalse))
    }

    /// For the expression. Nothing that a filter may use takes the seed.
    pub(super) fn moment(&self) -> Moment {
        Moment { now: self.now, seed: 0 }
    }

    pub(super) fn span(&self) -> Result<Span, Undecided> {
        self.rules.dates.span(self.subject.user)
    }
}

impl Who {
    fn reason(&self) -> InReason {
        match self {
            Self::All => InReason::Everybody,
            Self::Assigned { .. } => InReason::Assigned,
            Self::Groups(_) => InReason::InGroup,
        }
    }
}

fn is_guest(user: &SourceUser) -> bool {
    user.text("userType").is_some_and(|kind| kind.eq_ignore_ascii_case("guest"))
        || user.user_principal_name().is_some_and(|name| name.to_ascii_uppercase().contains("#EXT#"))
}

/// The annotation of a derived type; its name is no path, although it has a dot.
fn is_agent(user: &SourceUser) -> bool {
    let kind = user.attributes.get("@odata.type").and_then(serde_json::Value::as_str);
    kind.is_some_and(|kind| kind.ends_with("agentUser"))
}
