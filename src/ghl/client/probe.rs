//! The request that this client sends by itself to find out whether HighLevel serves again.

use reqwest::Method;

use crate::ghl::model::{Effect, LocationId};
use crate::ghl::wire::{Call, Subject};

/// An address that no contact can have: `.invalid` is reserved (RFC 2606).
const UNUSED_EMAIL: &str = "is-highlevel-there@ghl-contacts-mcp.invalid";

/// A read that is harmless whatever it meets: the configured location and a lookup that finds no contact, by turns, so that
/// one route that fails for good does not keep the client away. A refusal is an answer, too: it shows that HighLevel is
/// there. Vendor: [Get Location](https://marketplace.gohighlevel.com/docs/ghl/locations/get-location),
/// [Get Duplicate Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-duplicate-contact).
pub(crate) fn probe(location: &LocationId, probes_before: u32) -> Call {
    if probes_before.is_multiple_of(2) {
        return Call::new("probe.location", Method::GET, Effect::Read, Subject::Location)
            .at("locations")
            .at(location);
    }
    Call::new("probe.contact", Method::GET, Effect::Read, Subject::Location)
        .at("contacts")
        .at("search")
        .at("duplicate")
        .query("locationId", location.as_str())
        .query("email", UNUSED_EMAIL)
}
