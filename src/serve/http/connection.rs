//! A client's connection, with the patience that it is given.
#![expect(clippy::disallowed_methods, reason = "the time that a client may take is measured here")]

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::serve::http::options::Limits;
use crate::serve::http::response::Body;

/// A connection that breaks when its client takes too long: over a request's head, between two requests, or to take
/// an answer. hyper's own timer cannot tell the first from the second, and has none for the third.
pub(crate) struct Link {
    stream: TokioIo<TcpStream>,
    phase: Phase,
    limits: Limits,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
    head_began: bool,
    answers: u32,
}

/// Whether a request is being answered, and how many were. Shared with the one who answers.
#[derive(Clone, Default)]
pub(crate) struct Phase(Arc<(AtomicBool, AtomicU32)>);

impl Phase {
    /// The head has been read.
    pub(crate) fn answering(&self) {
        self.0.0.store(true, Ordering::Relaxed);
    }

    fn is_answering(&self) -> bool {
        self.0.0.load(Ordering::Relaxed)
    }

    fn answers(&self) -> u32 {
        self.0.1.load(Ordering::Relaxed)
    }
}

/// The body of an answer, which is given when it is dropped.
pub(crate) struct Given {
    body: Body,
    phase: Phase,
}

impl Given {
    pub(crate) fn new(body: Body, phase: Phase) -> Self {
        Self { body, phase }
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        self.phase.0.1.fetch_add(1, Ordering::Relaxed);
        self.phase.0.0.store(false, Ordering::Relaxed);
    }
}

impl hyper::body::Body for Given {
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

impl Link {
    pub(crate) fn new(stream: TcpStream, phase: Phase, limits: Limits) -> Self {
        Self {
            stream: TokioIo::new(stream),
            phase,
            limits,
            // A connection that never says anything is not one that rests.
            reading: Box::pin(tokio::time::sleep(limits.head_time)),
            writing: None,
            head_began: true,
            answers: 0,
        }
    }

    fn rest(&mut self, time: Duration, head_began: bool) {
        self.reading.as_mut().reset(Instant::now() + time);
        self.head_began = head_began;
    }

    /// Something was written, or the wait for it goes on.
    fn written<T>(
        &mut self,
        context: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.writing = None;
            return progress;
        }
        let stall = self.limits.stall_time;
        let timer = self.writing.get_or_insert_with(|| Box::pin(tokio::time::sleep(stall)));
        match timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let link = &mut *self;
        let read = Pin::new(&mut link.stream).poll_read(context, buffer);
        if link.phase.is_answering() {
            return read;
        }
        if link.answers != link.phase.answers() {
            link.answers = link.phase.answers();
            link.rest(link.limits.idle_time, false);
        }
        if read.is_ready() {
            if !link.head_began {
                link.rest(link.limits.head_time, true);
            }
            return read;
        }
        match link.reading.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Write for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.written(context, written)
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
