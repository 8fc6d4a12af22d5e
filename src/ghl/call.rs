//! One endpoint as one expression: method, path segments, effect.

use std::borrow::Cow;

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::ghl::client::Scope;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::id::{ContactId, LocationId};
use crate::ghl::{http, retry};

/// What a request does to the CRM, stated once per endpoint. The HTTP verb does not decide it:
/// `POST /contacts/search` reads, `POST /contacts/{id}/tags` may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds to a set or takes from it: a repeat changes nothing more.
    Union,
    /// Makes something new: a repeat may make a second one.
    Create,
    /// Puts values in the place of others: a repeat writes the same again, over what came in between.
    Replace,
    /// Removes for good.
    Delete,
}

/// What a 404 on this endpoint means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ghl) enum On404 {
    /// The contact in the path is not there.
    NoContact,
    /// The endpoint is not there.
    NoRoute,
}

/// One request, before it has an address or a token.
#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub(in crate::ghl) struct Call {
    pub(in crate::ghl) name: &'static str,
    pub(in crate::ghl) method: Method,
    pub(in crate::ghl) effect: Effect,
    pub(in crate::ghl) on_404: On404,
    segments: Vec<Cow<'static, str>>,
    trailing_slash: bool,
    query: Vec<(&'static str, String)>,
    pub(in crate::ghl) body: Option<Vec<u8>>,
}

/// A part of a path: a literal of HighLevel's, or a parsed id. Nothing else can stand in one.
pub(in crate::ghl) trait Segment {
    fn into_segment(self) -> Cow<'static, str>;
}

impl Segment for &'static str {
    fn into_segment(self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}

impl Segment for &ContactId {
    fn into_segment(self) -> Cow<'static, str> {
        Cow::Owned(self.as_str().to_owned())
    }
}

impl Segment for &LocationId {
    fn into_segment(self) -> Cow<'static, str> {
        Cow::Owned(self.as_str().to_owned())
    }
}

impl Call {
    /// `name` is the endpoint's name in logs and metrics: `contacts.get`.
    pub(in crate::ghl) fn new(name: &'static str, method: Method, effect: Effect) -> Self {
        Self {
            name,
            method,
            effect,
            on_404: On404::NoRoute,
            segments: Vec::new(),
            trailing_slash: false,
            query: Vec::new(),
            body: None,
        }
    }

    pub(in crate::ghl) fn at(mut self, segment: impl Segment) -> Self {
        self.segments.push(segment.into_segment());
        self
    }

    /// `POST /contacts/` is a route and `POST /contacts` is not, in HighLevel's OpenAPI.
    pub(in crate::ghl) fn slash(mut self) -> Self {
        self.trailing_slash = true;
        self
    }

    pub(in crate::ghl) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// A 404 here says that the contact in the path does not exist.
    pub(in crate::ghl) fn about_a_contact(mut self) -> Self {
        self.on_404 = On404::NoContact;
        self
    }

    pub(in crate::ghl) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body)
            .map_err(|e| Error::new(Kind::Refused(Vec::new()), Happened::No).with_source(e))?;
        self.body = Some(bytes);
        Ok(self)
    }

    /// The address of this call under `base`. Built segment by segment; `None` where a segment would not stay one.
    pub(in crate::ghl) fn url(&self, base: &Url) -> Option<Url> {
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

    /// Sends under the scope's pacing, retries and deadline, and decodes the answer.
    pub(in crate::ghl) async fn send<T: DeserializeOwned>(self, scope: &Scope) -> Result<T, Error> {
        let answer = retry::send(scope, &self).await?;
        http::decode(self.effect, &answer)
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
        let call = Call::new("t", Method::GET, Effect::Read).at("contacts").query("number", "+1415");
        assert_eq!(url(&call), "https://services.example/contacts?number=%2B1415");
    }

    #[test]
    fn the_trailing_slash_of_create_is_kept() {
        assert_eq!(
            url(&Call::new("t", Method::POST, Effect::Create).at("contacts").slash()),
            "https://services.example/contacts/"
        );
    }

    #[test]
    fn a_base_with_a_path_keeps_it() {
        let call =
            Call::new("t", Method::GET, Effect::Read).at("contacts").at(&"abc".parse::<ContactId>().unwrap());
        let base = Url::parse("http://127.0.0.1:1/proxy/").unwrap();
        assert_eq!(call.url(&base).unwrap().as_str(), "http://127.0.0.1:1/proxy/contacts/abc");
    }
}
