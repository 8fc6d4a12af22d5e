//! `demo`: calls the tools in a real MCP session with the sandbox, and prints what happens.

mod printer;
mod script;

use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use serde_json::Value;

use crate::cli::assembly;
use crate::cli::demo::printer::Printer;
use crate::cli::demo::script::Scene;
use crate::cli::error::CliError;
use crate::config::Config;
use crate::sandbox::Sandbox;
use crate::serve;

/// Bytes that are buffered between the client and the server.
const BUFFER: usize = 64 * 1024;

pub(crate) async fn run(config: Config) -> Result<(), CliError> {
    let printer = Printer::new(config.color);
    let config = Config { sandbox: true, read_only: false, ..config };
    let (handler, sandbox) = assembly::assemble(config).await?.into_handler();
    let Some(sandbox) = sandbox else { return Err(CliError::Reported) };
    let (client_end, server_end) = tokio::io::duplex(BUFFER);
    let server = tokio::spawn(serve::serve_stream(handler, server_end));
    let client = ().serve(client_end).await.map_err(|error| CliError::Demo(error.to_string()))?;
    printer.opening(&sandbox, client.peer_info().map(|info| info.protocol_version.to_string()).as_deref());
    let tools = client.list_all_tools().await.map_err(|error| CliError::Demo(error.to_string()))?;
    Printer::tools(&tools);
    for (number, scene) in script::scenes().iter().enumerate() {
        play(&printer, number + 1, scene, &client, &sandbox).await?;
    }
    printer.closing();
    let _ = client.cancel().await;
    let _ = server.await;
    Ok(())
}

async fn play(
    printer: &Printer,
    number: usize,
    scene: &Scene,
    client: &RunningService<RoleClient, ()>,
    sandbox: &Sandbox,
) -> Result<(), CliError> {
    printer.heading(number, scene);
    let before = sandbox.wire().len();
    let result = call(client, scene).await?;
    printer.result(&result);
    printer.requests(sandbox.wire().get(before..).unwrap_or_default());
    // The text of a scene says what happens, so an unexpected result is a failure of the demo.
    if result.is_error.unwrap_or(false) != scene.fails {
        return Err(CliError::Demo(format!("scene {number} did not have the expected result")));
    }
    Ok(())
}

async fn call(client: &RunningService<RoleClient, ()>, scene: &Scene) -> Result<CallToolResult, CliError> {
    let mut request = CallToolRequestParams::new(scene.tool);
    if let Value::Object(arguments) = &scene.arguments {
        request = request.with_arguments(arguments.clone());
    }
    client.call_tool(request).await.map_err(|error| CliError::Demo(error.to_string()))
}
