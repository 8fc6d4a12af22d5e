//! One request on its way: a call as data, the HTTP request made from it, what carries it, and what its answer means.

mod call;
mod classify;
mod connect;
mod date;
mod decode;
mod limits;
mod request;
mod reqwest;
mod scrub;
mod transport;

pub(crate) use crate::ghl::wire::call::{Call, Subject};
pub(crate) use crate::ghl::wire::classify::{classify, is_refusal};
pub(crate) use crate::ghl::wire::connect::why;
pub(crate) use crate::ghl::wire::date::clock_ahead;
pub(crate) use crate::ghl::wire::decode::{Answer, Asked, Object, decode, says_failed};
pub(crate) use crate::ghl::wire::limits::Limits;
pub(crate) use crate::ghl::wire::request::{AGENT, request};
pub use crate::ghl::wire::reqwest::{ReqwestTransport, Timeouts};
pub use crate::ghl::wire::transport::{HttpRequest, HttpResponse, Transport, TransportError};
