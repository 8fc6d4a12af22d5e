//! Takes our own secrets out of an answer before anything reads it. HighLevel, or a proxy in between, may echo the token: in
//! the words of a refusal, or in a contact that someone wrote it into. From here on no error, log or answer can hold it.

use serde_json::Value;

use crate::ghl::wire::transport::HttpResponse;

/// A shorter text is no token, and may stand anywhere.
const SHORTEST: usize = 8;
/// What stands in its place.
const INSTEAD: &str = "[token removed]";

impl HttpResponse {
    /// The same answer without these secrets in its body.
    pub(crate) fn without(mut self, secrets: &[&str]) -> Self {
        let secrets: Vec<_> = secrets.iter().copied().filter(|secret| secret.len() >= SHORTEST).collect();
        let text = String::from_utf8_lossy(&self.body);
        let mut clean = scrub(&text, &secrets);
        let seen = clean.as_deref().unwrap_or(&text);
        // JSON may write any character as an escape.
        if seen.contains("\\u") || seen.contains("\\/") {
            let decoded = serde_json::from_str::<Value>(seen).ok();
            if let Some(value) = decoded.and_then(|value| scrub_value(value, &secrets)) {
                clean = Some(value.to_string());
            }
        }
        if let Some(clean) = clean {
            self.body = clean.into();
        }
        self
    }
}

/// `text` without the secrets; none if it holds none.
fn scrub(text: &str, secrets: &[&str]) -> Option<String> {
    let found: Vec<_> = secrets.iter().filter(|secret| text.contains(**secret)).collect();
    (!found.is_empty())
        .then(|| found.iter().fold(text.to_owned(), |text, secret| text.replace(**secret, INSTEAD)))
}

/// `value` without the secrets in its texts and names; none if it holds none.
fn scrub_value(value: Value, secrets: &[&str]) -> Option<Value> {
    match value {
        Value::String(text) => scrub(&text, secrets).map(Value::String),
        Value::Array(list) => {
            let mut found = false;
            let mut clean = |value: Value| {
                let scrubbed = scrub_value(value.clone(), secrets);
                found |= scrubbed.is_some();
                scrubbed.unwrap_or(value)
            };
            let list: Vec<_> = list.into_iter().map(&mut clean).collect();
            found.then_some(Value::Array(list))
        }
        Value::Object(map) => {
            let mut found = false;
            let mut clean = |(name, value): (String, Value)| {
                let (new_name, new_value) = (scrub(&name, secrets), scrub_value(value.clone(), secrets));
                found |= new_name.is_some() || new_value.is_some();
                (new_name.unwrap_or(name), new_value.unwrap_or(value))
            };
            let map = map.into_iter().map(&mut clean).collect();
            found.then_some(Value::Object(map))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    fn clean(body: &[u8], secrets: &[&str]) -> String {
        let answer =
            HttpResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: body.to_vec().into() };
        String::from_utf8_lossy(&answer.without(secrets).body).into_owned()
    }

    #[test]
    fn a_secret_is_taken_out_however_it_is_written() {
        let (token, refresh) = ("pit-canary-1", "refresh/canary");
        for body in [
            "bad token pit-canary-1",
            "Bearer pit-canary-1pit-canary-1",
            r#"{"message":"pit-canary-1 is expired","a":["refresh/canary"]}"#,
            r#"{"message":"\u0070it-canary-1"}"#,
            r#"{"message":"refresh\/canary"}"#,
            r#"{"pit\u002dcanary-1":{"a":[1,{"b":"x \u0070it-canary-1 y"}]}}"#,
            r#"["\u0070it-canary-1","pit-canary-1"]"#,
            "<html>pit-canary-1</html>",
        ] {
            let clean = clean(body.as_bytes(), &[token, refresh, "", "in"]);
            let read = serde_json::from_str::<Value>(&clean).map_or(clean.clone(), |value| value.to_string());
            assert!(!read.contains("canary") && read.contains(INSTEAD), "{body} -> {clean}");
        }
        assert!(!clean(b"\xff pit-canary-1", &[token]).contains("canary"));
    }

    #[test]
    fn an_answer_without_a_secret_stays_as_it_is() {
        for body in [&b"{\"a\":\"\\u00e9\\/b\",\"b\":1.50}"[..], b"\xff\xfe", b"", b"abc"] {
            assert_eq!(clean(body, &["pit-canary-1", "abc"]), String::from_utf8_lossy(body));
        }
    }
}
