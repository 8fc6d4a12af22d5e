//! From the body of a successful answer to a type.

use serde::de::DeserializeOwned;

use crate::ghl::model::{Effect, Error, Kind, Written};
use crate::ghl::wire::transport::HttpResponse;

/// Reads a successful answer as `T`.
pub(crate) fn decode<T: DeserializeOwned>(effect: Effect, answer: &HttpResponse) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|_| {
        // serde's own message can quote the body, which is personal data: it is dropped on purpose.
        let written = if effect.writes() { Written::Yes } else { Written::No };
        Error::new(Kind::Unreadable, written).with_status(answer.status.as_u16())
    })
}
