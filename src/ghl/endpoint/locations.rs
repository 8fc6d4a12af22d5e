//! The location itself.

use reqwest::Method;
use serde::Deserialize;

use crate::ghl::client::Scope;
use crate::ghl::model::{Effect, Error, Kind, Location, Written};
use crate::ghl::wire::{Answer, Asked, Call, Subject};

/// [Get Location](https://marketplace.gohighlevel.com/docs/ghl/locations/get-location): the configured
/// location, its country, time zone and duplicate policy. Needs `locations.readonly`.
pub(crate) async fn get(scope: &Scope) -> Result<Location, Error> {
    #[derive(Deserialize)]
    struct LocationAnswer {
        location: Option<Location>,
    }
    impl Answer for LocationAnswer {
        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let location = scope.client().location()?;
    let call =
        Call::new("locations.get", Method::GET, Effect::Read, Subject::Location).at("locations").at(location);
    scope
        .send::<LocationAnswer>(call)
        .await?
        .location
        .ok_or_else(|| Error::new(Kind::Unreadable, Written::No))
}
