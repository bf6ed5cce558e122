//! What is Jostle's own: the attributes that its provisioning API publishes, and what is known of each.

mod attributes;

pub use attributes::{Attribute, all, published, suggest};
