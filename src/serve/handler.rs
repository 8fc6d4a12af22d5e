//! What a client may ask of the server, in both eras of the protocol (with `initialize`, and from 2026-07-28).

use std::sync::Arc;

use hyper::http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, Implementation,
    ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::SessionManager;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::serve::ask::{input_required, person};
use crate::serve::auth::Identity;
use crate::serve::call_log::{ASKED, log_call, log_question, outcome};
use crate::serve::http::JsonOnly;
use crate::serve::message::RepeatedKey;
use crate::serve::metrics::Metrics;
use crate::serve::trace::trace_id;
use crate::tool::{
    Answer, CallInfo, Catalogue, Code, Failure, Locations, Person, Progress, echo, not_an_object,
    repeated_key,
};

/// How long a client may keep `tools/list`: one hour, in milliseconds.
const LIST_TTL_MS: u64 = 3_600_000;
/// The same for a client whose token allows a part of the tools: one minute.
const SHORT_TTL_MS: u64 = 60_000;

/// An MCP server that can wait for its running calls.
pub trait McpServer: ServerHandler + Clone + Sync {
    /// The sessions that clients of the protocol versions with `initialize` get at `/mcp`. With [`NeverSessionManager`] each
    /// request is independent, and no memory is kept for clients that connect and leave.
    type Sessions: SessionManager + Default;

    /// Whether clients get sessions, so that the server can send requests to them during a call. Nothing bounds their
    /// number.
    const HAS_SESSIONS: bool = false;

    /// Completes when no call is running.
    fn idle(&self) -> impl Future<Output = ()> + Send;

    /// Whether the tool of this name writes, so that a token that allows to read is not enough for it.
    fn writes(&self, tool: &str) -> bool;
}

/// An MCP server over a catalogue of tools. A clone is cheap, and is the same server.
pub struct Handler<C> {
    inner: Arc<Inner<C>>,
}

struct Inner<C> {
    tools: Locations<C>,
    config: ServerConfig,
    calls: TaskTracker,
    metrics: Metrics,
}

impl<C: Send + Sync + 'static> Handler<C> {
    /// Serves `catalogue`, and gives clients `instructions`.
    #[must_use]
    pub fn new(catalogue: Arc<Catalogue<C>>, instructions: String) -> Self {
        Self::for_locations(Locations::one(catalogue), instructions, Metrics::default())
    }

    /// Serves the tools of one or several locations, gives clients `instructions`, and counts calls in `metrics`.
    #[must_use]
    pub fn for_locations(tools: Locations<C>, instructions: String, metrics: Metrics) -> Self {
        let config = ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(
                Implementation::new("ghl-contacts-mcp", env!("CARGO_PKG_VERSION"))
                    .with_title("HighLevel contacts"),
            )
            .with_instructions(instructions);
        Self { inner: Arc::new(Inner { tools, config, calls: TaskTracker::new(), metrics }) }
    }

    /// Completes when no call is running.
    ///
    /// When a client disconnects, the SDK waits five seconds for running calls and then drops them. A program that is
    /// about to exit waits for this instead, up to its own deadline, so that no write is interrupted.
    pub async fn idle(&self) {
        self.inner.calls.close();
        self.inner.calls.wait().await;
    }

    /// The calls that are running.
    pub(crate) fn calls(&self) -> &TaskTracker {
        &self.inner.calls
    }

    /// The same answer, in which no tool that writes is listed.
    fn without_writers(&self, mut answer: Answer) -> Answer {
        if let Answer::UnknownTool { known } = &mut answer {
            known.retain(|name| !self.inner.tools.writes(name));
        }
        answer
    }

    fn answer(name: &str, answer: Answer) -> Result<CallToolResponse, ErrorData> {
        match answer {
            Answer::Result(result) => Ok((*result).into()),
            Answer::UnknownTool { known } => Err(ErrorData::invalid_params(
                format!("tool not found: {}; known: {}", echo(name), known.join(", ")),
                None,
            )),
        }
    }
}

impl<C> Clone for Handler<C> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<C> std::fmt::Debug for Handler<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("tools", &self.inner.tools).finish_non_exhaustive()
    }
}

impl<C: Send + Sync + 'static> McpServer for Handler<C> {
    type Sessions = NeverSessionManager;

    fn idle(&self) -> impl Future<Output = ()> + Send {
        Self::idle(self)
    }

    fn writes(&self, tool: &str) -> bool {
        self.inner.tools.writes(tool)
    }
}

impl<C: Send + Sync + 'static> ServerHandler for Handler<C> {
    fn get_info(&self) -> ServerConfig {
        self.inner.config.clone()
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if request.is_some_and(|request| request.cursor.is_some()) {
            return Err(ErrorData::invalid_params("unknown cursor: the list of tools has one page", None));
        }
        let is_whole = identity(&context).is_none_or(|person| person.may_write);
        let mut tools = self.inner.tools.definitions().to_vec();
        tools.retain(|tool| is_whole || !self.inner.tools.writes(&tool.name));
        let list = ListToolsResult::with_all_items(tools);
        Ok(if is_modern(&context) {
            // With another token the same client may get more.
            let ttl = if is_whole { LIST_TTL_MS } else { SHORT_TTL_MS };
            list.with_ttl_ms(ttl).with_cache_scope(CacheScope::Private)
        } else {
            list
        })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = self.inner.tools.static_name(&request.name).unwrap_or("unknown");
        let timer = self.inner.metrics.call_started(tool);
        let signed_in = identity(&context).cloned();
        let may_write = signed_in.as_ref().is_none_or(|identity| identity.may_write);
        // Every log line of this call carries these: the audit line needs to name its call, and who sent it.
        let request_id = echo(&context.id.to_string());
        let span = tracing::info_span!(
            "call",
            tool,
            request = request_id,
            trace_id = trace_id(&context),
            subject = signed_in.as_ref().map(|identity| identity.subject.as_str()),
            issuer = signed_in.as_ref().map(|identity| identity.issuer.as_str()),
        );
        let token = context.meta.get_progress_token().filter(|_| !accepts_json_only(&context));
        let repeated = path_of_repeated_key(&context);
        let client = context.client_info().map(|client| client.name);
        let person = person(&context, is_modern(&context), request.input_responses);
        let info = CallInfo::new(context.ct)
            .with_client(client)
            .with_fairness_key(signed_in.as_ref().map(|identity| identity.fairness_key))
            .with_person(person.clone())
            .with_progress(token.map(|token| Progress::to_peer(context.peer, token)));
        let usage = Arc::clone(info.caller.usage());
        let arguments = request.arguments.unwrap_or_default();
        let answer = if !may_write && self.inner.tools.writes(&request.name) {
            self.inner.tools.refuse(&request.name, needs_scope(&request.name))
        } else if let Some(path) = repeated {
            self.inner.tools.refuse(&request.name, repeated_key(&path))
        } else {
            let call = self.inner.tools.call(&request.name, arguments, info).instrument(span.clone());
            self.inner.calls.track_future(call).await
        };
        if let Person::ByRounds(rounds) = &person
            && let Some(question) = rounds.asked()
        {
            let time = timer.finish(ASKED);
            span.in_scope(|| log_question(time, &usage));
            let failed = || ErrorData::internal_error("the question could not be put", None);
            return input_required(question).ok_or_else(failed);
        }
        let time = timer.finish(outcome(&answer));
        span.in_scope(|| log_call(&answer, time, &usage));
        Self::answer(&request.name, if may_write { answer } else { self.without_writers(answer) })
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.inner.tools.definition(name).cloned()
    }

    /// Answers requests that the SDK could not read: an unknown method, or a known method with malformed parameters.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let params = request.params.unwrap_or_default();
        match request.method.as_str() {
            "tools/call" => {
                let Some(name) = params.get("name").and_then(Value::as_str) else {
                    return Err(ErrorData::invalid_params("tools/call needs the name of a tool", None));
                };
                let arguments = match params.get("arguments") {
                    None | Some(Value::Object(_)) => {
                        return Err(ErrorData::invalid_params("tools/call has malformed parameters", None));
                    }
                    Some(arguments) => arguments,
                };
                let answer = self.inner.tools.refuse(name, not_an_object(arguments));
                let CallToolResponse::Complete(mut result) = Self::answer(name, answer)? else {
                    return Err(ErrorData::internal_error("a refusal must be a complete result", None));
                };
                if !is_modern(&context) {
                    result.result_type = None;
                }
                serde_json::to_value(result)
                    .map(CustomResult)
                    .map_err(|_| ErrorData::internal_error("the result could not be serialized", None))
            }
            // 2026-07-28 has no method `initialize`.
            method @ ("initialize" | "tools/list" | "server/discover")
                if method != "initialize" || !is_modern(&context) =>
            {
                Err(ErrorData::invalid_params(format!("{} has malformed parameters", request.method), None))
            }
            method => Err(ErrorData::new(
                rmcp::model::ErrorCode::METHOD_NOT_FOUND,
                format!("method not found: {}", echo(method)),
                None,
            )),
        }
    }
}

/// Whether the request came over HTTP from a client that does not read an event stream. With progress notifications the
/// response would be an event stream.
fn accepts_json_only(context: &RequestContext<RoleServer>) -> bool {
    context.extensions.get::<Parts>().is_some_and(|parts| parts.extensions.get::<JsonOnly>().is_some())
}

/// The person who has signed in, if the request came over HTTP with such a token.
fn identity(context: &RequestContext<RoleServer>) -> Option<&Arc<Identity>> {
    context.extensions.get::<Parts>()?.extensions.get()
}

/// The failure of a call whose token allows to read only. Over HTTP such a call is refused before the SDK reads it; this
/// holds if that is ever bypassed.
fn needs_scope(tool: &str) -> Failure {
    Failure::new(Code::ReadOnly, format!("{} writes, and this sign-in allows to read only.", echo(tool)))
        .with_hint("Sign in again, and allow the scope of writing.")
}

/// The key that the arguments have twice. The SDK's own reading does not show it.
fn path_of_repeated_key(context: &RequestContext<RoleServer>) -> Option<String> {
    let repeated = match context.extensions.get::<Parts>() {
        Some(parts) => parts.extensions.get::<RepeatedKey>(),
        None => context.extensions.get::<RepeatedKey>(),
    };
    repeated.map(|key| key.path.clone())
}

/// Whether the client uses protocol version 2026-07-28 or later, where lists have cache hints and results have a type.
fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    // Versions are dates, so they can be compared as text.
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}
