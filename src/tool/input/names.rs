//! The names under which a field may be sent, and the words that are no field of any tool.

use crate::ghl::model::text::plain_name;

/// Words that hosts add to the arguments of every call. They say nothing of the call and are ignored.
const HOST_WORDS: [&str; 7] = [
    // n8n's MCP client: n8n issues 21500, 21716 and 22787, notion-mcp-server issue 146.
    "toolCallId",
    "tool",
    "sessionId",
    "action",
    "chatInput",
    // Cline: cline issues 9684 and 10426.
    "task_progress",
    // LangChain and others that put the metadata of the call among its arguments: langchain-mcp-adapters 412.
    "_meta",
];

/// Usual words for an argument that has another name here. They are refused with the argument's name.
const OTHER_NAMES: [(&str, &[&str]); 25] = [
    ("postalCode", &["zip", "zipCode", "postcode", "postal"]),
    ("dateOfBirth", &["dob", "birthday", "birthdate", "birth"]),
    ("companyName", &["company", "organization", "organisation", "business", "businessName"]),
    ("assignedTo", &["owner", "ownerId", "assignee", "assignedUser", "user", "userId"]),
    ("address1", &["street", "address", "addressLine1", "streetAddress"]),
    ("name", &["fullName", "contactName", "displayName"]),
    ("firstName", &["givenName", "forename"]),
    ("lastName", &["surname", "familyName"]),
    ("phone", &["mobile", "phoneNumber", "mobilePhone", "tel", "telephone", "cell"]),
    ("email", &["mail", "emailAddress", "emails"]),
    ("contactId", &["id"]),
    ("contactIds", &["ids", "contacts"]),
    ("tags", &["tag", "addTags", "newTags", "labels"]),
    ("customFields", &["customField", "customData", "fieldValues"]),
    ("state", &["region", "province", "county"]),
    ("city", &["town"]),
    ("website", &["url", "site", "webpage"]),
    ("timezone", &["tz"]),
    ("limit", &["pageSize", "pageLimit", "perPage", "count", "maxResults", "size"]),
    ("cursor", &["page", "offset", "skip", "nextCursor", "pageToken", "startAfter", "searchAfter"]),
    ("query", &["q", "search", "text", "keyword"]),
    ("sort", &["sortBy", "orderBy"]),
    ("dueDate", &["due", "deadline", "dueAt", "dueOn", "dueTime", "when"]),
    ("taskId", &["taskIds"]),
    ("channels", &["channel"]),
];

/// Usual words for the text of a note or a task, of a tool that takes one. Elsewhere some of them mean something else.
const TEXTS: [&str; 8] = ["note", "notes", "comment", "text", "content", "message", "description", "details"];

/// What no tool does, and where a person does it.
const NOT_DONE: [(&str, &[&str]); 5] = [
    (
        "Tags are removed by a tool of the toolset \"manage\", which may be off",
        &["removeTags", "deleteTags", "tagsToRemove", "untag"],
    ),
    (
        "Notes and tasks are written by tools of the toolset \"activity\", which may be off",
        &["note", "notes", "comment", "comments", "task", "tasks"],
    ),
    (
        "Do-not-disturb is turned on by a tool of the toolset \"manage\", which may be off; only a person turns it off",
        &["dnd", "dndSettings", "doNotDisturb", "unsubscribe", "optOut"],
    ),
    (
        "This server does not write additional e-mails or phones: HighLevel's API cannot store them",
        &["additionalEmails", "additionalPhones", "secondaryEmail", "secondaryPhone", "email2", "phone2"],
    ),
    (
        "Send the fields of the contact as the arguments themselves, not inside another object",
        &["contact", "contactData", "data", "input", "params", "arguments", "args", "payload", "body"],
    ),
];

/// The field that `sent` names, of an object with the fields `known`: also in `snake_case`, or in other letters.
pub(crate) fn field<'a>(sent: &str, mut known: impl Iterator<Item = &'a String> + Clone) -> Option<&'a str> {
    // Most callers send the exact name: then no name is put into another form.
    let exact = known.clone().find(|name| *name == sent);
    let other = || {
        let plain = plain_name(sent);
        known.find(|name| plain_name(name) == plain)
    };
    exact.or_else(other).map(String::as_str)
}

/// Whether a host adds this word to every call.
pub(crate) fn is_host_word(sent: &str) -> bool {
    HOST_WORDS.contains(&sent)
}

/// What to do instead of sending `sent` to a tool that has the fields `known`, where that is certain.
pub(crate) fn advice(sent: &str, known: &[&str]) -> Option<String> {
    let sent = plain_name(sent);
    let is_one = |words: &&[&str]| words.iter().any(|word| plain_name(word) == sent);
    if known.contains(&"body") && is_one(&&TEXTS[..]) {
        return Some("Send it as \"body\"".to_owned());
    }
    let other = OTHER_NAMES.iter().find(|(field, words)| known.contains(field) && is_one(words));
    match (other, NOT_DONE.iter().find(|(_, words)| is_one(words))) {
        (Some(("cursor", _)), _) => {
            Some("Pages go by \"cursor\": send the nextCursor of the answer before".to_owned())
        }
        (Some((field, _)), _) => Some(format!("Send it as \"{field}\"")),
        (None, Some((instead, _))) => Some((*instead).to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_snake_case_is_the_field() {
        let known = ["firstName".to_owned(), "address1".to_owned()];
        for sent in ["firstName", "first_name", "FirstName", "first name", "FIRST-NAME"] {
            assert_eq!(field(sent, known.iter()), Some("firstName"));
        }
        assert_eq!(field("address_1", known.iter()), Some("address1"));
        assert_eq!(field("first", known.iter()), None);
    }

    #[test]
    fn another_word_is_answered_with_the_argument_that_the_tool_has() {
        let known = ["email", "postalCode", "contactId", "cursor"];
        assert_eq!(advice("zip_code", &known).unwrap(), "Send it as \"postalCode\"");
        assert_eq!(advice("id", &known).unwrap(), "Send it as \"contactId\"");
        assert!(advice("page", &known).unwrap().contains("nextCursor"));
        assert!(advice("contact", &known).unwrap().contains("as the arguments themselves"));
        assert!(advice("remove_tags", &known).unwrap().contains("toolset \"manage\""));
        assert_eq!(advice("dob", &known), None);
        assert_eq!(advice("xyz", &known), None);
    }

    #[test]
    fn no_word_leads_two_ways() {
        let mut words: Vec<String> = OTHER_NAMES
            .iter()
            .chain(&NOT_DONE)
            .flat_map(|(_, words)| words.iter().map(|word| plain_name(word)))
            .collect();
        words.sort();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
