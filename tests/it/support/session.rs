//! A process that serves MCP in front of the CRM, and a client in session with it.

use std::sync::Arc;

use ghl_contacts_mcp::contacts::Contacts;
use ghl_contacts_mcp::serve::{Handler, serve_stream};
use ghl_contacts_mcp::tool::{Catalogue, Toolset};
use ghl_contacts_mcp::tools;
use rmcp::model::{CallToolRequestParams, JsonObject};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceError, ServiceExt};
use serde_json::Value;
use tokio::io::DuplexStream;

use crate::support::Reply;

/// One process and its client.
pub struct Session {
    client: RunningService<RoleClient, ()>,
    handler: Handler<Contacts>,
}

impl Session {
    pub async fn open(contacts: Contacts) -> Self {
        let (handler, here) = serve(contacts);
        let client = ().serve(here).await.expect("the session begins");
        Self { client, handler }
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Reply {
        Reply(self.try_call(tool, arguments).await.expect("the protocol holds"))
    }

    pub async fn try_call(
        &self,
        tool: &str,
        arguments: Value,
    ) -> Result<rmcp::model::CallToolResult, ServiceError> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let arguments: JsonObject = arguments;
        self.client.call_tool(CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments)).await
    }

    pub fn client(&self) -> &RunningService<RoleClient, ()> {
        &self.client
    }

    /// Closes the client. Returns when every running call has ended.
    pub async fn leave(self) {
        let _ = self.client.cancel().await;
        self.handler.idle().await;
    }
}

/// Serves the tools over these contacts, and gives the client's end.
pub fn serve(contacts: Contacts) -> (Handler<Contacts>, DuplexStream) {
    // With the toolsets that are off by default: a spec of their tools looks like every other spec.
    let catalogue = Catalogue::new(Arc::new(contacts), tools::all()).toolsets(&Toolset::ALL);
    let handler = Handler::new(Arc::new(catalogue), tools::INSTRUCTIONS.to_owned());
    let (here, there) = tokio::io::duplex(1 << 22);
    tokio::spawn(serve_stream(handler.clone(), there));
    (handler, here)
}
