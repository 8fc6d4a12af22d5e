//! One endpoint's request as plain data: method, path segments, effect, and whom its answer must be about.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use url::{Url, form_urlencoded};

use crate::ghl::model::{ContactId, Effect, Error, Kind, PathSegment, Written};

/// Whom the answer to a request must be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The configured location, or contacts of it that are not known yet. A 404 says that the route is missing.
    Location,
    /// This contact. A 404 says that it does not exist.
    Contact(ContactId),
    /// The tags of this contact, on a route that not every HighLevel has: a 404 says that the route is missing.
    TagsOf(ContactId),
    /// These contacts and no other.
    Contacts(Vec<ContactId>),
    /// An access token of this app.
    Token,
}

/// The body of a request.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

/// One request, before it has an address or a token.
#[derive(Clone)]
#[must_use = "a call does nothing until it is sent"]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) effect: Effect,
    pub(crate) subject: Subject,
    segments: Vec<Cow<'static, str>>,
    trailing_slash: bool,
    query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Body>,
}

impl fmt::Debug for Call {
    /// Without the query and the body: they hold personal data or secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("name", &self.name)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// `name` is the endpoint's name in logs and metrics: `contacts.get`.
    pub(crate) fn new(name: &'static str, method: Method, effect: Effect, subject: Subject) -> Self {
        Self {
            name,
            method,
            effect,
            subject,
            segments: Vec::new(),
            trailing_slash: false,
            query: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn at(mut self, segment: impl PathSegment) -> Self {
        self.segments.push(segment.into_segment());
        self
    }

    /// `POST /contacts/` is a route and `POST /contacts` is not, in HighLevel's OpenAPI.
    pub(crate) fn slash(mut self) -> Self {
        self.trailing_slash = true;
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body)
            .map_err(|e| Error::new(Kind::Refused(Vec::new()), Written::No).with_source(e))?;
        self.body = Some(Body { content_type: "application/json", bytes: bytes.into() });
        Ok(self)
    }

    /// A form, as the token endpoints take it.
    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.body = Some(Body { content_type: "application/x-www-form-urlencoded", bytes: form.into() });
        self
    }

    /// The address of this call under `base`. Built segment by segment; `None` where a segment would not stay one.
    pub(crate) fn url(&self, base: &Url) -> Option<Url> {
        let mut url = base.clone();
        {
            let mut path = url.path_segments_mut().ok()?;
            path.pop_if_empty();
            path.extend(self.segments.iter().map(AsRef::as_ref));
            if self.trailing_slash {
                path.push("");
            }
        }
        let mut expected = base.path().trim_end_matches('/').to_owned();
        for segment in &self.segments {
            expected.push('/');
            expected.push_str(segment);
        }
        if self.trailing_slash {
            expected.push('/');
        }
        if url.path() != expected {
            return None;
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(call: &Call) -> String {
        call.url(&Url::parse("https://services.example").unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_plus_in_a_phone_survives_the_query() {
        let call = Call::new("t", Method::GET, Effect::Read, Subject::Location)
            .at("contacts")
            .query("number", "+1415");
        assert_eq!(url(&call), "https://services.example/contacts?number=%2B1415");
    }

    #[test]
    fn the_trailing_slash_of_create_is_kept() {
        assert_eq!(
            url(&Call::new("t", Method::POST, Effect::Create, Subject::Location).at("contacts").slash()),
            "https://services.example/contacts/"
        );
    }

    #[test]
    fn a_base_with_a_path_keeps_it() {
        let call = Call::new("t", Method::GET, Effect::Read, Subject::Location)
            .at("contacts")
            .at(&"abc".parse::<ContactId>().unwrap());
        let base = Url::parse("http://127.0.0.1:1/proxy/").unwrap();
        assert_eq!(call.url(&base).unwrap().as_str(), "http://127.0.0.1:1/proxy/contacts/abc");
    }
}
