//! A request to the sandbox.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::sandbox::response::Response;

/// One request with its whole body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    /// The names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The path and the query as received.
    pub(crate) fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Whether it may change the CRM.
    pub(crate) fn writes(&self) -> bool {
        self.method != "GET" && self.path.starts_with("/contacts") && self.path != "/contacts/search"
    }

    /// The value of a header; the name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The bearer token.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ").map(str::trim)
    }

    /// A query parameter, decoded like a form: a raw `+` is a space. An empty value counts as absent.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref()?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(n, _)| n == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    }

    /// Whether the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        self.header("content-type")
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
    }

    /// The names and values of a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
    }

    /// The JSON object in the body. An empty body is an empty object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Response> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        if !self.header("content-type").is_some_and(|value| value.contains("json")) {
            return Err(Response::error(415, "Unsupported Media Type: send Content-Type: application/json"));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(body)) => Ok(body),
            Ok(_) => Err(Response::bad_request("The body must be a JSON object")),
            Err(error) => Err(Response::bad_request(&format!("Body is not valid JSON: {error}"))),
        }
    }

    /// The segments of the path, percent-decoded. After a trailing slash there is an empty one.
    pub(crate) fn segments(&self) -> Vec<String> {
        let decoded = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
        self.path.split('/').skip(1).map(decoded).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::request::Request;

    #[test]
    fn in_a_query_a_raw_plus_is_a_space_and_an_encoded_one_is_a_plus() {
        let query = Some(String::from("number=+1415&other=%2B1415"));
        let request = Request { query, ..Request::default() };
        assert_eq!(request.param("number").as_deref(), Some(" 1415"));
        assert_eq!(request.param("other").as_deref(), Some("+1415"));
    }

    #[test]
    fn a_trailing_slash_gives_an_empty_segment() {
        let request = Request { path: String::from("/contacts/a%20b/"), ..Request::default() };
        assert_eq!(request.segments(), ["contacts", "a b", ""]);
    }
}
