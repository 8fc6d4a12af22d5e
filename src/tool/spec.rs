//! One tool: what a model reads about it, what it takes and gives, and what a call of it knows.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::tool::{Effect, Failure, Progress, Toolset, echo};

/// One MCP tool: what the model reads about it, what it takes and gives, and the async function behind it.
///
/// Everything else about the tool (hints, read-only mode, schemas, the shape of its answers) follows from
/// these items, so a tool is one file with one `impl`.
pub trait Tool: Send + Sync + 'static {
    /// The name in `tools/list`: `^[a-zA-Z0-9_-]{1,64}$`, or some hosts refuse the whole list.
    const NAME: &'static str;
    /// The name a person sees.
    const TITLE: &'static str;
    /// What the model reads before it chooses this tool.
    const DESCRIPTION: &'static str;
    /// What one call may do to the CRM.
    const EFFECT: Effect;
    /// The switch that turns the tool on.
    const TOOLSET: Toolset;
    /// One call's arguments as a JSON object; a law test sees that `Input` takes them.
    const EXAMPLE: &'static str;
    /// What every call is given: the connection to the CRM and the settings.
    type Context: Send + Sync + 'static;
    /// The arguments in their strict form: a struct that denies unknown fields. Other forms of them are read into it.
    type Input: DeserializeOwned + JsonSchema + Send + 'static;
    /// The answer. A struct; every `Option` in it is skipped when it is `None`.
    type Output: Serialize + JsonSchema + Send + 'static;

    /// Carries out one call.
    ///
    /// # Errors
    ///
    /// A [`Failure`] is an answer the model reads (`isError: true`), never a protocol error.
    fn call(
        context: Arc<Self::Context>,
        call: CallInfo,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

/// What a call knows of itself beside its arguments.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CallInfo {
    /// Fires when the client cancels or disconnects, or the server stops. Nothing is dropped on it: the tool
    /// looks at it between writes and decides.
    pub cancel: CancellationToken,
    /// Where to report progress, if the client asked for it.
    pub progress: Option<Progress>,
    /// The client's own id of the request, for the log.
    pub request: Option<String>,
}

impl CallInfo {
    /// A call that ends early when `cancel` fires and reports no progress.
    #[must_use]
    pub fn new(cancel: CancellationToken) -> Self {
        Self { cancel, progress: None, request: None }
    }

    /// The same call, known in the log by the client's id of the request.
    #[must_use]
    pub fn with_request(mut self, id: &str) -> Self {
        self.request = Some(echo(id));
        self
    }

    /// The same call, reporting its progress.
    #[must_use]
    pub fn with_progress(mut self, progress: Option<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Reports that `done` of `total` are through, if the client asked to be told.
    pub async fn report(&self, done: u64, total: Option<u64>, message: impl Into<String> + Send) {
        if let Some(progress) = &self.progress {
            progress.report(done, total, message).await;
        }
    }
}
