//! `call`: calls one tool.

use std::io::Read as _;

use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::output::print_json;
use crate::cli::{assembly, signal};
use crate::config::{Config, ConfigError};
use crate::serve::{self, Drain};
use crate::tool::{Answer, CallInfo, not_an_object, repeated_key};

/// The most bytes that are read of stdin. A tool takes less.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

pub(crate) async fn run(config: Config, tool: &str, arguments: &str, drain: &Drain) -> Result<(), CliError> {
    let from_stdin = if arguments == "-" { Some(read_stdin()?) } else { None };
    let arguments = from_stdin.as_deref().unwrap_or(arguments);
    let repeated = serve::repeated_key(arguments);
    let arguments: Value = serde_json::from_str(arguments)
        .map_err(|error| ConfigError::new("arguments", format!("are not JSON: {error}")))?;
    let app = assembly::assemble(config).await?;
    let info = CallInfo::default();
    signal::end_by(drain);
    let answer = async {
        match arguments {
            Value::Object(arguments) if repeated.is_none() => app.tools.call(tool, arguments, info).await,
            other => {
                let failure = repeated.map_or_else(|| not_an_object(&other), |path| repeated_key(&path));
                app.tools.refuse(tool, failure)
            }
        }
    };
    // A signal does not end the call between two of its writes.
    let answer = tokio::select! {
        answer = answer => answer,
        () = drain.over() => return Err(CliError::Stopped),
    };
    match answer {
        Answer::UnknownTool { known } => {
            Err(ConfigError::new(tool, format!("is not a tool; the tools are {}", known.join(", "))).into())
        }
        Answer::Result(result) => {
            print_json(&result.structured_content.unwrap_or_default());
            if result.is_error == Some(true) { Err(CliError::Reported) } else { Ok(()) }
        }
    }
}

fn read_stdin() -> Result<String, CliError> {
    let mut text = String::new();
    let read = std::io::stdin().take(MOST_BYTES).read_to_string(&mut text);
    read.map_err(|error| CliError::Io("cannot read the arguments from stdin", error))?;
    // Some programs write a byte order mark before the text.
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
