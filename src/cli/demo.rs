//! `demo`: calls the tools in a real MCP session with the sandbox, and prints what happens.

mod printer;
mod script;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::cli::assembly;
use crate::cli::client::{Client, is_error};
use crate::cli::demo::printer::Printer;
use crate::cli::demo::script::Scene;
use crate::cli::error::CliError;
use crate::config::Config;
use crate::sandbox::Sandbox;
use crate::serve;

/// Bytes that are buffered between the client and the server.
const BUFFER: usize = 64 * 1024;
/// The last scenes show tools that are off by default.
const ALL_TOOLSETS: &str = "all";

pub(crate) async fn run(config: Config) -> Result<(), CliError> {
    let printer = Printer::new(config.color);
    let config =
        Config { sandbox: true, read_only: false, toolsets: Some(ALL_TOOLSETS.to_owned()), ..config };
    let (handler, sandbox) = assembly::assemble(config).await?.into_handler();
    let Some(sandbox) = sandbox else { return Err(CliError::Reported) };
    let (client_end, server_end) = tokio::io::duplex(BUFFER);
    let server = tokio::spawn(serve::serve_stream(handler, server_end));
    let (read, write) = tokio::io::split(client_end);
    let mut client = Client::connect("demo", read, write).await?;
    printer.opening(&sandbox, client.protocol());
    Printer::tools(&client.tools().await?);
    for (number, scene) in script::scenes().iter().enumerate() {
        play(&printer, number + 1, scene, &mut client, &sandbox).await?;
    }
    printer.closing();
    // The server ends when its client is gone.
    drop(client);
    let _ = server.await;
    Ok(())
}

async fn play(
    printer: &Printer,
    number: usize,
    scene: &Scene,
    client: &mut Client<impl AsyncRead + Unpin, impl AsyncWrite + Unpin>,
    sandbox: &Sandbox,
) -> Result<(), CliError> {
    printer.heading(number, scene);
    let before = sandbox.wire().len();
    let result = client.call(scene.tool, &scene.arguments).await?;
    printer.result(&result);
    printer.requests(sandbox.wire().get(before..).unwrap_or_default());
    // The text of a scene says what happens, so an unexpected result is a failure of the demo.
    if is_error(&result) != scene.fails {
        return Err(CliError::Demo(format!("scene {number} did not have the expected result")));
    }
    Ok(())
}
