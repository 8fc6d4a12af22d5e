//! The list of tools over one context: what is served, what is refused, and how a call is answered.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;
use tracing::Instrument as _;

use crate::tool::input::{Shape, not_an_object, parse};
use crate::tool::limiter::{Full, Gate};
use crate::tool::{
    CallInfo, Effect, Failure, MayHaveWritten, Tool, Toolset, portable_input, portable_output,
};

type Call<C> = for<'a> fn(Arc<C>, CallInfo, &'a Shape, JsonObject) -> BoxFuture<'a, Result<Value, Failure>>;

/// The tools over one context `C`, in the order of their names.
pub struct Catalogue<C> {
    context: Arc<C>,
    entries: Vec<Entry<C>>,
    duplicates: BTreeSet<&'static str>,
    toolsets: Vec<Toolset>,
    read_only: bool,
    gate: Arc<Gate>,
}

/// One tool of a [`Catalogue`].
pub struct Entry<C> {
    definition: rmcp::model::Tool,
    name: &'static str,
    effect: Effect,
    toolset: Toolset,
    example: &'static str,
    shape: Shape,
    call: Call<C>,
    check: fn(&Shape, JsonObject) -> Result<(), Failure>,
}

/// What came of a call.
#[derive(Debug)]
pub enum Answer {
    /// The tool's answer or its failure, for the model to read.
    Result(Box<CallToolResult>),
    /// No tool has that name; these are served.
    UnknownTool {
        /// The names that are served now, in order.
        known: Vec<&'static str>,
    },
}

impl<C> Entry<C> {
    fn of<T: Tool<Context = C>>() -> Self {
        let definition = rmcp::model::Tool::new(T::NAME, T::DESCRIPTION, portable_input::<T::Input>())
            .with_title(T::TITLE)
            .with_raw_output_schema(Arc::new(portable_output::<T::Output>()))
            .with_annotations(T::EFFECT.annotations());
        Self {
            definition,
            name: T::NAME,
            effect: T::EFFECT,
            toolset: T::TOOLSET,
            example: T::EXAMPLE,
            shape: Shape::of::<T::Input>(),
            call: call::<T>,
            check: |shape, arguments| parse::<T::Input>(shape, arguments).map(drop),
        }
    }

    /// What `tools/list` says of it.
    #[must_use]
    pub fn definition(&self) -> &rmcp::model::Tool {
        &self.definition
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What one call may do to the CRM.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The toolset that it belongs to.
    #[must_use]
    pub fn toolset(&self) -> Toolset {
        self.toolset
    }

    /// One call's arguments, as JSON.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// Whether the tool takes these arguments, without calling it.
    ///
    /// # Errors
    ///
    /// The failure that a call with them would be answered with.
    pub fn check(&self, arguments: JsonObject) -> Result<(), Failure> {
        (self.check)(&self.shape, arguments)
    }
}

impl<C: Send + Sync + 'static> Catalogue<C> {
    /// An empty catalogue that hands `context` to every call. The toolset `contacts` is on, writing is allowed.
    #[must_use]
    pub fn new(context: Arc<C>) -> Self {
        Self {
            context,
            entries: Vec::new(),
            duplicates: BTreeSet::new(),
            toolsets: vec![Toolset::Contacts],
            read_only: false,
            gate: Arc::default(),
        }
    }

    /// Counts its calls together with everybody who has the same gate.
    #[must_use]
    pub fn gate(mut self, gate: Arc<Gate>) -> Self {
        self.gate = gate;
        self
    }

    /// With one more tool. Of two with the same name the first stays, and [`Self::duplicates`] tells.
    #[must_use]
    pub fn with<T: Tool<Context = C>>(mut self) -> Self {
        match self.entries.binary_search_by_key(&T::NAME, Entry::name) {
            Ok(_) => drop(self.duplicates.insert(T::NAME)),
            Err(place) => self.entries.insert(place, Entry::of::<T>()),
        }
        self
    }

    /// With these toolsets on and all others off.
    #[must_use]
    pub fn toolsets(mut self, toolsets: &[Toolset]) -> Self {
        self.toolsets = toolsets.to_vec();
        self
    }

    /// With writing tools hidden and refused, or not.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// The names that were given to more than one tool. A law test sees that there are none.
    #[must_use]
    pub fn duplicates(&self) -> Vec<&'static str> {
        self.duplicates.iter().copied().collect()
    }

    /// Every tool in the order of names, whether served or not.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<C>> {
        self.entries.iter()
    }

    /// The tool of that name, whether served or not.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry<C>> {
        let place = self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        self.entries.get(place)
    }

    /// What `tools/list` serves: the tools of the toolsets that are on, without the writing ones in read-only
    /// mode, in the order of names.
    #[must_use]
    pub fn definitions(&self) -> Vec<rmcp::model::Tool> {
        self.served().map(|entry| entry.definition.clone()).collect()
    }

    /// Answers one call. Never panics: a panic in a tool is an answered failure.
    pub async fn call(&self, name: &str, arguments: JsonObject, info: CallInfo) -> Answer {
        let Some(entry) = self.get(name) else {
            return Answer::UnknownTool { known: self.served().map(Entry::name).collect() };
        };
        let outcome = match self.refusal(entry) {
            Some(refusal) => Err(refusal),
            None => self.admit(entry, arguments, info).await,
        };
        answer(entry.name, outcome)
    }

    /// Answers a call whose arguments are not a JSON object: a bad argument like any other.
    #[must_use]
    pub fn call_without_object(&self, name: &str, arguments: &Value) -> Answer {
        match self.get(name) {
            Some(entry) => {
                answer(entry.name, Err(self.refusal(entry).unwrap_or_else(|| not_an_object(arguments))))
            }
            None => Answer::UnknownTool { known: self.served().map(Entry::name).collect() },
        }
    }

    /// Whether a tool of that name is served now.
    #[must_use]
    pub fn serves(&self, name: &str) -> bool {
        self.get(name).is_some_and(|entry| self.refusal(entry).is_none())
    }

    fn served(&self) -> impl Iterator<Item = &Entry<C>> {
        self.entries.iter().filter(|entry| self.refusal(entry).is_none())
    }

    fn refusal(&self, entry: &Entry<C>) -> Option<Failure> {
        let Entry { name, toolset, .. } = entry;
        if !self.toolsets.contains(toolset) {
            let mut on: Vec<_> = self.toolsets.iter().map(ToString::to_string).collect();
            on.push(toolset.to_string());
            let failure = Failure::new(
                "toolset_disabled",
                format!("{name} belongs to the toolset \"{toolset}\", which is off. Nothing was written."),
            );
            return Some(failure.with_hint(format!(
                "Whoever runs this server turns it on with --toolsets {0} or GHL_TOOLSETS={0}.",
                on.join(",")
            )));
        }
        if self.read_only && entry.effect.writes() {
            let failure = Failure::new(
                "read_only",
                format!("{name} writes, and this server is read-only. Nothing was written."),
            );
            return Some(failure.with_hint(
                "Whoever runs this server allows writing by starting it without --read-only (GHL_READ_ONLY).",
            ));
        }
        None
    }

    /// Runs the call once there is a place for it, or says at once that there is none.
    async fn admit(&self, entry: &Entry<C>, arguments: JsonObject, info: CallInfo) -> Result<Value, Failure> {
        let place = tokio::select! {
            place = self.gate.enter() => place.map_err(|Full| busy())?,
            () = info.cancel.cancelled() => return Err(Failure::new("cancelled", "The call was cancelled before it began. Nothing was written.")),
        };
        let outcome = self.run(entry, arguments, info).await;
        drop(place);
        outcome
    }

    async fn run(&self, entry: &Entry<C>, arguments: JsonObject, info: CallInfo) -> Result<Value, Failure> {
        // What a room below logs of a call, its audit line above all, is told apart by this.
        let request = info.request.clone().unwrap_or_default();
        let span = tracing::info_span!("call", tool = entry.name, request);
        let work = (entry.call)(Arc::clone(&self.context), info, &entry.shape, arguments).instrument(span);
        // The SDK never answers a call whose handler panicked, and the client would wait for ever.
        AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(tool = entry.name, "a tool panicked");
            Err(internal(entry.effect))
        })
    }
}

impl<C> std::fmt::Debug for Catalogue<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.entries.iter().map(|entry| entry.name)).finish()
    }
}

impl<C> std::fmt::Debug for Entry<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn call<T: Tool>(
    context: Arc<T::Context>,
    info: CallInfo,
    shape: &Shape,
    arguments: JsonObject,
) -> BoxFuture<'_, Result<Value, Failure>> {
    // Everything is inside the future, so that a panic anywhere in it is caught.
    Box::pin(async move {
        let output = T::call(context, info, parse(shape, arguments)?).await?;
        serde_json::to_value(output).map_err(|error| {
            tracing::error!(tool = T::NAME, %error, "an output could not be written as JSON");
            internal(T::EFFECT)
        })
    })
}

fn answer(tool: &'static str, outcome: Result<Value, Failure>) -> Answer {
    Answer::Result(Box::new(match outcome {
        Ok(output) => CallToolResult::structured(output),
        Err(failure) => {
            // The message may hold personal data, so the log has the facts and not the words.
            tracing::warn!(
                tool,
                code = failure.code,
                http_status = failure.http_status,
                may_have_written = ?failure.may_have_written,
                "a call failed"
            );
            failure.into_result()
        }
    }))
}

/// So long a client is asked to wait before it sends a call again that found no place.
const AGAIN_SECONDS: u64 = 5;

fn busy() -> Failure {
    Failure::new("busy", "Too many calls run and wait already. Nothing was written.")
        .with_retry_after_seconds(AGAIN_SECONDS)
        .with_hint(format!("Wait {AGAIN_SECONDS} seconds, then send it again; send fewer at once."))
}

fn internal(effect: Effect) -> Failure {
    let failure =
        Failure::new("internal", "The server failed inside this tool; that is a fault of the server.");
    if effect.writes() {
        failure
            .with_may_have_written(MayHaveWritten::Unknown)
            .with_hint("Look at what the CRM holds now before you send the call again.")
    } else {
        failure.with_hint("Nothing was written.")
    }
}
