//! Checks what the token may do and what the location is like, by requests that write nothing.

use crate::contacts::service::Contacts;
use crate::ghl::model::Location;
use crate::ghl::{ContactId, Dialect, Error, Key, Kind, Scope, api};

/// An address that no contact can have: `.invalid` is reserved (RFC 2606).
const UNUSED_EMAIL: &str = "is-there-a-contact@ghl-contacts-mcp.invalid";
/// An id that HighLevel has given to no contact: its ids are random.
const UNUSED_ID: &str = "00000000000000000000";

/// What came of one request: nothing where it was not sent.
pub type Probe<T> = Option<Result<T, Error>>;

/// What the requests showed, each by the scope that it needs.
#[derive(Debug, Default)]
pub struct CheckUp {
    /// `locations.readonly`: the location's settings.
    pub location: Probe<Location>,
    /// `contacts.readonly`: the dialect in which a lookup was answered.
    pub contacts: Probe<Dialect>,
    /// `contacts.write`. Nothing is written.
    pub write: Probe<()>,
    /// `locations/customFields.readonly`: how many custom fields contacts have.
    pub custom_fields: Probe<usize>,
    /// `locations/tags.readonly`: how many tags there are.
    pub tags: Probe<usize>,
    /// `users.readonly`: how many users there are.
    pub users: Probe<usize>,
}

impl CheckUp {
    /// Whether HighLevel carried any of the requests out: then it accepts the token.
    #[must_use]
    pub fn has_an_answer(&self) -> bool {
        let lists = [&self.custom_fields, &self.tags, &self.users];
        matches!(self.location, Some(Ok(_)))
            || matches!(self.contacts, Some(Ok(_)))
            || matches!(self.write, Some(Ok(())))
            || lists.into_iter().any(|list| matches!(list, Some(Ok(_))))
    }
}

impl Contacts {
    /// Sends one request for each scope, and reads no cache: five reads, and with `write` a sixth request. Where the first shows
    /// that no other can be answered, it is the only one.
    pub async fn check_up(&self, scope: &Scope, write: bool) -> CheckUp {
        let location = api::location(scope).await;
        if location.as_ref().err().is_some_and(ends_all) {
            return CheckUp { location: Some(location), ..CheckUp::default() };
        }
        let (contacts, fields, tags, users) = tokio::join!(
            api::find(scope, Key::Email(UNUSED_EMAIL)),
            api::custom_fields(scope),
            api::location_tags(scope),
            api::users(scope)
        );
        let contacts = contacts.map(|(_, dialect)| dialect);
        let has_route = !matches!(contacts, Ok(Dialect::Recipe));
        let write = match UNUSED_ID.parse() {
            Ok(id) if write && has_route => Some(may_write(scope, &id).await),
            _ => None,
        };
        CheckUp {
            location: Some(location),
            contacts: Some(contacts),
            write,
            custom_fields: Some(fields.map(|list| list.len())),
            tags: Some(tags.map(|list| list.len())),
            users: Some(users.map(|list| list.len())),
        }
    }
}

/// Whether the token may write contacts: asked by taking no tag from a contact that does not exist. That changes nothing, whatever
/// HighLevel makes of it, and it checks the token before it looks for the contact.
async fn may_write(scope: &Scope, id: &ContactId) -> Result<(), Error> {
    match api::remove_tags(scope, id, &[]).await {
        Err(error) if !judges_the_contact(error.kind()) => Err(error),
        _ => Ok(()),
    }
}

/// Whether HighLevel had accepted the token, and refused the request for what it asked.
fn judges_the_contact(kind: &Kind) -> bool {
    matches!(kind, Kind::NotFound | Kind::Refused(_))
}

/// Whether every other request would fail for the same reason.
fn ends_all(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::NotConfigured(_)
            | Kind::Unauthorized
            | Kind::Authorization(_)
            | Kind::TokensAway
            | Kind::WrongLocation
            | Kind::Blocked
            | Kind::Unreachable
            | Kind::Tls
            | Kind::Lost
            | Kind::Redirected
            | Kind::RateLimited
            | Kind::DailyLimit
    )
}
