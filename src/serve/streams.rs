//! Stdin and stdout. A pipe or a socket is read and written without blocking: Node starts a server on sockets, others do on
//! pipes. Anything else, such as a terminal or a file, goes through a thread of its own.

use tokio::io::{AsyncRead, AsyncWrite};

/// Stdin of this process.
pub(crate) fn stdin() -> Box<dyn AsyncRead + Send + Unpin> {
    #[cfg(unix)]
    if let Some(socket) = socket(std::io::stdin()) {
        return Box::new(socket);
    }
    // Opened anew, so that the process's own stdin stays as it is for others that have it.
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_receiver("/proc/self/fd/0") {
        return Box::new(pipe);
    }
    Box::new(tokio::io::stdin())
}

/// Stdout of this process.
pub(crate) fn stdout() -> Box<dyn AsyncWrite + Send + Unpin> {
    #[cfg(unix)]
    if let Some(socket) = socket(std::io::stdout()) {
        return Box::new(socket);
    }
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_sender("/proc/self/fd/1") {
        return Box::new(pipe);
    }
    Box::new(tokio::io::stdout())
}

/// The stream, if it is a socket.
#[cfg(unix)]
fn socket(stream: impl std::os::fd::AsFd) -> Option<tokio::net::UnixStream> {
    use std::os::unix::fs::FileTypeExt as _;

    let stream = stream.as_fd().try_clone_to_owned().ok()?;
    let file = std::fs::File::from(stream);
    if !file.metadata().ok()?.file_type().is_socket() {
        return None;
    }
    let socket = std::os::unix::net::UnixStream::from(std::os::fd::OwnedFd::from(file));
    socket.set_nonblocking(true).ok()?;
    tokio::net::UnixStream::from_std(socket).ok()
}
