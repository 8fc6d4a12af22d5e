//! The tools over one location or several; with several, each call names its location.

use std::fmt;
use std::sync::Arc;

use rmcp::model::{CallToolResult, JsonObject};
use serde_json::{Value, json};

use crate::ghl::model::text::plain_name;
use crate::tool::words::echo;
use crate::tool::{Answer, CallInfo, Catalogue, Code, Entry, Failure};

/// The argument that names the location, and the field of an answer that repeats it.
const FIELD: &str = "locationId";

/// One location's tools.
pub struct Location<C> {
    /// HighLevel's id of the location.
    pub id: String,
    /// The name that people know it by.
    pub label: Option<String>,
    /// Its tools, with its own context, toolsets and read-only mode.
    pub catalogue: Arc<Catalogue<C>>,
}

/// The tools that one client may call.
///
/// With several locations, every tool has the argument `locationId`, limited to the locations that serve the tool, and
/// every answer repeats it. A call reaches the context of that location only.
pub struct Locations<C> {
    served: Served<C>,
    definitions: Vec<rmcp::model::Tool>,
}

enum Served<C> {
    One(Arc<Catalogue<C>>),
    Several(Vec<Location<C>>),
}

impl<C: Send + Sync + 'static> Locations<C> {
    /// The tools of one location. Calls do not name it.
    #[must_use]
    pub fn one(catalogue: Arc<Catalogue<C>>) -> Self {
        let definitions = catalogue.definitions();
        Self { served: Served::One(catalogue), definitions }
    }

    /// The tools of these locations, in the order in which a model sees them.
    #[must_use]
    pub fn of(mut locations: Vec<Location<C>>) -> Self {
        if locations.len() == 1
            && let Some(only) = locations.pop()
        {
            return Self::one(only.catalogue);
        }
        let mut tools: Vec<_> =
            locations.iter().flat_map(|location| location.catalogue.definitions()).collect();
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        tools.dedup_by(|a, b| a.name == b.name);
        let definitions = tools.into_iter().map(|tool| with_argument(tool, &locations)).collect();
        Self { served: Served::Several(locations), definitions }
    }

    /// What `tools/list` serves, in the order of names.
    #[must_use]
    pub fn definitions(&self) -> &[rmcp::model::Tool] {
        &self.definitions
    }

    /// The tool of that name as `tools/list` serves it, if it is served.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&rmcp::model::Tool> {
        let place = self.definitions.binary_search_by(|tool| (*tool.name).cmp(name)).ok()?;
        self.definitions.get(place)
    }

    /// Answers one call. Never panics: a panic in a tool is an answered failure.
    pub async fn call(&self, name: &str, mut arguments: JsonObject, info: CallInfo) -> Answer {
        let locations = match &self.served {
            Served::One(catalogue) => return catalogue.call(name, arguments, info).await,
            Served::Several(locations) => locations,
        };
        let Some(entry) = locations.iter().find_map(|location| location.catalogue.get(name)) else {
            return self.unknown();
        };
        let key = arguments.keys().find(|key| plain_name(key) == plain_name(FIELD)).cloned();
        let sent = key.and_then(|key| arguments.remove(&key));
        let Some(location) = sent.as_ref().and_then(|id| find(locations, id)) else {
            let failure = wrong_location(locations, sent.as_ref());
            return Answer::Result(Box::new(failure.into_result(entry.effect())));
        };
        match location.catalogue.call(name, arguments, info).await {
            Answer::Result(result) => Answer::Result(Box::new(with_id(*result, &location.id))),
            unknown @ Answer::UnknownTool { .. } => unknown,
        }
    }

    /// Answers a call whose arguments are no object or have a key twice, as any bad argument is answered.
    #[must_use]
    pub fn refuse(&self, name: &str, bad_arguments: Failure) -> Answer {
        match &self.served {
            Served::One(catalogue) => catalogue.refuse(name, bad_arguments),
            Served::Several(locations) => {
                match locations.iter().find(|location| location.catalogue.get(name).is_some()) {
                    Some(location) => location.catalogue.refuse(name, bad_arguments),
                    None => self.unknown(),
                }
            }
        }
    }

    /// The tool's name from the source, if there is such a tool: one of few words, so it can label metrics.
    #[must_use]
    pub fn static_name(&self, name: &str) -> Option<&'static str> {
        let of = |catalogue: &Catalogue<C>| catalogue.get(name).map(Entry::name);
        match &self.served {
            Served::One(catalogue) => of(catalogue),
            Served::Several(locations) => locations.iter().find_map(|location| of(&location.catalogue)),
        }
    }

    fn unknown(&self) -> Answer {
        let served = self.definitions.iter().filter_map(|tool| self.static_name(&tool.name));
        Answer::UnknownTool { known: served.collect() }
    }
}

impl<C> fmt::Debug for Location<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Location").field("id", &self.id).finish_non_exhaustive()
    }
}

impl<C> fmt::Debug for Locations<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.definitions.iter().map(|tool| &tool.name)).finish()
    }
}

/// The location of this id, or the only one of this name.
fn find<'a, C>(locations: &'a [Location<C>], sent: &Value) -> Option<&'a Location<C>> {
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
fn wrong_location<C>(locations: &[Location<C>], sent: Option<&Value>) -> Failure {
    let message = match sent {
        None | Some(Value::Null) => "locationId is missing.".to_owned(),
        Some(Value::String(id)) => {
            format!("locationId \"{}\" is not one you may use.", echo(id))
        }
        Some(_) => "locationId is not a string.".to_owned(),
    };
    let one = |location: &Location<C>| match &location.label {
        Some(label) => format!("{} ({label})", location.id),
        None => location.id.clone(),
    };
    let ids: Vec<_> = locations.iter().map(one).collect();
    Failure::new(Code::InvalidArguments, message).with_hint(format!("Give one of: {}.", ids.join(", ")))
}

/// `tool` with one more argument, the locations that serve it, and with the location as one more field of its answer.
fn with_argument<C: Send + Sync + 'static>(
    mut tool: rmcp::model::Tool,
    locations: &[Location<C>],
) -> rmcp::model::Tool {
    let serves = |location: &&Location<C>| location.catalogue.serves(&tool.name);
    let serving: Vec<_> = locations.iter().filter(serves).collect();
    let ids: Vec<_> = serving.iter().map(|location| location.id.as_str()).collect();
    let labels: Vec<_> = serving
        .iter()
        .filter_map(|location| location.label.as_ref().map(|label| format!("{} is {label}", location.id)))
        .collect();
    let field = if labels.is_empty() {
        json!({ "type": "string", "enum": ids })
    } else {
        json!({ "type": "string", "enum": ids, "description": labels.join("; ") })
    };
    let mut input = (*tool.input_schema).clone();
    property(&mut input, field);
    match input.entry("required").or_insert_with(|| json!([])) {
        Value::Array(required) => required.insert(0, FIELD.into()),
        other => *other = json!([FIELD]),
    }
    tool.input_schema = Arc::new(input);
    if let Some(output) = &tool.output_schema {
        let mut output = (**output).clone();
        property(&mut output, json!({ "type": "string" }));
        tool.output_schema = Some(Arc::new(output));
    }
    tool
}

fn property(schema: &mut JsonObject, field: Value) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(FIELD.to_owned(), field);
    }
}

/// `result` with the id of its location. The text of a failure stays as it is.
fn with_id(mut result: CallToolResult, id: &str) -> CallToolResult {
    let Some(Value::Object(content)) = &mut result.structured_content else { return result };
    content.insert(FIELD.to_owned(), id.into());
    if result.is_error == Some(true) {
        return result;
    }
    CallToolResult::structured(Value::Object(std::mem::take(content)))
}
