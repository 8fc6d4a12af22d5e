//! The fixtures as an MCP server.
#![expect(clippy::disallowed_methods, reason = "the suite wants pauses between notifications")]
#![expect(deprecated, reason = "the suite tests what older clients use: logging, subscriptions, sampling")]

use std::sync::Arc;
use std::time::Duration;

use ghl_contacts_mcp::serve::Served;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, ClientCapabilities, CompleteRequestParams,
    CompleteResult, CreateMessageRequestParams, ElicitRequestParams, GetPromptRequestParams,
    GetPromptResponse, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    LoggingLevel, LoggingMessageNotificationParam, PaginatedRequestParams, ProgressNotificationParam,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, SetLevelRequestParams,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{asking, fixtures};

/// The fixtures. They hold nothing.
#[derive(Clone, Default)]
pub(crate) struct Fixtures;

type Context = RequestContext<RoleServer>;

impl Served for Fixtures {
    async fn idle(&self) {}
}

/// A value of the SDK's from the JSON that the suite describes.
fn of<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// A result that is the last word.
fn complete<T: DeserializeOwned>(mut value: Value) -> Result<T, ErrorData> {
    if let Value::Object(result) = &mut value {
        result.entry("resultType").or_insert_with(|| "complete".into());
    }
    of(value)
}

/// Whether it asks the client for something.
fn asks(result: &Value) -> bool {
    result.get("resultType").is_some_and(|kind| kind == "input_required")
}

/// A part of a value, as text.
fn part(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).map(ToString::to_string).unwrap_or_default()
}

/// The client's capabilities, where a request carries them itself.
fn capability(context: &Context, name: &str) -> bool {
    let all = context.meta.get("io.modelcontextprotocol/clientCapabilities");
    all.is_some_and(|all| all.get(name).is_some())
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

impl ServerHandler for Fixtures {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_list_changed()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .build();
        ServerConfig::new(capabilities)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = fixtures::tools().iter().map(|(name, _)| self.get_tool(name)).collect::<Option<Vec<_>>>();
        let list = ListToolsResult::with_all_items(tools.unwrap_or_default());
        Ok(list.with_ttl_ms(1000).with_cache_scope(CacheScope::Public))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let (name, schema) = fixtures::tools().into_iter().find(|(known, _)| *known == name)?;
        let Value::Object(schema) = schema else { return None };
        Some(Tool::new(name, "A fixture of the conformance suite", Arc::new(schema)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = &*request.name;
        let argument = |name: &str| {
            let arguments = request.arguments.as_ref();
            arguments.and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        if let Some(answer) = fixtures::answer(tool) {
            return complete::<rmcp::model::CallToolResult>(answer).map(Into::into);
        }
        let may = |name: &str| capability(&context, name);
        if let Some(answer) =
            asking::answer(tool, request.input_responses.as_ref(), request.request_state.as_deref(), &may)
        {
            return either(answer?);
        }
        let words = match tool {
            "test_missing_capability" => {
                let required: ClientCapabilities = of(json!({ "sampling": {} }))?;
                return Err(ErrorData::missing_required_client_capability(required));
            }
            "test_tool_with_progress" => progress(&context).await,
            "test_tool_with_logging" => logging(&context).await,
            // A request without a log level gets no log.
            "test_logging_tool" => "Nothing was logged".to_owned(),
            "test_sampling" => sampling(&context, &argument("prompt")).await?,
            _ => {
                let Some(form) = asking::form(tool, &argument("message")) else {
                    return Err(ErrorData::invalid_params("tool not found", None));
                };
                let form: ElicitRequestParams = of(form)?;
                let answer = context.peer.create_elicitation(form).await;
                let answer = answer.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
                let answer = serde_json::to_value(answer).unwrap_or_default();
                let (action, told) = (part(&answer, "/action"), part(&answer, "/content"));
                format!("Elicitation completed: action={action}, content={told}")
            }
        };
        complete::<rmcp::model::CallToolResult>(json!({ "content": [fixtures::text(&words)] }))
            .map(Into::into)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        let list = ListPromptsResult::with_all_items(of(fixtures::prompts())?);
        Ok(list.with_ttl_ms(1000).with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let given = |name: &str| {
            let value = request.arguments.as_ref().and_then(|all| all.get(name));
            value
                .map(|value| serde_json::to_value(value).unwrap_or_default())
                .map_or_else(String::new, |value| {
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                })
        };
        if let Some(prompt) = fixtures::prompt(&request.name, &given) {
            return complete::<rmcp::model::GetPromptResult>(prompt).map(Into::into);
        }
        let may = |name: &str| capability(&context, name);
        let state = request.request_state.as_deref();
        match asking::answer(&request.name, request.input_responses.as_ref(), state, &may) {
            Some(answer) => {
                let answer = answer?;
                if asks(&answer) {
                    return of::<rmcp::model::InputRequiredResult>(answer).map(Into::into);
                }
                complete::<rmcp::model::GetPromptResult>(answer).map(Into::into)
            }
            None => Err(ErrorData::invalid_params("prompt not found", None)),
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        let list = ListResourcesResult::with_all_items(of(fixtures::resources())?);
        Ok(list.with_ttl_ms(1000).with_cache_scope(CacheScope::Public))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let list = ListResourceTemplatesResult::with_all_items(of(fixtures::templates())?);
        Ok(list.with_ttl_ms(1000).with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        match fixtures::resource(&request.uri) {
            Some(contents) => {
                let result: rmcp::model::ReadResourceResult = complete(contents)?;
                Ok(result.with_ttl_ms(1000).with_cache_scope(CacheScope::Public).into())
            }
            None => {
                Err(ErrorData::resource_not_found("no such resource", Some(json!({ "uri": request.uri }))))
            }
        }
    }

    async fn complete(&self, _: CompleteRequestParams, _: Context) -> Result<CompleteResult, ErrorData> {
        complete(
            json!({ "completion": { "values": ["paris", "park", "party"], "total": 3, "hasMore": false } }),
        )
    }

    async fn set_level(&self, _: SetLevelRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        // One of each kind, so that the suite sees which of them arrive. What was not asked for is not sent.
        let _ = context.sink().notify_tool_list_changed().await;
        let _ = context.sink().notify_prompt_list_changed().await;
        let _ = context.sink().notify_resource_list_changed().await;
        context.cancelled().await;
        Ok(())
    }

    async fn subscribe(&self, _: SubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(&self, _: UnsubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        Ok(())
    }
}

/// A tool's answer, or what it asks for.
fn either(answer: Value) -> Result<CallToolResponse, ErrorData> {
    if asks(&answer) {
        return of::<rmcp::model::InputRequiredResult>(answer).map(Into::into);
    }
    complete::<rmcp::model::CallToolResult>(answer).map(Into::into)
}

async fn progress(context: &Context) -> String {
    for step in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let param = ProgressNotificationParam::new(token, step).with_total(100.0);
            let _ = context.peer.notify_progress(param).await;
        }
        pause().await;
    }
    "Progress test completed".to_owned()
}

async fn logging(context: &Context) -> String {
    for words in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        let param = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(words));
        let _ = context.peer.notify_logging_message(param).await;
        pause().await;
    }
    "Logging test completed".to_owned()
}

async fn sampling(context: &Context, prompt: &str) -> Result<String, ErrorData> {
    let message = json!({ "role": "user", "content": fixtures::text(prompt) });
    let request: CreateMessageRequestParams = of(json!({ "messages": [message], "maxTokens": 100 }))?;
    let answer = context.peer.create_message(request).await;
    let answer = answer.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    let answer = serde_json::to_value(answer).unwrap_or_default();
    Ok(format!("LLM response: {}", part(&answer, "/content/text")))
}
