//! MCP as lines of JSON, over stdin and stdout or any other stream of bytes.

use futures_util::future::BoxFuture;
use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::serve::bounded_transport::{BoundedTransport, SessionEnd};
use crate::serve::drain::Drain;
use crate::serve::handler::Handler;
use crate::serve::lines::LineTransport;
use crate::serve::streams;

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

/// Serves on stdin and stdout until stdin ends, stdout closes, or `drain` stops it. Then it reads no more, finishes the calls
/// that it has read and writes their answers, within the time of `drain`.
pub async fn serve_stdio<C: Send + Sync + 'static>(
    handler: Handler<C>,
    drain: Drain,
) -> Result<(), StdioError> {
    serve_lines(handler, streams::stdin(), streams::stdout(), drain, || Box::pin(stdin_closed())).await
}

/// Serves on `stream` until its other end closes.
pub async fn serve_stream<C, S>(handler: Handler<C>, stream: S) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    serve_stream_until(handler, stream, Drain::default()).await
}

/// Serves on `stream` until its other end closes or `drain` stops it; see [`serve_stdio`].
pub async fn serve_stream_until<C, S>(handler: Handler<C>, stream: S, drain: Drain) -> Result<(), StdioError>
where
    C: Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (read, write) = tokio::io::split(stream);
    serve_lines(handler, Box::new(read), Box::new(write), drain, || Box::pin(std::future::pending())).await
}

/// Takes the streams as objects: the session is compiled once for all of them, which makes the program smaller.
async fn serve_lines<C: Send + Sync + 'static>(
    handler: Handler<C>,
    read: Box<dyn AsyncRead + Send + Unpin>,
    write: Box<dyn AsyncWrite + Send + Unpin>,
    drain: Drain,
    closed: fn() -> BoxFuture<'static, ()>,
) -> Result<(), StdioError> {
    let lines = LineTransport::new(read, write);
    let calls = handler.calls().clone();
    let end = SessionEnd { drain: drain.clone(), calls: calls.clone(), closed };
    let session = async {
        // The SDK gets no token that stops it: that would cancel the calls that are under way.
        match handler.serve_with_ct(BoundedTransport::new(lines).ending(end), CancellationToken::new()).await
        {
            Ok(running) => running.waiting().await.map(drop).map_err(StdioError::from),
            // Hosts of both protocol eras start a process only to send `server/discover`, and may disconnect before the
            // response is written. That is not a failure.
            Err(
                ServerInitializeError::ConnectionClosed(_)
                | ServerInitializeError::TransportError { .. }
                | ServerInitializeError::Cancelled,
            ) => Ok(()),
            Err(error) => Err(StdioError::Start(Box::new(error))),
        }
    };
    tokio::select! {
        biased;
        ended = session => ended,
        () = drain.over() => {
            if calls.is_empty() {
                tracing::warn!("stopped before the client had read all answers");
            } else {
                tracing::warn!("stopped while a call was running; its outcome is not known");
            }
            Ok(())
        }
    }
}

/// Resolves when no process can write to stdin any more, also while data lies in it that is not read. It never does where
/// stdin is no pipe, or the system cannot tell.
#[cfg(target_os = "linux")]
async fn stdin_closed() {
    use tokio::io::Interest;
    use tokio::net::unix::pipe::OpenOptions;

    // A closed end is reported whatever is asked for, and data is not asked for.
    match OpenOptions::new().open_receiver("/proc/self/fd/0") {
        Ok(stdin) => drop(stdin.ready(Interest::PRIORITY).await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(target_os = "linux"))]
async fn stdin_closed() {
    std::future::pending::<()>().await;
}
