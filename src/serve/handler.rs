//! What a client may ask of the server, in both eras of the protocol (with `initialize`, and from 2026-07-28).

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestMethod, CompleteRequestParams, CompleteResult,
    ConstString, CustomRequest, CustomResult, GetPromptRequestMethod, GetPromptRequestParams,
    GetPromptResponse, Implementation, JsonObject, ListPromptsRequestMethod, ListPromptsResult,
    ListResourceTemplatesRequestMethod, ListResourceTemplatesResult, ListResourcesRequestMethod,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, PromptsCapability,
    ReadResourceRequestMethod, ReadResourceRequestParams, ReadResourceResponse, ResourcesCapability,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::SessionManager;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::serve::ask::{input_required, person};
use crate::serve::call_log::{ASKED, log_call, log_question, outcome};
use crate::serve::context::{
    accepts_json_only, cache_hints, identity, is_modern, path_of_repeated_key, span,
};
use crate::serve::metrics::Metrics;
use crate::serve::offers;
use crate::tool::{
    Answer, CallInfo, Catalogue, Code, Failure, LOCATION_ID, Locations, Offers, Person, Progress, echo,
    not_an_object, repeated_key,
};

/// How long a client may keep `tools/list`: one hour, in milliseconds.
const LIST_TTL_MS: u64 = 3_600_000;
/// The same for a client whose token allows a part of the tools: one minute.
const SHORT_TTL_MS: u64 = 60_000;

/// The methods of what is offered beside the tools.
const OF_OFFERS: [&str; 6] = [
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
    "completion/complete",
];

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
        let offers = tools.offers();
        let mut capabilities = ServerCapabilities::builder().enable_tools().build();
        if !offers.is_empty() {
            capabilities.resources = Some(ResourcesCapability::default());
            capabilities.prompts = Some(PromptsCapability::default());
            capabilities.completions = Some(JsonObject::default());
        }
        let config = ServerConfig::new(capabilities)
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

    /// What is offered beside the tools.
    ///
    /// # Errors
    /// Nothing: the method `M` does not exist then.
    fn offers<M: ConstString>(&self) -> Result<Offers, ErrorData> {
        let offers = self.inner.tools.offers();
        if offers.is_empty() { Err(ErrorData::method_not_found::<M>()) } else { Ok(offers) }
    }

    /// Answers what a resource or a completion reads: a call of the tool that shows it.
    async fn read(
        &self,
        tool: &'static str,
        arguments: JsonObject,
        context: RequestContext<RoleServer>,
    ) -> Answer {
        let timer = self.inner.metrics.call_started(tool);
        let span = span(tool, &context);
        let client = context.client_info().map(|client| client.name);
        let fairness_key = identity(&context).map(|identity| identity.fairness_key);
        let info =
            CallInfo::new(context.ct).with_client(client).with_fairness_key(fairness_key).of_resource();
        let usage = Arc::clone(info.caller.usage());
        let call = self.inner.tools.call(tool, arguments, info).instrument(span.clone());
        let answer = self.inner.calls.track_future(call).await;
        let time = timer.finish(outcome(&answer));
        span.in_scope(|| log_call(&answer, time, &usage));
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
        let mut list = ListToolsResult::with_all_items(tools);
        // With another token the same client may get more.
        let ttl = if is_whole { LIST_TTL_MS } else { SHORT_TTL_MS };
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, ttl);
        Ok(list)
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
        let span = span(tool, &context);
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

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let offers = self.offers::<ListResourcesRequestMethod>()?;
        let list = offers::resources(offers, self.inner.tools.are_several());
        let mut list = ListResourcesResult::with_all_items(list);
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, LIST_TTL_MS);
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let offers = self.offers::<ListResourceTemplatesRequestMethod>()?;
        let list = offers::templates(offers, self.inner.tools.are_several());
        let mut list = ListResourceTemplatesResult::with_all_items(list);
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, LIST_TTL_MS);
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let offers = self.offers::<ReadResourceRequestMethod>()?;
        let found = offers::find(offers, &request.uri);
        let (resource, arguments) = found.ok_or_else(|| offers::not_found(&request.uri))?;
        // Others may change it at any time.
        let hints = cache_hints(&context, 0);
        let answer = self.read(resource.tool, arguments, context).await;
        let mut contents = offers::contents(request.uri, answer)?;
        (contents.ttl_ms, contents.cache_scope) = hints;
        Ok(contents.into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let offers = self.offers::<ListPromptsRequestMethod>()?;
        let mut list = ListPromptsResult::with_all_items(offers::prompts(offers));
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, LIST_TTL_MS);
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let offers = self.offers::<GetPromptRequestMethod>()?;
        let tools = &self.inner.tools;
        let may_write = identity(&context).is_none_or(|person| person.may_write);
        let serves = |tool: &str| tools.definition(tool).is_some() && (may_write || !tools.writes(tool));
        offers::prompt(offers, request, &serves).map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let offers = self.offers::<CompleteRequestMethod>()?;
        let tools = &self.inner.tools;
        let (argument, typed) = (&*request.argument.name, &*request.argument.value);
        let source = offers::completion(offers, &request.r#ref, argument, tools.are_several())?;
        if argument == LOCATION_ID {
            return Ok(CompleteResult::new(offers::completed(tools.complete_id(typed))));
        }
        let filled = request.context.unwrap_or_default();
        let location = filled.get_argument(LOCATION_ID).filter(|_| tools.are_several());
        let Some((source, mut arguments)) = source
            .and_then(|source| Some((source, source.arguments(typed)?)))
            .filter(|_| location.is_some() || !tools.are_several())
        else {
            return Ok(CompleteResult::default());
        };
        arguments.extend(location.map(|id| (LOCATION_ID.to_owned(), id.as_str().into())));
        let values = match self.read(source.tool, arguments, context).await {
            Answer::Result(result) => source.values(typed, &result.structured_content.unwrap_or_default()),
            Answer::UnknownTool { .. } => Vec::new(),
        };
        Ok(CompleteResult::new(offers::completed(values)))
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
            method
                if matches!(method, "tools/list" | "server/discover")
                    || method == "initialize" && !is_modern(&context)
                    || OF_OFFERS.contains(&method) && !self.inner.tools.offers().is_empty() =>
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

/// The failure of a call whose token allows to read only. Over HTTP such a call is refused before the SDK reads it; this
/// holds if that is ever bypassed.
fn needs_scope(tool: &str) -> Failure {
    Failure::new(Code::ReadOnly, format!("{} writes, and this sign-in allows to read only.", echo(tool)))
        .with_hint("Sign in again, and allow the scope of writing.")
}
