//! A client's connection with timeouts for the head of a request, for idling and for slow readers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use hyper::Response;
use hyper::body::{Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::serve::http::admission::Admission;
use crate::serve::http::options::Limits;
use crate::serve::http::response::{HttpResponse, ResponseBody};
use crate::serve::http::shares::Share;

/// A connection that fails when its client is too slow: with the head of a request, between two requests, or in reading
/// a response. hyper's own timer cannot tell the first case from the second, and hyper has none for the third.
pub(crate) struct TimedConnection {
    stream: TokioIo<TcpStream>,
    state: ConnectionState,
    limits: Limits,
    read_timer: Pin<Box<Sleep>>,
    write_timer: Option<Pin<Box<Sleep>>>,
    /// Whether the read timer runs for a head; otherwise it runs for the idle time.
    in_head: bool,
    /// The number of responses when the read timer was last set.
    responses_seen: u32,
}

/// Whether a request is being answered, how many were, and whether one had a valid token. The service that answers has a
/// clone.
#[derive(Clone)]
pub(crate) struct ConnectionState(Arc<Shared>);

struct Shared {
    admission: Admission,
    authenticated: AtomicBool,
    answering: AtomicBool,
    responses: AtomicU32,
    /// The task of the connection, while it waits for the end of a response.
    reader: AtomicWaker,
}

impl ConnectionState {
    pub(crate) fn new(admission: Admission) -> Self {
        Self(Arc::new(Shared {
            admission,
            authenticated: AtomicBool::new(false),
            answering: AtomicBool::new(false),
            responses: AtomicU32::new(0),
            reader: AtomicWaker::new(),
        }))
    }

    /// Notes that a request had a valid token. Returns false if the connection has lost its place: then the request must
    /// not be carried out.
    pub(crate) fn authenticate(&self) -> bool {
        let shared = &self.0;
        if !shared.authenticated.load(Ordering::Relaxed) {
            shared.authenticated.store(shared.admission.authenticate(), Ordering::Relaxed);
        }
        shared.authenticated.load(Ordering::Relaxed)
    }

    /// Completes when the connection has lost its place to a new one.
    pub(crate) async fn closed(&self) {
        self.0.admission.closed.cancelled().await;
    }

    fn is_authenticated(&self) -> bool {
        self.0.authenticated.load(Ordering::Relaxed)
    }

    /// Notes that the head of a request was read.
    pub(crate) fn request_received(&self) {
        self.0.answering.store(true, Ordering::Relaxed);
    }

    fn response_sent(&self) {
        self.0.responses.fetch_add(1, Ordering::Relaxed);
        self.0.answering.store(false, Ordering::Relaxed);
        // hyper may not read again by itself, and then the time to be idle would not begin.
        self.0.reader.wake();
    }

    fn is_answering(&self) -> bool {
        self.0.answering.load(Ordering::Relaxed)
    }

    fn responses(&self) -> u32 {
        self.0.responses.load(Ordering::Relaxed)
    }
}

/// The body of a response. It notes the end of the response in the connection's state when it is dropped.
pub(crate) struct TrackedBody {
    body: ResponseBody,
    state: ConnectionState,
    /// The share of the person who gets the response.
    _share: Option<Arc<Share>>,
}

impl TrackedBody {
    /// The body of `response`, which stays under way until this is dropped.
    pub(crate) fn of(mut response: HttpResponse, state: ConnectionState) -> Response<Self> {
        let share = response.extensions_mut().remove();
        response.map(|body| Self { body, state, _share: share })
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.state.response_sent();
    }
}

impl hyper::body::Body for TrackedBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl TimedConnection {
    #[expect(clippy::disallowed_methods, reason = "the time that a client may take is measured here")]
    pub(crate) fn new(stream: TcpStream, state: ConnectionState, limits: Limits) -> Self {
        Self {
            stream: TokioIo::new(stream),
            state,
            limits,
            read_timer: Box::pin(tokio::time::sleep(limits.unauthenticated_time)),
            write_timer: None,
            in_head: true,
            responses_seen: 0,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the time that a client may take is measured here")]
    fn restart_read_timer(&mut self, in_head: bool) {
        let time = match in_head {
            _ if !self.state.is_authenticated() => self.limits.unauthenticated_time,
            true => self.limits.head_time,
            false => self.limits.idle_time,
        };
        self.read_timer.as_mut().reset(Instant::now() + time);
        self.in_head = in_head;
    }

    /// Stops the write timer if the write is done, and otherwise fails when the timer has run out.
    #[expect(clippy::disallowed_methods, reason = "the time that a client may take is measured here")]
    fn check_write_timer<T>(
        &mut self,
        context: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.write_timer = None;
            return progress;
        }
        let stall = self.limits.stall_time;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(stall)));
        match timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Read for TimedConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if this.state.is_answering() {
            this.state.0.reader.register(context.waker());
            return read;
        }
        if this.responses_seen != this.state.responses() {
            this.responses_seen = this.state.responses();
            this.restart_read_timer(false);
        }
        if read.is_ready() {
            if !this.in_head {
                this.restart_read_timer(true);
            }
            return read;
        }
        match this.read_timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Write for TimedConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.check_write_timer(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.check_write_timer(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
