//! Where a host finds the values that it offers while a person types.

use serde_json::Value;

use crate::tool::{Completion, Tool as _};
use crate::tools::{ListTags, SearchContacts};

/// Each keystroke may be a request to HighLevel, and one letter finds everybody.
const LETTERS: usize = 2;

/// A tag of the location.
pub(crate) const TAG: Completion =
    Completion { tool: ListTags::NAME, query: None, at_least: 0, values: |answer| texts(answer, "tags") };

/// A contact, as a person and a model recognise it.
pub(crate) const CONTACT: Completion = Completion {
    tool: SearchContacts::NAME,
    query: Some("query"),
    at_least: LETTERS,
    values: |answer| contacts(answer).filter_map(recognised).collect(),
};

/// The id of a contact.
pub(crate) const CONTACT_ID: Completion = Completion {
    tool: SearchContacts::NAME,
    query: Some("query"),
    at_least: LETTERS,
    values: |answer| contacts(answer).filter_map(|contact| text(contact, "id").map(str::to_owned)).collect(),
};

fn contacts(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.get("contacts").and_then(Value::as_array).into_iter().flatten()
}

fn texts(answer: &Value, field: &str) -> Vec<String> {
    let list = answer.get(field).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

fn text<'a>(contact: &'a Value, field: &str) -> Option<&'a str> {
    contact.get(field)?.as_str().filter(|text| !text.is_empty())
}

/// Name with e-mail or phone; two people may have one name.
fn recognised(contact: &Value) -> Option<String> {
    let key = ["email", "phone", "id"].into_iter().find_map(|field| text(contact, field))?;
    Some(text(contact, "name").map_or_else(|| key.to_owned(), |name| format!("{name}, {key}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_contact_is_offered_by_its_name_and_what_tells_it_from_others() {
        let answer = json!({"contacts": [
            {"id": "1", "name": "Jane Smith", "email": "jane@example.com", "phone": "+1"},
            {"id": "2", "name": "Jane", "phone": "+14155550101"},
            {"id": "3"},
            {}
        ]});
        let offered = CONTACT.values("ja", &answer);
        assert_eq!(offered, ["Jane Smith, jane@example.com", "Jane, +14155550101", "3"]);
        assert_eq!(CONTACT_ID.values("ja", &answer), ["1", "2", "3"]);
        assert_eq!(TAG.values("f", &json!({"tags": ["fair", "vip"]})), ["fair"]);
    }
}
