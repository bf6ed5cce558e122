//! What comes of a write.

/// What the target answered a write with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The HTTP status.
    pub status: u16,
    /// The provider's request id, by which its support finds the request.
    pub request_id: Option<String>,
}

/// A write that was carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<T> {
    /// What the target shows since.
    pub shown: T,
    /// What it answered with; none if nothing had to be sent.
    pub receipt: Option<Receipt>,
}
