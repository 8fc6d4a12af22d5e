//! One tool: what a model reads about it, its input and output, and what it gets with a call.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::ghl::Caller;
use crate::tool::{Code, Effect, Failure, Person, Progress, Question, Reply, Toolset};

/// One MCP tool: what the model reads about it, what it takes and gives, and the async function behind it.
///
/// Hints, read-only mode, schemas and the form of the answers follow from these items, so a tool is one file with
/// one `impl`.
pub trait Tool: Send + Sync + 'static {
    /// The name in `tools/list`: `^[a-zA-Z0-9_-]{1,64}$`, or some hosts refuse the whole list.
    const NAME: &'static str;
    /// The name a person sees.
    const TITLE: &'static str;
    /// What the model reads before it chooses this tool.
    const DESCRIPTION: &'static str;
    /// What one call may do to the CRM.
    const EFFECT: Effect;
    /// The toolset that turns the tool on.
    const TOOLSET: Toolset;
    /// The arguments of one call, as a JSON object; a test checks that `Input` takes them.
    const EXAMPLE: &'static str;
    /// What every call gets: the connection to the CRM and the settings.
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

/// What a tool gets with a call beside the arguments.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CallInfo {
    /// Who waits for the answer. It goes away when the client cancels or disconnects, or the server stops. The call is
    /// not dropped then: the tool checks that between writes and decides.
    pub caller: Caller,
    /// Where to report progress, if the client asked for it.
    pub progress: Option<Progress>,
    /// The name with which the client introduced itself.
    pub client: Option<String>,
    /// The person behind the host, if it can ask.
    pub person: Person,
    /// Whether this is the reading of a resource.
    pub is_resource: bool,
}

impl CallInfo {
    /// A call that `cancel` cancels, and that reports no progress.
    #[must_use]
    pub fn new(cancel: CancellationToken) -> Self {
        Self { caller: cancel.into(), ..Self::default() }
    }

    /// The same call, of the client of this name.
    #[must_use]
    pub fn with_client(mut self, name: Option<String>) -> Self {
        self.client = name;
        self
    }

    /// The same call, whose caller shares a place in the queues for HighLevel with all calls of this key.
    #[must_use]
    pub fn with_fairness_key(mut self, key: Option<u64>) -> Self {
        self.caller = self.caller.with_fairness_key(key);
        self
    }

    /// The same call, as the reading of a resource: a tool that only reads answers it in any toolset.
    #[must_use]
    pub fn of_resource(mut self) -> Self {
        self.is_resource = true;
        self
    }

    /// The same call, of a host that can ask this person.
    #[must_use]
    pub fn with_person(mut self, person: Person) -> Self {
        self.person = person;
        self
    }

    /// Asks the person, where the host can: none where it cannot. The call does not count as running while it waits.
    ///
    /// # Errors
    /// The question was put and has no reply yet, or the host failed to ask, or the call was cancelled. Nothing may be
    /// written then.
    pub(crate) async fn ask(&self, question: Question) -> Result<Option<Reply>, Failure> {
        match &self.person {
            Person::Absent => Ok(None),
            Person::ByRounds(rounds) => rounds.reply(question).map(Some).ok_or_else(not_confirmed),
            Person::InSession(ask) => {
                let reply = self.caller.idle_during(ask(question)).await;
                match reply {
                    Some(Some(reply)) => Ok(Some(reply)),
                    Some(None) => Err(not_confirmed()),
                    None => {
                        Err(Failure::new(Code::Cancelled, "The call was cancelled, or too many calls wait."))
                    }
                }
            }
        }
    }

    /// The same call, reporting its progress.
    #[must_use]
    pub fn with_progress(mut self, progress: Option<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Reports that `done` of `total` are done, if the client asked for progress.
    pub async fn report(&self, done: u64, total: Option<u64>, message: impl Into<String> + Send) {
        if let Some(progress) = &self.progress {
            progress.report(done, total, message).await;
        }
    }
}

/// The failure of a call that a person has to confirm first.
fn not_confirmed() -> Failure {
    Failure::new(Code::ConfirmationNeeded, "A person has to confirm this, and did not answer.")
        .with_hint("Ask the person, then send the same call again.")
}
