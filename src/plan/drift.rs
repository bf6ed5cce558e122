//! What an account shows otherwise than it last did, and what comes of it: a pure decision.
//!
//! A value that was sent and is shown in another form is what Jostle made of it, and no drift: it is remembered as seen.

use super::decide::is_protected;
use super::{Decision, Matching, Person, Situation, decide, standing};
use crate::defects::{Defect, planted};
use crate::mapping::{OnDrift, Row, Source, When, moment_of};
use crate::model::{
    Account, DesiredUser, Drift, Link, LinkOrigin, Subject, TargetPath, TargetValue, Treatment, Values,
};

/// What was found on one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Drifted {
    /// The link as it is from now on.
    pub link: Link,
    /// What differs, in the order of the mapping.
    pub drift: Vec<Drift>,
    /// Whether the person has to be planned again.
    pub is_due: bool,
    /// Whether the account is active although the person should have no active one.
    pub is_unwelcome: bool,
}

impl Drifted {
    /// Whether there is nothing to remember and nothing to say.
    pub fn is_quiet(&self, link: &Link) -> bool {
        let Self { link: after, drift, is_due, is_unwelcome } = self;
        after == link && drift.is_empty() && !is_due && !is_unwelcome
    }
}

/// What a person's account shows of the mapped attributes; `active` is not among them if it is not shown.
pub fn shown_values(rows: &[Row], account: &Account) -> Values {
    let value = |row: &Row| match row.source {
        Source::Active => account.value(&row.target).map(|_| TargetValue::Flag(account.is_active())),
        _ => account.value(&row.target),
    };
    rows.iter().filter_map(|row| Some((row.target.clone(), value(row)?))).collect()
}

/// Compares what an account shows with what is known of it. `before` is what was found of the person the last time. None:
/// there is nothing to compare, because the person has no account, or a protected one.
pub fn drifted(person: Person<'_>, situation: Situation<'_>, shown: &Values, before: &[Drift]) -> Option<Drifted> {
    let policy = situation.policy;
    let link = person.link.filter(|link| !link.gone && !is_protected(link, policy))?;
    let groups = situation.memberships.groups_of(&person.user.id);
    let subject = Subject { user: person.user, manager: person.manager, groups, is_soft_deleted: false };
    let is_leaver = || {
        let standing = standing(&subject, situation.memberships, &policy.scope, situation.now);
        standing.is_in_scope() == Some(false)
    };
    let desired = policy.mapping.evaluate(&subject, moment_of(&person.user.id, situation.now)).ok();
    let mut comparison = Comparison { after: link.clone(), found: Vec::new(), is_settled: false };
    for row in policy.mapping.rows() {
        if let Some(wanted) = wanted(row, desired.as_ref(), link) {
            comparison.compare(row, link, shown.get(&row.target), wanted);
        }
    }
    let active = Some(&TargetValue::Flag(true));
    let is_active = |found: &Found| found.drift.attribute.is_active() && found.drift.shown.as_ref() == active;
    let is_unwelcome = comparison.found.iter().any(is_active) && is_leaver();
    Some(comparison.treat(person, situation, before, is_unwelcome))
}

/// What the mapping wants of an attribute.
#[derive(Clone, Copy, Debug)]
enum Wanted<'a> {
    /// The lifecycle decides.
    Lifecycle,
    /// This value.
    Value(&'a TargetValue),
    /// No value.
    Nothing,
    /// What was sent; what it is now cannot be said.
    Unknown,
}

/// None: the value is Jostle's own.
fn wanted<'a>(row: &Row, desired: Option<&'a DesiredUser<'_>>, link: &Link) -> Option<Wanted<'a>> {
    match (&row.source, row.when, desired) {
        (Source::Active, ..) => Some(Wanted::Lifecycle),
        (_, When::Create, _) => None,
        (_, When::Always, None) => link.sent.contains_key(&row.target).then_some(Wanted::Unknown),
        (_, When::Always, Some(desired)) => {
            let value = desired.values.iter().find(|value| *value.path == row.target && !value.create_only)?;
            Some(value.value.as_ref().map_or(Wanted::Nothing, Wanted::Value))
        }
    }
}

struct Found {
    drift: Drift,
    policy: OnDrift,
}

struct Comparison {
    after: Link,
    found: Vec<Found>,
    /// Jostle has by itself what it should have.
    is_settled: bool,
}

impl Comparison {
    fn compare(&mut self, row: &Row, link: &Link, shown: Option<&TargetValue>, wanted: Wanted<'_>) {
        let path = &row.target;
        let same = |a: &TargetValue, b: &TargetValue| row.compare.same(a, b) || is_same_flag(a, b);
        match (link.sent.get(path), link.seen.get(path), shown) {
            (_, Some(seen), Some(shown)) if same(seen, shown) => self.learn(path, shown),
            (Some(sent), _, Some(shown)) if same(sent, shown) || is_form_of(sent, shown) => self.learn(path, shown),
            (None, None, None) => {}
            // Whether somebody signs in with it is not shown.
            (_, _, None) if matches!(wanted, Wanted::Lifecycle) => {}
            (None, None, Some(shown)) => match wanted {
                Wanted::Lifecycle => self.learn(path, shown),
                // What is still to be written is the planner's.
                Wanted::Value(_) | Wanted::Unknown => {}
                // It was there before, and the row says that it is to be cleared.
                Wanted::Nothing if link.origin == LinkOrigin::Adopted => {
                    self.find(path, None, Some(shown), OnDrift::Repair);
                }
                Wanted::Nothing => self.find(path, None, Some(shown), row.drift),
            },
            (_, _, Some(shown)) if matches!(wanted, Wanted::Value(value) if same(value, shown)) => {
                self.after.sent.remove(path);
                self.learn(path, shown);
                self.is_settled = true;
            }
            (_, _, shown) => self.find(path, link.known(path), shown, row.drift),
        }
    }

    fn learn(&mut self, path: &TargetPath, shown: &TargetValue) {
        self.after.seen.insert(path.clone(), shown.clone());
    }

    fn find(
        &mut self,
        path: &TargetPath,
        expected: Option<&TargetValue>,
        shown: Option<&TargetValue>,
        policy: OnDrift,
    ) {
        if let Some(shown) = shown.filter(|_| planted(Defect::DriftTakenForSeen)) {
            return self.learn(path, shown);
        }
        let (attribute, treatment) = (path.clone(), Treatment::Reported);
        let drift = Drift { attribute, expected: expected.cloned(), shown: shown.cloned(), treatment };
        self.found.push(Found { drift, policy });
    }

    /// A repair is the planner's to make, under every rule of its own: what it would not write is reported.
    fn treat(self, person: Person<'_>, situation: Situation<'_>, before: &[Drift], is_unwelcome: bool) -> Drifted {
        let Self { after: mut link, mut found, is_settled } = self;
        let was = |drift: &Drift| before.iter().find(|old| old.is_same_as(drift)).map(|old| old.treatment);
        let mut repairing = link.clone();
        for Found { drift, policy } in &mut found {
            drift.treatment = match (*policy, was(drift)) {
                (OnDrift::Report, _) => Treatment::Reported,
                (OnDrift::Accept, _) => Treatment::Accepted,
                // Nobody who left gets in because somebody insists on it.
                (OnDrift::Repair, Some(Treatment::Repaired | Treatment::InVain))
                    if !(is_unwelcome && drift.attribute.is_active()) =>
                {
                    Treatment::InVain
                }
                (OnDrift::Repair, _) => {
                    forget(&mut repairing, drift);
                    Treatment::Repaired
                }
            };
        }
        let is_repairing = found.iter().any(|found| found.drift.treatment == Treatment::Repaired);
        let written = if is_repairing { written(person, situation, &repairing) } else { Vec::new() };
        let mut is_repaired = false;
        for Found { drift, .. } in &mut found {
            match drift.treatment {
                Treatment::Repaired if written.contains(&drift.attribute) => {
                    forget(&mut link, drift);
                    is_repaired = true;
                }
                Treatment::Repaired => drift.treatment = Treatment::Reported,
                Treatment::Accepted => accept(&mut link, drift),
                Treatment::Reported | Treatment::InVain => {}
            }
        }
        let drift = found.into_iter().map(|found| found.drift).collect();
        Drifted { link, drift, is_due: is_repaired || is_settled, is_unwelcome }
    }
}

/// The attributes that the planner would write with this link.
fn written(person: Person<'_>, situation: Situation<'_>, link: &Link) -> Vec<TargetPath> {
    match decide(Person { link: Some(link), ..person }, situation, Matching::NotAsked).decision {
        Decision::Do(operation) => operation.changes.into_iter().map(|change| change.attribute).collect(),
        Decision::Match(_) | Decision::Skip(_) | Decision::Fail(_) => Vec::new(),
    }
}

/// From now on what is shown is all that is known of the attribute.
fn forget(link: &mut Link, Drift { attribute, shown, .. }: &Drift) {
    link.sent.remove(attribute);
    remember(&mut link.seen, attribute, shown.as_ref());
}

/// What is shown stands, and what was known counts as sent: the planner writes when the value in Entra is another one.
fn accept(link: &mut Link, Drift { attribute, expected, shown, .. }: &Drift) {
    // Without a value that counts as sent, what is seen would be another one than the desired.
    if let Some(expected) = expected {
        link.sent.insert(attribute.clone(), expected.clone());
        remember(&mut link.seen, attribute, shown.as_ref());
    }
}

fn remember(values: &mut Values, path: &TargetPath, value: Option<&TargetValue>) {
    match value {
        Some(value) => values.insert(path.clone(), value.clone()),
        None => values.remove(path),
    };
}

/// Some servers write a flag as a text.
fn is_same_flag(a: &TargetValue, b: &TargetValue) -> bool {
    match (a, b) {
        (TargetValue::Flag(flag), TargetValue::Text(text)) | (TargetValue::Text(text), TargetValue::Flag(flag)) => {
            text.eq_ignore_ascii_case(&flag.to_string())
        }
        _ => false,
    }
}

/// Whether what is shown is what was sent in another form: trimmed, in another case, with other blanks, and of a
/// telephone number with other signs between the digits.
fn is_form_of(sent: &TargetValue, shown: &TargetValue) -> bool {
    let (TargetValue::Text(sent), TargetValue::Text(shown)) = (sent, shown) else { return false };
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words(sent) == words(shown) || digits(sent).is_some_and(|number| digits(shown) == Some(number))
}

/// The digits of what looks like a telephone number.
fn digits(text: &str) -> Option<String> {
    const FEWEST: usize = 5;
    let is_sign = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-()./\u{2010}\u{2011}\u{2013}".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (text.chars().all(is_sign) && digits.len() >= FEWEST).then_some(digits)
}
