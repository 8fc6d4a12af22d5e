//! Prompts: tasks that a person chooses in a host, with a few words filled in.

use std::collections::BTreeMap;

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::ghl::model::text::plain_name;
use crate::tool::completion::Completion;
use crate::tool::echo;

/// The most characters of one argument.
const MAX_CHARS: usize = 2_000;

/// One prompt.
#[derive(Debug)]
pub struct Prompt {
    /// The name in `prompts/list`.
    pub name: &'static str,
    /// The name that a person sees.
    pub title: &'static str,
    /// What a person reads before choosing it.
    pub description: &'static str,
    /// What the person fills in.
    pub arguments: &'static [PromptArgument],
    /// The text that the model gets.
    pub text: fn(&Filled<'_>) -> String,
}

/// One argument of a prompt.
#[derive(Debug)]
pub struct PromptArgument {
    /// Its name.
    pub name: &'static str,
    /// What to fill in.
    pub description: &'static str,
    /// Whether the prompt cannot be used without it.
    pub required: bool,
    /// The values that a host can offer.
    pub completion: Option<&'static Completion>,
}

/// What a person filled in, and which tools the server has.
pub struct Filled<'a> {
    values: BTreeMap<&'static str, String>,
    serves: &'a dyn Fn(&str) -> bool,
}

impl Prompt {
    /// The text for these arguments; `serves` says whether the server has a tool.
    ///
    /// # Errors
    /// An argument is missing, not known or no text, with words for the person.
    pub fn fill(&self, sent: JsonObject, serves: &dyn Fn(&str) -> bool) -> Result<String, String> {
        let mut values = BTreeMap::new();
        for (name, value) in sent {
            let argument = self.argument(&name).ok_or_else(|| self.unknown(&name))?;
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                _ => return Err(format!("the argument \"{}\" is a text", argument.name)),
            };
            if text.chars().count() > MAX_CHARS {
                return Err(format!("the argument \"{}\" has at most {MAX_CHARS} characters", argument.name));
            }
            if !text.trim().is_empty() {
                values.insert(argument.name, text.trim().to_owned());
            }
        }
        let is_missing =
            |argument: &&PromptArgument| argument.required && !values.contains_key(argument.name);
        if let Some(missing) = self.arguments.iter().find(is_missing) {
            return Err(format!("the argument \"{}\" is missing: {}", missing.name, missing.description));
        }
        Ok((self.text)(&Filled { values, serves }))
    }

    /// The argument of this name, however its words are joined.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&PromptArgument> {
        self.arguments.iter().find(|argument| plain_name(argument.name) == plain_name(name))
    }

    fn unknown(&self, name: &str) -> String {
        let known: Vec<_> = self.arguments.iter().map(|argument| argument.name).collect();
        format!("the prompt has no argument \"{}\"; it has {}", echo(name), known.join(", "))
    }
}

impl Filled<'_> {
    /// What was filled in, in quotes: it is data, and its end can be seen.
    #[must_use]
    pub fn quoted(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|text| Value::from(text.as_str()).to_string())
    }

    /// Whether the server has the tool of this name.
    #[must_use]
    pub fn serves(&self, tool: &str) -> bool {
        (self.serves)(tool)
    }
}

impl std::fmt::Debug for Filled<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(&self.values).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GREET: Prompt = Prompt {
        name: "greet",
        title: "Greet",
        description: "Greet a person",
        arguments: &[
            PromptArgument { name: "contact", description: "Whom", required: true, completion: None },
            PromptArgument { name: "dueDay", description: "When", required: false, completion: None },
        ],
        text: |filled| {
            let day = filled.quoted("dueDay").unwrap_or_default();
            format!("Greet {} {day}{}", filled.quoted("contact").unwrap_or_default(), filled.serves("mail"))
        },
    };

    fn fill(sent: Value) -> Result<String, String> {
        let Value::Object(sent) = sent else { return Err("no object".to_owned()) };
        GREET.fill(sent, &|tool| tool == "mail")
    }

    #[test]
    fn what_a_person_fills_in_is_quoted_and_cannot_end_its_quotes() {
        assert_eq!(
            fill(json!({"contact": " Jane \"J\"\nSmith "})).unwrap(),
            r#"Greet "Jane \"J\"\nSmith" true"#
        );
        assert_eq!(fill(json!({"Contact": "J", "due_day": 3})).unwrap(), r#"Greet "J" "3"true"#);
    }

    #[test]
    fn an_argument_that_cannot_be_used_is_named() {
        for (sent, words) in [
            (json!({}), "the argument \"contact\" is missing: Whom"),
            (json!({"contact": "  "}), "the argument \"contact\" is missing: Whom"),
            (json!({"contact": null}), "the argument \"contact\" is missing: Whom"),
            (json!({"contact": ["a"]}), "the argument \"contact\" is a text"),
            (json!({"contact": "a", "x": "b"}), "the prompt has no argument \"x\"; it has contact, dueDay"),
            (json!({"contact": "a".repeat(2_001)}), "the argument \"contact\" has at most 2000 characters"),
        ] {
            assert_eq!(fill(sent).unwrap_err(), words);
        }
    }
}
