//! Query options: which there are, and what `$select` means.

use super::entity::Entity;
use super::error::GraphError;
use super::properties::{Property, Store};

/// The query of a request, decoded; option names in lower case, since the documents spell them in more than one way.
#[derive(Debug)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(super) fn parse(raw: &str) -> Self {
        let pairs = url::form_urlencoded::parse(raw.as_bytes());
        Self { pairs: pairs.map(|(name, value)| (name.to_lowercase(), value.into_owned())).collect() }
    }

    /// The value of an option such as `$select`.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Refuses system options that are not in the list, and any that stands twice.
    pub(super) fn allow(&self, known: &[&str]) -> Result<(), GraphError> {
        for (index, (name, _)) in self.pairs.iter().enumerate().filter(|(_, (name, _))| name.starts_with('$')) {
            if !known.contains(&name.as_str()) {
                return Err(GraphError::unsupported_query());
            }
            if self.pairs.iter().skip(index + 1).any(|(other, _)| other == name) {
                return Err(GraphError::bad_request(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
        }
        Ok(())
    }

    /// Whether any system option stands there.
    pub(super) fn has_options(&self) -> bool {
        self.pairs.iter().any(|(name, _)| name.starts_with('$'))
    }

    /// A token from a link. Links are opaque: with anything beside the token they are refused.
    pub(super) fn token(&self, name: &str) -> Result<Option<&str>, GraphError> {
        match self.option(name) {
            Some(_) if self.pairs.len() > 1 => Err(badly_formed()),
            token => Ok(token),
        }
    }
}

/// A token that this tenant never issued, or a link that was altered.
pub(super) fn badly_formed() -> GraphError {
    GraphError::request_bad_request("Badly formed token.")
}

/// Which properties a request asks for.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) entity: Entity,
    pub(super) properties: Vec<&'static Property>,
    /// The relationship is asked for: `manager` or `members` in the delta feed.
    pub(super) links: bool,
    explicit: bool,
}

/// What is asked: changes, many objects, or one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Delta,
    Collection,
    One,
}

impl Selection {
    /// Reads `$select`; without it the default properties and, in the delta feed, the relationship.
    pub(super) fn parse(
        entity: Entity,
        select: Option<&str>,
        reach: Reach,
        roles: &[String],
    ) -> Result<Self, GraphError> {
        let Some(select) = select else {
            let (properties, links) = (entity.defaults().collect(), reach == Reach::Delta);
            return Ok(Self { entity, properties, links, explicit: false });
        };
        let mut selected: Vec<&'static Property> = Vec::new();
        for name in select.split(',').map(str::trim) {
            let property = entity.find(name).ok_or_else(|| unknown(entity, name))?;
            if !property.roles.is_empty() && !property.roles.iter().any(|role| roles.iter().any(|has| has == role)) {
                return Err(GraphError::forbidden());
            }
            match property.store {
                Store::Main | Store::ReadOnly => {}
                Store::Outside if reach == Reach::One => {}
                Store::Link if reach == Reach::Delta => {}
                Store::Link => return Err(unknown(entity, name)),
                Store::Outside | Store::NotKept => return Err(GraphError::not_implemented()),
            }
            if !selected.contains(&property) {
                selected.push(property);
            }
        }
        let links = selected.iter().any(|property| property.store == Store::Link);
        Ok(Self { entity, properties: selected, links, explicit: true })
    }

    /// The properties of an object that are asked for: those that objects of its kind have, or the default ones of its
    /// kind where it is one among several kinds.
    pub(super) fn of(&self, object: Entity) -> Vec<&'static Property> {
        match self.entity {
            Entity::DirectoryObject if !self.explicit => object.defaults().collect(),
            _ => self.properties.iter().copied().filter(|property| object.find(property.name).is_some()).collect(),
        }
    }

    /// The names with commas between them; none without `$select`.
    pub(super) fn text(&self) -> Option<String> {
        let names: Vec<_> = self.properties.iter().map(|property| property.name).collect();
        self.explicit.then(|| names.join(","))
    }

    /// `@odata.context` for a collection.
    pub(super) fn context(&self, origin: &str) -> String {
        let names = self.text().map(|names| format!("({names})")).unwrap_or_default();
        format!("{origin}/v1.0/$metadata#{}{names}", self.entity.set())
    }
}

fn unknown(entity: Entity, name: &str) -> GraphError {
    let message = format!("Could not find a property named '{name}' on type 'microsoft.graph.{}'.", entity.name());
    GraphError::bad_request(message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    fn status(select: &str, reach: Reach) -> u16 {
        Selection::parse(Entity::User, Some(select), reach, &["User.Read.All".to_owned()])
            .map_or_else(|error| error.status.as_u16(), |_| 200)
    }

    #[test]
    fn selection_follows_the_store_of_each_property() {
        assert_eq!(status("id, displayName,id", Reach::Collection), 200);
        assert_eq!(status("displayName,shoeSize", Reach::Collection), 400);
        assert_eq!(status("displayname", Reach::Collection), 400);
        assert_eq!(status("", Reach::Collection), 400);
        assert_eq!(status("skills", Reach::Collection), 501);
        assert_eq!(status("skills", Reach::One), 200);
        assert_eq!(status("employeeLeaveDateTime", Reach::Collection), 403);
        assert_eq!(status("customSecurityAttributes", Reach::One), 403);
        assert_eq!(status("id,manager", Reach::Delta), 200);
        assert_eq!(status("id,manager", Reach::One), 400);
        assert_eq!(status("assignedLicenses", Reach::Delta), 501);
    }

    #[test]
    fn links_are_taken_whole_or_not_at_all() {
        assert_eq!(Query::parse("$DeltaToken=a%2Bb").token("$deltatoken").unwrap(), Some("a+b"));
        assert_eq!(Query::parse("$deltatoken=a&x=1").token("$deltatoken").unwrap_err().status, 400);
        assert_eq!(Query::parse("$select=id").token("$deltatoken").unwrap(), None);
    }

    #[test]
    fn options_beyond_the_list_and_doubles_are_refused() {
        let known = ["$select"];
        assert!(Query::parse("$select=id&trace=1").allow(&known).is_ok());
        assert_eq!(Query::parse("$top=1").allow(&known).unwrap_err().code, "Request_UnsupportedQuery");
        assert_eq!(Query::parse("$select=id&%24select=mail").allow(&known).unwrap_err().code, "BadRequest");
    }
}
