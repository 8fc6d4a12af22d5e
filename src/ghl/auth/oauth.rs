//! An app's tokens, kept alive: many callers, one renewal at a time.

mod bearer;
mod renew;
mod save;
mod state;
mod stored;
mod tokens;
mod watch;

pub use crate::ghl::auth::oauth::stored::StoredGrant;
pub use crate::ghl::auth::oauth::tokens::OAuth;

#[cfg(test)]
mod tests;
