//! The location itself.

use reqwest::Method;

use crate::ghl::client::Scope;
use crate::ghl::model::{Effect, Error, FieldValue, Location};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// [Get Location](https://marketplace.gohighlevel.com/docs/ghl/locations/get-location): the configured
/// location, its country, time zone and duplicate policy. Needs `locations.readonly`.
pub(crate) async fn get(scope: &Scope) -> Result<Location, Error> {
    struct LocationAnswer {
        id: Option<FieldValue>,
        location: Location,
    }
    impl Answer for LocationAnswer {
        fn read(mut body: Object) -> Option<Self> {
            let mut location = body.remove("location")?.into_map().filter(|location| !location.is_empty())?;
            let id = location.remove("id").or_else(|| location.remove("_id"));
            Some(Self { id, location: Location::read(location) })
        }

        fn other(&self, asked: Asked<'_>) -> Option<String> {
            asked.other_location(self.id.as_ref())
        }
    }
    let location = scope.client().location()?;
    let call =
        Call::new("locations.get", Method::GET, Effect::Read, Subject::Location).at("locations").at(location);
    Ok(scope.send::<LocationAnswer>(call).await?.location)
}
