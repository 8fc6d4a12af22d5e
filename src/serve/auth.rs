//! Who may send a request: the `Host` and `Origin` that are served, and the bearer tokens that are known.

mod bearer;
mod host;
mod origin;
mod policy;

pub use crate::serve::auth::bearer::Bearer;
pub(crate) use crate::serve::auth::policy::Foreign;
pub use crate::serve::auth::policy::{Guard, NotAGuard};
