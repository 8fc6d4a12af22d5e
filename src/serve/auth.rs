//! Which requests are served: by `Host`, by `Origin` and by bearer token.

mod bearer;
mod host;
mod origin;
mod policy;

pub use crate::serve::auth::bearer::Bearer;
pub(crate) use crate::serve::auth::bearer::Principal;
pub(crate) use crate::serve::auth::policy::Rejection;
pub use crate::serve::auth::policy::{HostPolicy, InvalidHostOrOrigin};
