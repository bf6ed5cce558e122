//! A plan for people: counts first, then every operation with old and new values.

use std::fmt;

use super::{Counts, Identity, NotUndone, Plan, PlannedOperation, SkipReason, Skipped, Undo, class_of};
use crate::model::{HoldClass, Operation};

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = Operation::ALL
            .iter()
            .filter(|operation| self.of(**operation) > 0)
            .map(|operation| format!("{} {operation}", self.of(*operation)))
            .collect();
        f.write_str(if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }.as_str())
    }
}

impl fmt::Display for PlannedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.user_name)?;
        if let Identity::Doubtful(doubtful) = &self.identity {
            write!(f, "\n      ? {doubtful}")?;
        }
        self.changes.iter().try_for_each(|change| write!(f, "\n      {change}"))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operations, skipped, failed, held } = self;
        write!(f, "{}", self.counts())?;
        for (count, word) in [(skipped.len(), "skipped"), (failed.len(), "failed"), (held.len(), "held")] {
            if count > 0 {
                write!(f, ", {count} {word}")?;
            }
        }
        writeln!(f)?;
        warn(f, operations)?;
        grouped(f, "", operations)?;
        // Of those who need nothing, the only ones for whom something will be done by itself.
        let in_grace = |skipped: &&Skipped| matches!(skipped.reason, SkipReason::InGrace { .. });
        for (index, person) in skipped.iter().filter(in_grace).enumerate() {
            if index == 0 {
                writeln!(f, "\nskipped: days of grace")?;
            }
            writeln!(f, "  {}\n      {}", person.user_name, person.reason)?;
        }
        if !failed.is_empty() {
            writeln!(f, "\nFAILED")?;
        }
        for person in failed {
            writeln!(f, "  {}\n      {}", person.user_name, person.message)?;
        }
        for class in HoldClass::ALL {
            let of_class: Vec<_> = held.iter().filter(|held| held.class == class).collect();
            if let Some(first) = of_class.first() {
                writeln!(f, "\nHELD: {}", first.limit)?;
            }
            grouped(f, "held: ", of_class.into_iter().map(|held| &held.operation))?;
        }
        Ok(())
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cycle: _, operations, refused } = self;
        write!(f, "{}", self.counts())?;
        if !refused.is_empty() {
            write!(f, ", {} not to be undone", refused.len())?;
        }
        writeln!(f)?;
        warn(f, operations)?;
        grouped(f, "", operations)?;
        if !refused.is_empty() {
            writeln!(f, "\nNOT UNDONE: left as it is")?;
        }
        let mut heading = None;
        for NotUndone { user_name, entra_id, attribute, reason } in refused {
            if heading.replace(entra_id) != Some(entra_id) {
                writeln!(f, "  {user_name}")?;
            }
            match attribute {
                Some(attribute) => writeln!(f, "      {attribute}: {reason}")?,
                None => writeln!(f, "      {reason}")?,
            }
        }
        Ok(())
    }
}

/// What people outside of this program notice.
fn warn(f: &mut fmt::Formatter<'_>, operations: &[PlannedOperation]) -> fmt::Result {
    let count = |class| operations.iter().filter(|operation| class_of(operation) == Some(class)).count();
    let notices = [
        (HoldClass::Create, "costs a seat, and Jostle may write to the person"),
        (HoldClass::Loud, "means a mail from Jostle, and another name to sign in with"),
    ];
    for (class, consequence) in notices {
        match count(class) {
            0 => {}
            count => writeln!(f, "! accounts {}: {count}; each {consequence}", class.fate())?,
        }
    }
    Ok(())
}

/// The operations in their order, with a heading wherever the kind or the reason changes.
fn grouped<'a>(
    f: &mut fmt::Formatter<'_>,
    prefix: &str,
    operations: impl IntoIterator<Item = &'a PlannedOperation>,
) -> fmt::Result {
    let mut heading = None;
    for operation in operations {
        let next = (operation.operation, operation.reason);
        if heading.replace(next) != Some(next) {
            writeln!(f, "\n{prefix}{}: {}", operation.operation, operation.reason)?;
        }
        writeln!(f, "{operation}")?;
    }
    Ok(())
}
