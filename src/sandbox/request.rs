//! A request as the sandbox reads it.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::sandbox::response::Response;

/// One request, body and all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Path and query as received.
    pub(crate) fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The bearer token.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ").map(str::trim)
    }

    /// A query parameter, decoded as forms are: a raw `+` is a space. Empty counts as absent.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref()?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(n, _)| n == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    }

    pub(crate) fn is_form(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    }

    /// The pairs of a form body.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
    }

    /// The JSON body as an object; no body is an empty one.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Response> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        if !self.header("content-type").is_some_and(|kind| kind.contains("json")) {
            return Err(Response::refuse(415, "Unsupported Media Type: send Content-Type: application/json"));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(body)) => Ok(body),
            Ok(_) => Err(Response::bad_request("The body must be a JSON object")),
            Err(error) => Err(Response::bad_request(&format!("Body is not valid JSON: {error}"))),
        }
    }

    /// The path's segments, percent-decoded; a trailing slash gives a last empty one.
    pub(crate) fn segments(&self) -> Vec<String> {
        let decoded = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        self.path.split('/').skip(1).map(decoded).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::request::Request;

    #[test]
    fn a_raw_plus_in_a_query_is_a_space_and_an_encoded_one_a_plus() {
        let query = Some(String::from("number=+1415&other=%2B1415"));
        let request = Request { query, ..Request::default() };
        assert_eq!(request.param("number").as_deref(), Some(" 1415"));
        assert_eq!(request.param("other").as_deref(), Some("+1415"));
    }

    #[test]
    fn a_trailing_slash_is_a_segment_of_its_own() {
        let request = Request { path: String::from("/contacts/a%20b/"), ..Request::default() };
        assert_eq!(request.segments(), ["contacts", "a b", ""]);
    }
}
