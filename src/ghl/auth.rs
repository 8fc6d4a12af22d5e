//! Who we are to HighLevel: a private integration token, or an app's OAuth tokens, which are kept alive here.

mod app;
mod authorize;
mod bearer;
mod credential;
mod grant;
mod oauth;
pub mod scope;
mod shared_grant;
mod store_error;
mod token_content;
mod token_endpoint;
mod token_file;
mod token_kind;
mod token_store;

pub use crate::ghl::auth::app::App;
pub use crate::ghl::auth::authorize::{Granted, authorize_url};
pub(crate) use crate::ghl::auth::bearer::Bearer;
pub use crate::ghl::auth::credential::Credential;
pub use crate::ghl::auth::grant::UserType;
pub use crate::ghl::auth::oauth::{OAuth, StoredGrant};
pub use crate::ghl::auth::shared_grant::SharedGrant;
pub use crate::ghl::auth::store_error::StoreError;
pub use crate::ghl::auth::token_endpoint::TokenEndpoint;
pub use crate::ghl::auth::token_file::TokenFile;
pub use crate::ghl::auth::token_kind::TokenKind;
pub use crate::ghl::auth::token_store::TokenStore;
