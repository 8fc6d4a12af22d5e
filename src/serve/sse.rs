//! HTTP+SSE, the transport of 2024-11-05: a client opens a stream at `/sse`, is told where to send its messages, and
//! gets every answer on the stream. The SDK does not have it; old hosts have nothing else.

mod events;
mod registry;
mod sessions;
mod transport;

pub(crate) use crate::serve::sse::sessions::{Opening, Sessions};
