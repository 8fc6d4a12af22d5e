//! `call`: calls one tool.

use serde_json::Value;

use crate::cli::assembly;
use crate::cli::error::CliError;
use crate::cli::output::print_stdout;
use crate::config::{Config, ConfigError};
use crate::tool::{Answer, CallInfo};

pub(crate) async fn run(config: Config, tool: &str, arguments: &str) -> Result<(), CliError> {
    let arguments: Value = serde_json::from_str(arguments)
        .map_err(|error| ConfigError::new("arguments", format!("are not JSON: {error}")))?;
    let app = assembly::assemble(config).await?;
    let info = CallInfo::default();
    let answer = match arguments {
        Value::Object(arguments) => app.tools.call(tool, arguments, info).await,
        other => app.tools.call_without_object(tool, &other),
    };
    match answer {
        Answer::UnknownTool { known } => {
            Err(ConfigError::new(tool, format!("is not a tool; the tools are {}", known.join(", "))).into())
        }
        Answer::Result(result) => {
            let content = result.structured_content.clone().unwrap_or_default();
            print_stdout(&serde_json::to_string_pretty(&content).unwrap_or_default());
            if result.is_error == Some(true) { Err(CliError::Reported) } else { Ok(()) }
        }
    }
}
