//! HTTP+SSE, the transport of 2024-11-05: a client opens an event stream at `/sse`, gets the address for its messages in
//! the first event, and gets every response as an event. The SDK does not have this transport, and some old hosts have
//! no other.

mod events;
mod registry;
mod sessions;
mod transport;
mod validity;

pub(crate) use crate::serve::sse::sessions::Sessions;
pub(crate) use crate::serve::sse::validity::Validity;
