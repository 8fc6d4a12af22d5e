//! A host that can ask its person: a client with the capability `elicitation`, in either era of the protocol.

use std::sync::{Arc, Mutex};

use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, Implementation, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RequestContext, RunningService};
use rmcp::{ClientHandler, ErrorData, RoleClient};
use serde_json::{Value, json};
use tokio::io::DuplexStream;

use crate::support::Reply;

type Answer = Box<dyn Fn() -> ElicitResult + Send + Sync>;

/// A client whose person answers so.
pub struct Host {
    client: RunningService<RoleClient, Client>,
    questions: Arc<Mutex<Vec<String>>>,
}

struct Client {
    /// None: the host fails to ask.
    answer: Option<Answer>,
    questions: Arc<Mutex<Vec<String>>>,
}

/// The era of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// With `initialize`: the server asks during the call.
    Legacy,
    /// From 2026-07-28: the call ends with the question and is sent again with the reply.
    Modern,
}

impl Era {
    pub const BOTH: [Self; 2] = [Self::Legacy, Self::Modern];
}

/// The person ticks the field.
pub fn yes() -> ElicitResult {
    ElicitResult::new(ElicitationAction::Accept).with_content(json!({ "confirm": true }))
}

/// The person says no.
pub fn no() -> ElicitResult {
    ElicitResult::new(ElicitationAction::Decline)
}

/// The person closes the question.
pub fn closed() -> ElicitResult {
    ElicitResult::new(ElicitationAction::Cancel)
}

impl Host {
    pub async fn connect(era: Era, here: DuplexStream, answer: Option<Answer>) -> Self {
        let questions = Arc::<Mutex<Vec<String>>>::default();
        let client = Client { answer, questions: Arc::clone(&questions) };
        let lifecycle = match era {
            Era::Legacy => ClientLifecycleMode::Initialize,
            Era::Modern => {
                ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
            }
        };
        let client = client.serve_with_lifecycle(here, lifecycle).await.expect("the session begins");
        Self { client, questions }
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Reply {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        Reply(self.client.call_tool(params).await.expect("the protocol holds"))
    }

    /// What the person read.
    pub fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let capabilities = ClientCapabilities::builder().enable_elicitation().build();
        ClientConfig::new(capabilities, Implementation::new("spec", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } = request else {
            panic!("a form is asked for")
        };
        assert_eq!(
            serde_json::to_value(requested_schema).unwrap(),
            json!({ "type": "object", "properties": { "confirm": { "type": "boolean", "title": "Delete it for good" } },
                "required": ["confirm"] })
        );
        self.questions.lock().unwrap().push(message);
        let failed = || ErrorData::internal_error("no window", None);
        self.answer.as_ref().map(|answer| answer()).ok_or_else(failed)
    }
}
