//! The tools over one location or several; with several, each call names its location.

mod argument;
mod location;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;

use crate::ghl::model::text::plain_name;
use crate::tool::locations::argument::{find, with_argument, wrong_location};
use crate::tool::words::LOCATION_ID;
use crate::tool::{Answer, CallInfo, Catalogue, Entry, Failure, Offers};

pub use crate::tool::locations::location::Location;

/// The tools that one client may call.
///
/// With several locations, every tool has the argument `locationId`, and every answer repeats it. The schema lists the
/// locations that serve the tool, unless there are many. A call reaches the context of that location only.
pub struct Locations<C> {
    served: Served<C>,
    /// Made on first use.
    definitions: OnceLock<Vec<rmcp::model::Tool>>,
}

enum Served<C> {
    One(Arc<Catalogue<C>>),
    Several(Vec<Location<C>>),
}

impl<C: Send + Sync + 'static> Locations<C> {
    /// The tools of one location. Calls do not name it.
    #[must_use]
    pub fn one(catalogue: Arc<Catalogue<C>>) -> Self {
        Self { served: Served::One(catalogue), definitions: OnceLock::new() }
    }

    /// The tools of these locations, in the order in which a model sees them.
    #[must_use]
    pub fn of(mut locations: Vec<Location<C>>) -> Self {
        if locations.len() == 1
            && let Some(only) = locations.pop()
        {
            return Self::one(only.catalogue);
        }
        Self { served: Served::Several(locations), definitions: OnceLock::new() }
    }

    /// What `tools/list` serves, in the order of names.
    #[must_use]
    pub fn definitions(&self) -> &[rmcp::model::Tool] {
        self.definitions.get_or_init(|| match &self.served {
            Served::One(catalogue) => catalogue.definitions(),
            Served::Several(locations) => {
                let mut tools = BTreeMap::new();
                for entry in locations.iter().flat_map(|location| location.catalogue.served()) {
                    tools.entry(entry.name()).or_insert_with(|| entry.definition());
                }
                tools.into_values().map(|tool| with_argument(tool.clone(), locations)).collect()
            }
        })
    }

    /// The tool of that name as `tools/list` serves it, if it is served.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&rmcp::model::Tool> {
        let definitions = self.definitions();
        let place = definitions.binary_search_by(|tool| (*tool.name).cmp(name)).ok()?;
        definitions.get(place)
    }

    /// Whether each call names its location.
    #[must_use]
    pub fn are_several(&self) -> bool {
        matches!(self.served, Served::Several(_))
    }

    /// What the server offers beside the tools.
    #[must_use]
    pub fn offers(&self) -> Offers {
        let offers = |catalogue: &Catalogue<C>| catalogue.offers();
        match &self.served {
            Served::One(catalogue) => offers(catalogue),
            Served::Several(locations) => {
                locations.first().map(|location| offers(&location.catalogue)).unwrap_or_default()
            }
        }
    }

    /// The ids of several locations whose id or name begins with what was typed.
    #[must_use]
    pub fn complete_id(&self, typed: &str) -> Vec<String> {
        let Served::Several(locations) = &self.served else { return Vec::new() };
        let typed = typed.trim().to_lowercase();
        let begins = |text: &str| text.to_lowercase().starts_with(&typed);
        let fits =
            |location: &&Location<C>| begins(&location.id) || location.label.as_deref().is_some_and(begins);
        locations.iter().filter(fits).map(|location| location.id.clone()).collect()
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
        let key = arguments.keys().find(|key| plain_name(key) == plain_name(LOCATION_ID)).cloned();
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

    /// Whether there is a tool of that name and it writes, whether served or not.
    #[must_use]
    pub fn writes(&self, name: &str) -> bool {
        let writes =
            |catalogue: &Catalogue<C>| catalogue.get(name).is_some_and(|entry| entry.effect().writes());
        match &self.served {
            Served::One(catalogue) => writes(catalogue),
            Served::Several(locations) => locations.iter().any(|location| writes(&location.catalogue)),
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
        let served = self.definitions().iter().filter_map(|tool| self.static_name(&tool.name));
        Answer::UnknownTool { known: served.collect() }
    }
}

impl<C> fmt::Debug for Locations<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locations").finish_non_exhaustive()
    }
}

/// `result` with the id of its location. The text of a failure stays as it is.
fn with_id(mut result: CallToolResult, id: &str) -> CallToolResult {
    let Some(Value::Object(content)) = &mut result.structured_content else { return result };
    content.insert(LOCATION_ID.to_owned(), id.into());
    if result.is_error == Some(true) {
        return result;
    }
    CallToolResult::structured(Value::Object(std::mem::take(content)))
}
