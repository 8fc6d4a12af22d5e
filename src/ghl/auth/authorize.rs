//! How an app gets its first tokens: a person agrees in the browser, and the code that comes back is exchanged.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use url::form_urlencoded::Serializer;

use crate::ghl::auth::grant::UserType;
use crate::ghl::auth::oauth::OAuth;
use crate::ghl::auth::token_endpoint::{Refusal, TokenEndpoint};
use crate::ghl::model::{Error, Kind, Written};

/// docs/oauth/Authorization.md of highlevel-api-docs.
const CHOOSE_LOCATION: &str = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation";

/// The address where a person agrees. `redirect_uri` must be among those of the app in HighLevel's marketplace, letter by letter;
/// `state` comes back with the code, and tells our own request from a forged one.
#[must_use]
pub fn authorize_url(client_id: &str, redirect_uri: &str, scopes: &str, state: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("client_id", client_id)
        .append_pair("scope", scopes)
        .append_pair("state", state)
        .finish();
    // A space as forms write it; a real plus is `%2B` by now.
    format!("{CHOOSE_LOCATION}?{}", query.replace('+', "%20"))
}

/// What a person agreed to. Holds no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// A sub-account or an agency.
    pub user_type: UserType,
    /// The agency's id.
    pub company: Option<String>,
    /// The sub-account's id, where it is one.
    pub location: Option<String>,
    /// The scopes, separated by spaces.
    pub scope: Option<String>,
    /// How long the access token lives; it is renewed before.
    pub lifetime: Duration,
}

impl OAuth {
    /// Exchanges the code of the callback and writes the store. What it needs is reserved first: a code serves once.
    ///
    /// # Errors
    /// `Authorization` where the store cannot be written or HighLevel refuses the code or the app; else as any request.
    pub async fn authorize(
        self: &Arc<Self>,
        endpoint: &TokenEndpoint,
        code: &SecretString,
        redirect_uri: &str,
        user_type: UserType,
    ) -> Result<Granted, Error> {
        let lock = self.lock(&endpoint.clock, true).await?;
        let reservation = self.reserve(lock).await?;
        let now = endpoint.clock.now();
        let grant = match endpoint.exchange(self.app(), code, redirect_uri, user_type).await {
            Ok(grant) => grant,
            Err(Refusal::Failed(failed)) => return Err(failed),
            Err(Refusal::InvalidGrant | Refusal::Unauthorized) => {
                let reason = "HighLevel does not accept the code: it serves once and for a short time, and the redirect \
                              URI must be one of the app's: run `ghl-contacts-mcp login` again";
                return Err(Error::new(Kind::Authorization(reason.to_owned()), Written::No));
            }
        };
        let granted = Granted {
            user_type: grant.user_type,
            company: grant.company.clone(),
            location: grant.location.clone(),
            scope: grant.scope.clone(),
            lifetime: grant.lifetime,
        };
        if self.keep(&endpoint.clock, grant, now, reservation).await? {
            return Ok(granted);
        }
        let reason = "the store received newer tokens at the same time: run `ghl-contacts-mcp login` again";
        Err(Error::new(Kind::Authorization(reason.to_owned()), Written::No))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_for_the_browser_holds_what_highlevel_asks_for() {
        let url = authorize_url("app-1", "http://127.0.0.1:8789/callback", "contacts.readonly a+b", "s t");
        assert_eq!(
            url,
            "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A8789%2Fcallback&client_id=app-1\
             &scope=contacts.readonly%20a%2Bb&state=s%20t"
        );
    }
}
