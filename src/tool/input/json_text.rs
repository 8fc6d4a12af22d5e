//! Lists and objects that come as their JSON text, as several hosts and gateways send them.

use serde_json::Value;

/// The list or object that this text is.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let text = text.trim();
    let value = if looks_like(text) { serde_json::from_str(text).ok() } else { None };
    value.filter(|value: &Value| value.is_array() || value.is_object())
}

/// Whether this text has the brackets of a JSON list or object, or only the first or the last of them beside a quote: then
/// it was cut.
pub(crate) fn looks_like(text: &str) -> bool {
    let text = text.trim();
    let is_whole =
        (text.starts_with('[') && text.ends_with(']')) || (text.starts_with('{') && text.ends_with('}'));
    let begins = ["[\"", "{\"", "[{"].iter().any(|bracket| text.starts_with(bracket));
    is_whole || begins || ["\"]", "\"}", "}]"].iter().any(|bracket| text.ends_with(bracket))
}
