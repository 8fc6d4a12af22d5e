//! Who has signed in.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::sign_in::claims::Claims;
use crate::sign_in::refusal::{MALFORMED, Refusal};
use crate::sign_in::scopes::{Powers, ScopeNames};

/// The longest subject (`OpenID` Connect Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// A person or a program, as the authorization server names it. Personal data: it is in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The authorization server, to the letter.
    pub issuer: String,
    /// Its name for the person; for a program without one, the name of the client.
    pub subject: String,
    /// The client that acts for the person.
    pub client: Option<String>,
    /// The e-mail, if the authorization server has verified it.
    pub email: Option<String>,
    /// Groups and roles.
    pub groups: Vec<String>,
    /// What the token allows.
    pub powers: Powers,
}

/// A token that is valid now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Whose token it is.
    pub person: Arc<Person>,
    /// How long it stays valid.
    pub valid_for: Duration,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("powers", &self.powers).finish_non_exhaustive()
    }
}

impl Person {
    /// From the claims of a valid token.
    pub(crate) fn of(issuer: &str, claims: &Claims, scopes: &ScopeNames) -> Result<Self, Refusal> {
        // Auth0, Keycloak and Entra write `azp`, Entra's first version `appid`, Okta `cid`.
        let client = ["client_id", "azp", "appid", "cid"].into_iter().find_map(|name| claims.text(name));
        let subject = claims.text("sub").or(client).ok_or(Refusal::Invalid("the token names no subject"))?;
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err(MALFORMED);
        }
        let email = claims.text("email").filter(|_| claims.is_true("email_verified"));
        let mut groups = claims.texts("groups").unwrap_or_default();
        groups.extend(claims.texts("roles").unwrap_or_default());
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            client: client.map(str::to_owned),
            email: email.map(str::to_owned),
            groups: groups.into_iter().map(str::to_owned).collect(),
            powers: scopes.powers(claims.scopes()),
        })
    }

    /// A hash by which two tokens of one person are known. A subject counts with its issuer only.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        // Neither text can be mistaken for a part of the other: the first is preceded by its length.
        let length = (self.issuer.len() as u64).to_be_bytes();
        Sha256::digest([length.as_slice(), self.issuer.as_bytes(), self.subject.as_bytes()].concat()).into()
    }
}
