//! Completion: the values that a host offers while a person types an argument of a prompt or of an address.

use rmcp::model::JsonObject;
use serde_json::Value;

/// Where the values come from: the answer of a tool that only reads.
#[derive(Debug)]
pub struct Completion {
    /// The tool.
    pub tool: &'static str,
    /// The argument of the tool that takes what was typed; none if its answer is the same for everything.
    pub query: Option<&'static str>,
    /// So many characters are typed before the tool is called.
    pub at_least: usize,
    /// The values that an answer holds.
    pub values: fn(&Value) -> Vec<String>,
}

impl Completion {
    /// The arguments of the tool; none while too little is typed.
    #[must_use]
    pub fn arguments(&self, typed: &str) -> Option<JsonObject> {
        if typed.trim().chars().count() < self.at_least {
            return None;
        }
        let query = self.query.map(|name| (name.to_owned(), Value::from(typed.trim())));
        Some(query.into_iter().collect())
    }

    /// The values that an answer has for what was typed. A search has chosen already; of a list those are taken that hold it,
    /// and first those that begin with it.
    #[must_use]
    pub fn values(&self, typed: &str, answer: &Value) -> Vec<String> {
        let mut values = (self.values)(answer);
        if self.query.is_none() {
            let typed = typed.trim().to_lowercase();
            values.retain(|value| value.to_lowercase().contains(&typed));
            values.sort_by_key(|value| !value.to_lowercase().starts_with(&typed));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(answer: &Value) -> Vec<String> {
        answer.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }

    const LIST: Completion = Completion { tool: "list", query: None, at_least: 0, values: names };
    const SEARCH: Completion =
        Completion { tool: "search", query: Some("query"), at_least: 2, values: names };

    #[test]
    fn of_a_list_those_that_begin_with_what_was_typed_come_first() {
        let answer = json!(["Fair", "trade fair", "Webinar", "fairway"]);
        assert_eq!(LIST.values("FAIR", &answer), ["Fair", "fairway", "trade fair"]);
        assert_eq!(LIST.values("", &answer).len(), 4);
        assert_eq!(SEARCH.values("jane", &json!(["Smith"])), ["Smith"]);
    }

    #[test]
    fn a_search_waits_for_enough_characters() {
        assert_eq!(LIST.arguments("").map(Value::Object), Some(json!({})));
        assert_eq!(
            (SEARCH.arguments(" j "), SEARCH.arguments("jä").map(Value::Object)),
            (None, Some(json!({"query": "jä"})))
        );
    }
}
