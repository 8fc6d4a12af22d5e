//! MCP as lines of JSON, over stdin and stdout or any other stream of bytes.

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::serve::bounded_transport::BoundedTransport;
use crate::serve::handler::Handler;

/// The longest line that is read, in bytes. A longer line is dropped, and the session goes on.
const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

/// Why a session over a stream failed.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The session could not start.
    #[error("the MCP session could not start: {0}")]
    Start(Box<ServerInitializeError>),
    /// The session's task panicked or was aborted.
    #[error("the MCP session ended early: {0}")]
    Session(#[from] tokio::task::JoinError),
}

/// Serves on stdin and stdout until stdin ends or `stop` fires.
pub async fn serve_stdio<C: Send + Sync + 'static>(
    handler: Handler<C>,
    stop: CancellationToken,
) -> Result<(), StdioError> {
    let (read, write) = rmcp::transport::io::stdio_pipes();
    serve_lines(handler, read, write, stop).await
}

/// Serves on `stream` until its other end closes.
pub async fn serve_stream<C, S>(handler: Handler<C>, stream: S) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    serve_stream_until(handler, stream, CancellationToken::new()).await
}

/// Serves on `stream` until its other end closes or `stop` fires.
pub async fn serve_stream_until<C, S>(
    handler: Handler<C>,
    stream: S,
    stop: CancellationToken,
) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (read, write) = tokio::io::split(stream);
    serve_lines(handler, read, write, stop).await
}

async fn serve_lines<C, R, W>(
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
    let lines = AsyncRwTransport::new(read, write).with_max_line_length(MAX_LINE_BYTES);
    match handler.serve_with_ct(BoundedTransport::new(lines), stop).await {
        Ok(running) => {
            running.waiting().await?;
            Ok(())
        }
        // Hosts of both protocol eras start a process only to send `server/discover`, and may disconnect before the
        // response is written. That is not a failure.
        Err(
            ServerInitializeError::ConnectionClosed(_)
            | ServerInitializeError::TransportError { .. }
            | ServerInitializeError::Cancelled,
        ) => Ok(()),
        Err(error) => Err(StdioError::Start(Box::new(error))),
    }
}
