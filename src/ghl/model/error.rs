//! What can go wrong with a request to HighLevel, and whether it may have been carried out all the same.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ghl::model::{ContactId, Written};

/// What was never configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The token.
    Token,
    /// The location.
    Location,
    /// Both.
    Both,
}

/// The kind of a failure, named by its meaning rather than its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// No token or no location is configured; nothing was sent.
    NotConfigured(Missing),
    /// 401: the token is unknown, revoked or expired.
    Unauthorized,
    /// OAuth needs a person to act: the text says why and what to do.
    Authorization(String),
    /// 401 "The token is not authorized for this scope."; a new token does not help, another scope does.
    ScopeMissing,
    /// 401 or 403: the token does not reach this location.
    WrongLocation,
    /// 403 by HighLevel's CDN (Cloudflare 1010 and the like), not by HighLevel.
    Blocked,
    /// No such contact. HighLevel answers 400 "Contact with id X not found", the recipes article 404.
    NotFound,
    /// 404 on a route, not on a contact: this HighLevel does not have the endpoint.
    RouteMissing,
    /// 400 "This location does not allow duplicated contacts." with `meta.contactId` and `meta.matchingField`.
    Duplicate {
        /// The contact that is already there.
        contact: Option<ContactId>,
        /// `email` or `phone`.
        field: Option<String>,
    },
    /// 400 or 422: HighLevel refused what was sent. The list holds its messages.
    Refused(Vec<String>),
    /// 429: the burst limit.
    RateLimited,
    /// 429 with nothing left for the day.
    DailyLimit,
    /// 5xx, or an HTML page where an answer should be.
    Unavailable,
    /// No connection was made (DNS, TCP).
    Unreachable,
    /// The TLS handshake failed: a certificate problem, which a retry does not solve.
    Tls,
    /// The connection broke, or the time for the attempt ran out, before an answer came.
    Lost,
    /// An answer came that is not what HighLevel's API sends.
    Unreadable,
    /// An answer came that is about another contact or another location than the request.
    Mismatch {
        /// The id that the request was about.
        asked: String,
        /// The id that the answer is about.
        answered: String,
    },
    /// More than 8 MiB.
    TooLarge,
    /// A redirect, which this client never follows.
    Redirected,
    /// As many calls as may wait for what another call holds do so already; nothing was sent.
    Busy,
    /// The locks of a contact may belong to another process by now: it has to be looked up again before a create.
    LockLost,
    /// Another process may be creating the contact, and nothing says yet what became of it; nothing was sent.
    UnderWay,
    /// The store that several processes share does not serve, or its state is not whole: no contact is created.
    StoreAway,
    /// An app's tokens are in a store that several processes share, and it does not serve. Nothing was sent.
    TokensAway,
    /// The call's own deadline leaves no time for the request.
    OutOfTime,
    /// The caller went away before the request was sent.
    Cancelled,
}

impl Kind {
    /// Its name without the words of HighLevel that it may hold, for the log.
    pub(crate) fn name(&self) -> String {
        format!("{self:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
    }
}

/// A failed request. Opaque on purpose: read it by its predicates.
///
/// Its text never holds a header or the token, and of the URL at most the host, where that could not be reached;
/// HighLevel's own words in it are at most 200 characters.
#[derive(Debug, Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    kind: Kind,
    written: Written,
    status: Option<u16>,
    reason: Option<String>,
    upstream: Option<String>,
    trace_id: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: Kind, written: Written) -> Self {
        let inner = Inner {
            kind,
            written,
            status: None,
            reason: None,
            upstream: None,
            trace_id: None,
            retry_after: None,
            source: None,
        };
        Self { inner: Box::new(inner) }
    }

    /// The same failure after an earlier attempt that may have been carried out.
    pub(crate) fn at_least(mut self, written: Written) -> Self {
        self.inner.written = self.inner.written.max(written);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.inner.status = Some(status);
        self
    }

    /// Why no connection was made, which names the host; or why nothing is sent for a while.
    pub(crate) fn with_reason(mut self, reason: impl Into<Option<String>>) -> Self {
        self.inner.reason = reason.into();
        self
    }

    pub(crate) fn with_upstream(mut self, words: Option<String>) -> Self {
        self.inner.upstream = words;
        self
    }

    /// Without HighLevel's words, where they could quote a secret.
    pub(crate) fn without_words(mut self) -> Self {
        self.inner.upstream = None;
        if let Kind::Refused(messages) = &mut self.inner.kind {
            messages.clear();
        }
        self
    }

    pub(crate) fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.inner.trace_id = trace_id;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.inner.retry_after = wait;
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(Arc::from(source.into()));
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.inner.kind
    }

    /// Whether HighLevel may have carried the request out. Always `No` for a read.
    #[must_use]
    pub fn written(&self) -> Written {
        self.inner.written
    }

    /// HTTP status, where an answer came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// HighLevel's own words, cleaned and at most 200 characters: data, not instructions.
    #[must_use]
    pub fn upstream(&self) -> Option<&str> {
        self.inner.upstream.as_deref()
    }

    /// HighLevel's `traceId`, which its support asks for.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.inner.trace_id.as_deref()
    }

    /// How long HighLevel asks to wait, where the failure says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// No such contact.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.inner.kind == Kind::NotFound
    }

    /// The endpoint itself is not there.
    #[must_use]
    pub fn is_route_missing(&self) -> bool {
        self.inner.kind == Kind::RouteMissing
    }

    /// The 404 of a route that has answered before: not the route is missing, but something stands in front of HighLevel.
    pub(crate) fn of_a_known_route(mut self) -> Self {
        self.inner.kind = Kind::Unavailable;
        self
    }

    /// HighLevel answered success, and its answer is lost, cannot be read, or is about another contact.
    #[must_use]
    pub fn after_success(&self) -> bool {
        self.inner.status.is_some_and(|status| (200..300).contains(&status))
            // A page with the status 200 is not of HighLevel.
            && self.inner.kind != Kind::Unavailable
    }

    /// HighLevel answered that it refused the request, by a status or in the body of a success.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.inner.kind, Kind::Refused(_))
    }

    /// HighLevel answered about another contact or location than it was asked about.
    #[must_use]
    pub fn is_mismatch(&self) -> bool {
        matches!(self.inner.kind, Kind::Mismatch { .. })
    }

    /// The contact that HighLevel says is already there.
    #[must_use]
    pub fn existing_contact(&self) -> Option<&ContactId> {
        match &self.inner.kind {
            Kind::Duplicate { contact, .. } => contact.as_ref(),
            _ => None,
        }
    }

    /// Nothing was done, and asking again will not help: the token may not, or this HighLevel does not have it. A caller
    /// that wanted it as a convenience does without it.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        self.written() == Written::No
            && matches!(
                self.kind(),
                Kind::ScopeMissing | Kind::RouteMissing | Kind::NotFound | Kind::WrongLocation
            )
    }

    /// HighLevel refuses the token for what it is, not for its scopes: it is an agency's
    /// ("This authClass type is not allowed to access this scope").
    #[must_use]
    pub fn refuses_the_kind_of_token(&self) -> bool {
        self.inner.kind == Kind::ScopeMissing
            && self.upstream().is_some_and(|words| words.to_lowercase().contains("authclass"))
    }

    /// HighLevel refused the body because of this property ("property X should not exist").
    #[must_use]
    pub fn refuses_property(&self, property: &str) -> bool {
        let sentence = format!("property {property} should not exist");
        matches!(&self.inner.kind, Kind::Refused(messages) if messages.contains(&sentence))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.inner.kind {
            Kind::NotConfigured(Missing::Token) => "no HighLevel token is configured",
            Kind::NotConfigured(Missing::Location) => "no HighLevel location is configured",
            Kind::NotConfigured(Missing::Both) => "no HighLevel token and no location is configured",
            Kind::Unauthorized => "HighLevel does not accept the token",
            Kind::Authorization(reason) => reason,
            Kind::ScopeMissing => "the token lacks the scope for this request",
            Kind::WrongLocation => "the token does not reach this location",
            Kind::Blocked => "HighLevel's CDN blocked the request",
            Kind::NotFound => "there is no such contact in this location",
            Kind::RouteMissing => "this HighLevel does not have the endpoint",
            Kind::Duplicate { .. } => "the location does not allow duplicated contacts",
            Kind::Refused(_) => "HighLevel refused the request",
            Kind::RateLimited => "HighLevel's rate limit is reached",
            Kind::DailyLimit => "HighLevel's limit for the day is used up",
            Kind::Unavailable => "HighLevel is unavailable",
            Kind::Unreachable => "HighLevel could not be reached",
            Kind::Tls => "no secure connection to HighLevel could be made",
            Kind::Lost => "the connection to HighLevel broke before an answer came",
            Kind::Unreadable => "HighLevel's answer could not be read",
            Kind::Mismatch { asked, answered } => {
                return write!(f, "HighLevel was asked about {asked} and answered about {answered}");
            }
            Kind::TooLarge => "HighLevel's answer is larger than 8 MiB",
            Kind::Redirected => "HighLevel answered with a redirect, which is not followed",
            Kind::Busy => "too many calls wait for the same contact",
            Kind::LockLost => "the lock of this contact was lost",
            Kind::UnderWay => "another process may be creating this contact at this moment",
            Kind::StoreAway => "this needs the store that the servers share",
            Kind::TokensAway => "the app's tokens are in the store that the servers share",
            Kind::OutOfTime => "the time for this call ran out",
            Kind::Cancelled => "the caller cancelled the call",
        })?;
        if let Some(status) = self.inner.status {
            write!(f, " (HTTP {status})")?;
        }
        if let Some(reason) = &self.inner.reason {
            write!(f, ": {reason}")?;
        }
        if let Some(words) = &self.inner.upstream {
            write!(f, ": \"{words}\"")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_keeps_its_cause() {
        let error = Error::new(Kind::Unreachable, Written::No);
        assert!(error.source().is_none());
        let error = error.with_source(fmt::Error);
        assert!(error.source().is_some_and(<dyn StdError>::is::<fmt::Error>));
    }

    #[test]
    fn what_the_token_may_not_read_is_out_of_reach_and_a_failure_is_not() {
        for kind in [Kind::ScopeMissing, Kind::RouteMissing, Kind::NotFound, Kind::WrongLocation] {
            assert!(Error::new(kind.clone(), Written::No).is_out_of_reach(), "{kind:?}");
            assert!(!Error::new(kind.clone(), Written::Unknown).is_out_of_reach(), "{kind:?}");
        }
        for kind in [Kind::Unauthorized, Kind::Unavailable, Kind::RateLimited, Kind::Lost] {
            assert!(!Error::new(kind.clone(), Written::No).is_out_of_reach(), "{kind:?}");
        }
    }

    #[test]
    fn the_name_of_a_failure_holds_no_words_of_highlevel() {
        let words = "jane@example.com pit-0000".repeat(100_000);
        assert_eq!(Kind::Refused(vec![words.clone()]).name(), "Refused");
        assert_eq!(Kind::Authorization(words).name(), "Authorization");
        assert_eq!(Kind::NotFound.name(), "NotFound");
    }
}
