//! Which requests are served: by `Host`, by `Origin` and by bearer token, and of whom they are.

mod bearer;
mod host;
mod identity;
mod origin;
mod policy;

pub use crate::serve::auth::bearer::Bearer;
pub(crate) use crate::serve::auth::bearer::{Principal, presented};
pub(crate) use crate::serve::auth::identity::Identity;
pub(crate) use crate::serve::auth::policy::Rejection;
pub use crate::serve::auth::policy::{HostPolicy, InvalidHostOrOrigin};
