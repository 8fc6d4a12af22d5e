//! The argument that names a location: its schema, the location that it means, and the words where it means none.

use std::sync::Arc;

use rmcp::model::JsonObject;
use serde_json::{Value, json};

use crate::ghl::model::text::plain_name;
use crate::tool::locations::location::Location;
use crate::tool::words::{LOCATION_ID, echo};
use crate::tool::{Code, Failure};

/// The most locations that a schema and an error list. A list of 1,000 in each tool is 100 KB of a model's context.
const MAX_LISTED: usize = 20;
/// The locations that an error names if there are more.
const MAX_NEAREST: usize = 5;

/// The location of this id, or the only one of this name.
pub(crate) fn find<'a, C>(locations: &'a [Location<C>], sent: &Value) -> Option<&'a Location<C>> {
    let sent = sent.as_str()?.trim();
    let is_named = |location: &&Location<C>| {
        location.label.as_ref().is_some_and(|label| label.trim().to_lowercase() == sent.to_lowercase())
    };
    let mut named = locations.iter().filter(is_named);
    locations
        .iter()
        .find(|location| location.id == sent)
        .or_else(|| named.next().filter(|_| named.next().is_none()))
}

/// The failure of a call that names no location of this client. Its words are the same for a location that exists
/// elsewhere and for one that does not exist.
pub(crate) fn wrong_location<C>(locations: &[Location<C>], sent: Option<&Value>) -> Failure {
    let message = match sent {
        None | Some(Value::Null) => "locationId is missing.".to_owned(),
        Some(Value::String(id)) => {
            format!("locationId \"{}\" is not one you may use.", echo(id))
        }
        Some(_) => "locationId is not a string.".to_owned(),
    };
    let sent = sent.and_then(Value::as_str).unwrap_or_default();
    let named: Vec<_> = nearest(locations, sent).into_iter().map(Location::named).collect();
    let named = named.join(", ");
    Failure::new(Code::InvalidArguments, message).with_hint(if locations.len() <= MAX_LISTED {
        format!("Give one of: {named}.")
    } else {
        format!("Give the id or the name of one of {} locations. The nearest are: {named}.", locations.len())
    })
}

/// The locations that an error names: all, or if they are many those whose id or name is most like `sent`.
fn nearest<'a, C>(locations: &'a [Location<C>], sent: &str) -> Vec<&'a Location<C>> {
    if locations.len() <= MAX_LISTED {
        return locations.iter().collect();
    }
    let sent = plain_name(&echo(sent));
    let is_like = |text: &str| strsim::jaro_winkler(&plain_name(text), &sent);
    let likeness = |one: &Location<C>| one.label.as_deref().map_or(0.0, is_like).max(is_like(&one.id));
    let mut nearest: Vec<_> = locations.iter().map(|location| (likeness(location), location)).collect();
    nearest.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    nearest.into_iter().take(MAX_NEAREST).map(|(_, location)| location).collect()
}

/// `tool` with one more argument, the locations that serve it, and with the location as one more field of its answer.
pub(crate) fn with_argument<C: Send + Sync + 'static>(
    mut tool: rmcp::model::Tool,
    locations: &[Location<C>],
) -> rmcp::model::Tool {
    let serves = |location: &&Location<C>| location.catalogue.serves(&tool.name);
    let serving: Vec<_> = locations.iter().filter(serves).collect();
    let field = if serving.len() > MAX_LISTED {
        let text = format!(
            "The id or the name of one of {} locations; a wrong one is answered with those most like it",
            serving.len()
        );
        json!({ "type": "string", "description": text })
    } else {
        listed(&serving)
    };
    let mut input = (*tool.input_schema).clone();
    property(&mut input, field);
    match input.entry("required").or_insert_with(|| json!([])) {
        Value::Array(required) => required.insert(0, LOCATION_ID.into()),
        other => *other = json!([LOCATION_ID]),
    }
    tool.input_schema = Arc::new(input);
    if let Some(output) = &tool.output_schema {
        let mut output = (**output).clone();
        property(&mut output, json!({ "type": "string" }));
        tool.output_schema = Some(Arc::new(output));
    }
    tool
}

/// The schema of an argument that is one of these locations.
fn listed<C>(serving: &[&Location<C>]) -> Value {
    let ids: Vec<_> = serving.iter().map(|location| location.id.as_str()).collect();
    let labels: Vec<_> = serving
        .iter()
        .filter_map(|location| location.label.as_ref().map(|label| format!("{} is {label}", location.id)))
        .collect();
    if labels.is_empty() {
        json!({ "type": "string", "enum": ids })
    } else {
        json!({ "type": "string", "enum": ids, "description": labels.join("; ") })
    }
}

fn property(schema: &mut JsonObject, field: Value) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(LOCATION_ID.to_owned(), field);
    }
}
