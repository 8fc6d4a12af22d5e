//! `demo`: a tour through a real MCP session, against the sandbox, printed for a person.

mod printer;
mod script;

use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::Value;

use crate::cli::assembly;
use crate::cli::demo::printer::Page;
use crate::cli::demo::script::Scene;
use crate::cli::error::Stop;
use crate::config::Config;
use crate::sandbox::Sandbox;
use crate::serve;

/// Bytes in flight between the client and the server.
const PIPE: usize = 64 * 1024;

pub(crate) async fn run(config: Config) -> Result<(), Stop> {
    let page = Page::new(config.color);
    let config = Config { sandbox: true, read_only: false, ..config };
    let (handler, sandbox) = assembly::wire(config).await?.handler();
    let Some(sandbox) = sandbox else { return Err(Stop::Said) };
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let server = tokio::spawn(serve::serve_stream(handler, theirs));
    let client = ().serve(ours).await.map_err(|error| Stop::Session(error.to_string()))?;
    page.opening(&sandbox, client.peer_info().map(|info| info.protocol_version.to_string()).as_deref());
    let tools = client.list_all_tools().await.map_err(|error| Stop::Session(error.to_string()))?;
    Page::tools(&tools);
    for (number, scene) in script::scenes().iter().enumerate() {
        play(&page, number + 1, scene, &client, &sandbox).await?;
    }
    page.closing();
    let _ = client.cancel().await;
    let _ = server.await;
    Ok(())
}

async fn play(
    page: &Page,
    number: usize,
    scene: &Scene,
    client: &RunningService<RoleClient, ()>,
    sandbox: &Sandbox,
) -> Result<(), Stop> {
    page.heading(number, scene);
    let before = sandbox.wire().len();
    let answer = call(client, scene).await?;
    page.answer(&answer);
    page.wire(sandbox.wire().get(before..).unwrap_or_default());
    // A tour that shows something else than it says would be worse than none.
    if answer.is_error.unwrap_or(false) != scene.refused {
        return Err(Stop::Session(format!("scene {number} did not go as the script says")));
    }
    Ok(())
}

async fn call(client: &RunningService<RoleClient, ()>, scene: &Scene) -> Result<CallToolResult, Stop> {
    let mut request = CallToolRequestParams::new(scene.tool);
    if let Value::Object(arguments) = &scene.arguments {
        request = request.with_arguments(arguments.clone());
    }
    client.call_tool(request).await.map_err(|error| Stop::Session(error.to_string()))
}
