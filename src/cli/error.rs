//! Why a subcommand failed.

use std::io;

use crate::cli::client::SessionError;
use crate::config::ConfigError;
use crate::ghl;
use crate::serve::StdioError;

/// Why a subcommand failed. `main` prints it on one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A setting or an argument cannot be used: exit code 2.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The operating system refuses something, for example a port that is in use or a folder that is read-only.
    #[error("{0}: {1}")]
    Io(&'static str, #[source] io::Error),
    /// The address of `--listen` cannot be listened on.
    #[error("--listen: {0}")]
    Listen(String),
    /// The server that was asked is not there, or does not serve.
    #[error("{0}")]
    Unhealthy(String),
    /// The failure has been printed already.
    #[error("")]
    Reported,
    /// A signal, and the call did not end in time.
    #[error("stopped while the call was running; its outcome is not known")]
    Stopped,
    /// `login` did not get an authorization.
    #[error("not authorised: {0}")]
    Login(String),
    /// `install` or `uninstall` cannot read or write a file.
    #[error("{0}")]
    Install(String),
    /// A request to HighLevel failed.
    #[error(transparent)]
    HighLevel(#[from] ghl::Error),
    /// `import` or `export` cannot go on.
    #[cfg(feature = "import")]
    #[error("{0}")]
    Failed(String),
    /// A call of `demo` did not have the expected result.
    #[error("the demo stopped: {0}")]
    Demo(String),
    /// The MCP session of `demo` failed.
    #[error("the demo stopped: {0}")]
    Session(#[from] SessionError),
    /// The MCP session on stdin and stdout failed.
    #[error(transparent)]
    Stdio(#[from] StdioError),
}

#[cfg(feature = "import")]
impl From<crate::contacts::Error> for CliError {
    /// In the words of a tool: what happened, and what to do.
    fn from(error: crate::contacts::Error) -> Self {
        Self::Failed(crate::tool::Failure::from(error).text())
    }
}
