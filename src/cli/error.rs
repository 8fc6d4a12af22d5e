//! Why a subcommand cannot go on.

use crate::config::Wrong;

/// What a subcommand ends with when it cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// A wrong setting.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The machine does not let us: a port that is taken, a folder that cannot be written.
    #[error("{0}: {1}")]
    System(&'static str, #[source] std::io::Error),
    /// Something went wrong that has been printed already.
    #[error("")]
    Said,
    /// Nobody authorised the app.
    #[error("not authorised: {0}")]
    Login(String),
    /// HighLevel did not do what was asked.
    #[error(transparent)]
    Crm(#[from] crate::ghl::Error),
    /// A session of our own that ended badly.
    #[error("the tour broke off: {0}")]
    Session(String),
    /// The protocol could not go on.
    #[error(transparent)]
    Protocol(#[from] crate::serve::StdioError),
}
