//! MCP as lines of JSON: over stdin and stdout, or any stream of bytes.

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::serve::bounded_transport::Patient;
use crate::serve::handler::Handler;

/// The longest line that is read, in bytes. A longer one is dropped and the session goes on.
const MAX_LINE: usize = 4 * 1024 * 1024;

/// Why serving over a stream ended badly.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client and the server could not begin.
    #[error("the MCP session could not begin: {0}")]
    Start(Box<ServerInitializeError>),
    /// The session's task ended in a panic or was aborted.
    #[error("the MCP session broke off: {0}")]
    Session(#[from] tokio::task::JoinError),
}

/// Serves on stdin and stdout until stdin ends or `stop` fires.
pub async fn stdio_until<C: Send + Sync + 'static>(
    handler: Handler<C>,
    stop: CancellationToken,
) -> Result<(), StdioError> {
    let (read, write) = rmcp::transport::io::stdio_pipes();
    session(handler, read, write, stop).await
}

/// Serves on `stream` until its other end closes.
pub async fn over<C, S>(handler: Handler<C>, stream: S) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    over_until(handler, stream, CancellationToken::new()).await
}

/// Serves on `stream` until its other end closes or `stop` fires.
pub async fn over_until<C, S>(
    handler: Handler<C>,
    stream: S,
    stop: CancellationToken,
) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (read, write) = tokio::io::split(stream);
    session(handler, read, write, stop).await
}

async fn session<C, R, W>(
    handler: Handler<C>,
    read: R,
    write: W,
    stop: CancellationToken,
) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let lines = AsyncRwTransport::new(read, write).with_max_line_length(MAX_LINE);
    match handler.serve_with_ct(Patient::new(lines), stop).await {
        Ok(running) => {
            running.waiting().await?;
            Ok(())
        }
        // Hosts of both eras start a throw-away process, ask it `server/discover` and leave, perhaps before the
        // answer is written: that is no failure.
        Err(
            ServerInitializeError::ConnectionClosed(_)
            | ServerInitializeError::TransportError { .. }
            | ServerInitializeError::Cancelled,
        ) => Ok(()),
        Err(error) => Err(StdioError::Start(Box::new(error))),
    }
}
