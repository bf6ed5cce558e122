//! PATCH (RFC 7644 §3.5.2): the body, the paths, the value filters, and what the operations do.

mod apply;
mod body;
mod list;
mod path;
mod value_filter;

pub(super) use apply::apply;
pub(super) use body::operations;
