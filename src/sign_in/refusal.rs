//! Why a token is refused.

/// Why a token is refused. The words go to the client; they hold nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The token is no valid one: 401.
    Invalid(&'static str),
    /// Whether it is valid cannot be found out now: 503.
    Unavailable,
}

/// A token that is not understood at all.
pub(crate) const MALFORMED: Refusal = Refusal::Invalid("the token is malformed");
