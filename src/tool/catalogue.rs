//! The tools over one context: what is served, what is refused, and how a call is answered.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;

use crate::tool::answer::{fit, place};
use crate::tool::entry::internal;
use crate::tool::limiter::{CallLimiter, Saturated};
use crate::tool::{CallInfo, Code, Entry, Failure, Offers, ToolList, Toolset};

/// The tools over one context `C`.
pub struct Catalogue<C> {
    context: Arc<C>,
    tools: Arc<ToolList<C>>,
    toolsets: Vec<Toolset>,
    read_only: bool,
    limiter: Arc<CallLimiter>,
}

/// The answer to a call.
#[derive(Debug)]
pub enum Answer {
    /// The tool's output or its failure, for the model to read.
    Result(Box<CallToolResult>),
    /// No tool has that name; these are served.
    UnknownTool {
        /// The names that are served now, in order.
        known: Vec<&'static str>,
    },
}

impl<C: Send + Sync + 'static> Catalogue<C> {
    /// The tools of `tools`, which other catalogues may share; every call gets `context`. The default toolset is on, writing
    /// is allowed.
    #[must_use]
    pub fn new(context: Arc<C>, tools: impl Into<Arc<ToolList<C>>>) -> Self {
        Self {
            context,
            tools: tools.into(),
            toolsets: Toolset::DEFAULT.to_vec(),
            read_only: false,
            limiter: Arc::default(),
        }
    }

    /// With a limiter that other catalogues share: their calls are counted together.
    #[must_use]
    pub fn limiter(mut self, limiter: Arc<CallLimiter>) -> Self {
        self.limiter = limiter;
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

    /// The tool of that name, whether served or not.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry<C>> {
        self.tools.get(name)
    }

    /// What is offered beside the tools.
    #[must_use]
    pub fn offers(&self) -> Offers {
        self.tools.offers()
    }

    /// What `tools/list` serves: the tools of the toolsets that are on, without the writing ones in read-only
    /// mode, in the order of names.
    #[must_use]
    pub fn definitions(&self) -> Vec<rmcp::model::Tool> {
        self.served().map(|entry| entry.definition().clone()).collect()
    }

    /// Answers one call. Never panics: a panic in a tool is an answered failure.
    pub async fn call(&self, name: &str, arguments: JsonObject, info: CallInfo) -> Answer {
        let Some(entry) = self.get(name) else { return self.unknown_tool() };
        let client = info.client.clone();
        // A person attaches a resource; toolsets are about what a model chooses.
        let is_open = info.is_resource && !entry.effect().writes();
        let outcome = match self.refusal(entry).filter(|_| !is_open) {
            Some(refusal) => Err(refusal),
            None => self.admit(entry, arguments, info).await,
        };
        answer(entry, outcome.map_err(|failure| with_place(failure, client.as_deref())))
    }

    /// Answers a call whose arguments are no object or have a key twice, as any bad argument is answered.
    #[must_use]
    pub fn refuse(&self, name: &str, bad_arguments: Failure) -> Answer {
        let Some(entry) = self.get(name) else { return self.unknown_tool() };
        answer(entry, Err(self.refusal(entry).unwrap_or(bad_arguments)))
    }

    /// Whether a tool of that name is served now.
    #[must_use]
    pub fn serves(&self, name: &str) -> bool {
        self.get(name).is_some_and(|entry| self.refusal(entry).is_none())
    }

    /// The tools that [`Self::definitions`] has.
    pub(crate) fn served(&self) -> impl Iterator<Item = &Entry<C>> {
        self.tools.entries().filter(|entry| self.refusal(entry).is_none())
    }

    fn unknown_tool(&self) -> Answer {
        Answer::UnknownTool { known: self.served().map(Entry::name).collect() }
    }

    /// Why the tool is not served, if it is not.
    fn refusal(&self, entry: &Entry<C>) -> Option<Failure> {
        let (name, toolset) = (entry.name(), entry.toolset());
        if !self.toolsets.contains(&toolset) {
            let mut on: Vec<_> = self.toolsets.iter().map(ToString::to_string).collect();
            on.push(toolset.to_string());
            let failure = Failure::new(
                Code::ToolsetDisabled,
                format!("{name} belongs to the toolset \"{toolset}\", which is off."),
            );
            return Some(failure.with_hint(format!(
                "The person who runs this server can turn it on with --toolsets {0} or GHL_TOOLSETS={0}.",
                on.join(",")
            )));
        }
        if self.read_only && entry.effect().writes() {
            let failure =
                Failure::new(Code::ReadOnly, format!("{name} writes, and this server is read-only."));
            return Some(failure.with_hint(
                "The person who runs this server can allow writes: start it without --read-only (GHL_READ_ONLY).",
            ));
        }
        None
    }

    /// Runs the call when the limiter admits it.
    async fn admit(
        &self,
        entry: &Entry<C>,
        arguments: JsonObject,
        mut info: CallInfo,
    ) -> Result<Value, Failure> {
        let permit = tokio::select! {
            permit = self.limiter.admit() => permit.map_err(|Saturated| busy())?,
            () = info.caller.cancel().cancelled() => return Err(Failure::new(Code::Cancelled, "The call was cancelled before it started.")),
        };
        info.caller = info.caller.with_permit(permit);
        self.run(entry, arguments, info).await
    }

    async fn run(&self, entry: &Entry<C>, arguments: JsonObject, info: CallInfo) -> Result<Value, Failure> {
        let work = entry.call(Arc::clone(&self.context), info, arguments);
        // The SDK never answers a call whose handler panicked: the client would wait until its own timeout.
        AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(tool = entry.name(), "a tool panicked");
            Err(internal(entry.effect()))
        })
    }
}

impl<C> std::fmt::Debug for Catalogue<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.tools.fmt(f)
    }
}

fn answer<C>(entry: &Entry<C>, outcome: Result<Value, Failure>) -> Answer {
    Answer::Result(Box::new(match outcome {
        Ok(output) => {
            let schema = entry.definition().output_schema.as_deref();
            CallToolResult::structured(match schema {
                Some(schema) => fit(output, schema, entry.effect().writes()),
                None => output,
            })
        }
        Err(failure) => failure.into_result(entry.effect()),
    }))
}

/// A failure of missing settings says where they are in the host that is speaking.
fn with_place(failure: Failure, client: Option<&str>) -> Failure {
    match (failure.code, &failure.hint) {
        (Code::NotConfigured, Some(hint)) => {
            let hint = format!("{hint} {}", place(client));
            failure.with_hint(hint)
        }
        _ => failure,
    }
}

/// How long a client is asked to wait before it sends a refused call again.
const RETRY_AFTER_SECONDS: u64 = 5;

fn busy() -> Failure {
    Failure::new(Code::Busy, "The server is at its limit of running and queued calls.")
        .with_retry_after_seconds(RETRY_AFTER_SECONDS)
        .with_hint(format!(
            "Wait {RETRY_AFTER_SECONDS} seconds, then send the call again; send fewer calls at once."
        ))
}
