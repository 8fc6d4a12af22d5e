//! The location itself. Vendor: <https://marketplace.gohighlevel.com/docs/ghl/locations/get-location>

use reqwest::Method;
use serde::Deserialize;

use crate::ghl::call::{Call, Effect};
use crate::ghl::client::Scope;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::model::Location;

/// The configured location: country, time zone, duplicate policy. Needs `locations.readonly`.
pub async fn get(scope: &Scope) -> Result<Location, Error> {
    #[derive(Deserialize)]
    struct Answer {
        location: Option<Location>,
    }
    let location = scope.client().location()?;
    let call = Call::new("locations.get", Method::GET, Effect::Read).at("locations").at(location);
    call.send::<Answer>(scope).await?.location.ok_or_else(|| Error::new(Kind::Unreadable, Happened::No))
}
