//! Rules for all tools. They tell the author of a new tool what is missing.

#![expect(clippy::disallowed_methods, reason = "reads the committed schemas")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ghl_contacts_mcp::tool::Toolset;
use ghl_contacts_mcp::tools;
use rmcp::model::Tool;
use serde_json::{Value, json};

/// The bytes that a model may have to read of one toolset: names, descriptions, input schemas.
const MOST_FOR_A_MODEL: usize = 5_200;
/// The bytes that `tools/list` of one toolset may have.
const MOST_IN_ALL: usize = 9_000;
/// What to do when a new tool meets a budget.
const OVER_BUDGET: &str = "Every conversation pays for these bytes. Shorten the descriptions of the arguments, show rare \
    values in the answer's schema only, or put the new tool into a toolset that is off by default. Raise a budget only \
    with a reason in the commit.";

fn everything() -> Vec<Tool> {
    tools::all().definitions(&Toolset::ALL)
}

fn size(value: &impl serde::Serialize) -> usize {
    serde_json::to_vec(value).unwrap().len()
}

#[test]
fn no_two_tools_share_a_name() {
    assert!(tools::all().duplicates().is_empty());
}

#[test]
fn each_toolset_stays_within_its_byte_budget() {
    let read = |tool: &Tool| {
        tool.name.len() + tool.description.as_ref().map_or(0, |text| text.len()) + size(&*tool.input_schema)
    };
    let default = ("default tools", tools::all().definitions(&Toolset::DEFAULT));
    let each = Toolset::ALL.map(|set| (set.word(), tools::all().definitions(&[set])));
    for (set, tools) in [default].into_iter().chain(each) {
        let model: usize = tools.iter().map(read).sum();
        let all = size(&json!({ "tools": tools }));
        assert!(
            model <= MOST_FOR_A_MODEL,
            "{set}: a model reads {model} of {MOST_FOR_A_MODEL} bytes. {OVER_BUDGET}"
        );
        assert!(all <= MOST_IN_ALL, "{set}: tools/list has {all} of {MOST_IN_ALL} bytes. {OVER_BUDGET}");
    }
}

#[test]
fn every_tool_has_a_name_a_description_and_hints() {
    for tool in everything() {
        let name = &tool.name;
        assert!(name.starts_with("ghl_") && name.len() <= 40, "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
        assert!(tool.title.is_some(), "{name} has no title");
        let description = tool.description.as_deref().unwrap_or_default();
        assert!(description.ends_with('.') && description.len() <= 400, "{name}: {}", description.len());
        let hints = tool.annotations.as_ref().unwrap();
        let all =
            [hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint];
        assert!(all.iter().all(Option::is_some), "{name} leaves a hint to the host");
        assert!(all[0] == Some(false) || all[1] == Some(false), "{name} reads only and destroys");
        if hints.read_only_hint == Some(true) {
            assert!(description.contains("Never changes"), "{name} reads only and does not say so");
        }
    }
}

#[test]
fn every_example_is_accepted_by_its_own_tool() {
    for entry in tools::all().entries() {
        let example: Value = serde_json::from_str(entry.example()).unwrap();
        let arguments = example.as_object().unwrap().clone();
        entry.check(arguments).unwrap_or_else(|failure| panic!("{}: {}", entry.name(), failure.text()));
        let schema = Value::Object((*entry.definition().input_schema).clone());
        assert!(
            jsonschema::is_valid(&schema, &example),
            "{}'s example is not valid under its schema",
            entry.name()
        );
    }
}

#[test]
fn every_schema_uses_only_what_every_host_reads() {
    for tool in everything() {
        let input = Value::Object((*tool.input_schema).clone());
        let output = Value::Object((**tool.output_schema.as_ref().unwrap()).clone());
        // The Python SDK of Gemini refuses all tools of a server that has this keyword (google-genai 3.6.1).
        assert!(!input.to_string().contains("additionalProperties"), "{}", tool.name);
        for schema in [&input, &output] {
            assert!(jsonschema::meta::is_valid(schema), "{}", tool.name);
            assert_eq!(schema["type"], "object", "{}", tool.name);
            let text = schema.to_string();
            for word in [
                "$ref",
                "$defs",
                "$schema",
                "\"title\":\"",
                "uint",
                "int64",
                "double",
                "\"null\"",
                "\"type\":[",
            ] {
                assert!(!text.contains(word), "{} holds {word}: {text}", tool.name);
            }
        }
        // The TypeScript client validates the structured content of an error by this schema too.
        assert_eq!(output.get("required"), None, "{}", tool.name);
        assert_eq!(output.get("additionalProperties"), None, "{}", tool.name);
    }
}

#[test]
fn the_committed_schemas_equal_the_served_ones() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tool-schemas");
    let mut expected = BTreeSet::new();
    for tool in everything() {
        let name = format!("{}.json", tool.name);
        let served = serde_json::to_string_pretty(&tool).unwrap() + "\n";
        let committed = fs::read_to_string(dir.join(&name)).unwrap_or_default();
        assert_eq!(committed, served, "{name} is not current: run `cargo run -- schemas`");
        expected.insert(name);
    }
    let there: BTreeSet<_> =
        fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, expected, "tool-schemas/ holds a file that belongs to no tool");
}

#[test]
fn every_tool_has_a_spec_of_its_own() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tools");
    for tool in everything() {
        let name = tool.name.trim_start_matches("ghl_").to_owned();
        let there = tests.join(format!("{name}.rs")).exists() || tests.join(&name).is_dir();
        assert!(there, "tests/it/tools/{name}.rs is missing");
    }
}

#[test]
fn every_call_of_the_recipes_article_is_accepted() {
    let tools = tools::all();
    let entry = tools.entries().find(|entry| entry.example().contains("firstName")).unwrap();
    let call = json!({ "email": "jane@example.com", "firstName": "Jane", "lastName": "Smith", "phone": "+14155550101", "tags": ["lead"] });
    entry.check(call.as_object().unwrap().clone()).unwrap();
    entry.check(json!({ "email": "jane@example.com" }).as_object().unwrap().clone()).unwrap();
}
