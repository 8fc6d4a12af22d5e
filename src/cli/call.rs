//! `call`: one tool from the command line.

use serde_json::Value;

use crate::cli::assembly;
use crate::cli::error::Stop;
use crate::cli::output::print;
use crate::config::{Config, Wrong};
use crate::tool::{Answer, CallInfo};

pub(crate) async fn run(config: Config, tool: &str, arguments: &str) -> Result<(), Stop> {
    let arguments: Value = serde_json::from_str(arguments)
        .map_err(|error| Wrong::new("arguments", format!("are not JSON: {error}")))?;
    let wired = assembly::wire(config).await?;
    let info = CallInfo::default();
    let answer = match arguments {
        Value::Object(arguments) => wired.tools.call(tool, arguments, info).await,
        other => wired.tools.call_without_object(tool, &other),
    };
    match answer {
        Answer::UnknownTool { known } => {
            Err(Wrong::new(tool, format!("is not a tool; the tools are {}", known.join(", "))).into())
        }
        Answer::Result(result) => {
            let shown = result.structured_content.clone().unwrap_or_default();
            print(&serde_json::to_string_pretty(&shown).unwrap_or_default());
            if result.is_error == Some(true) { Err(Stop::Said) } else { Ok(()) }
        }
    }
}
