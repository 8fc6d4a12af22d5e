//! Definitions of custom fields.

use reqwest::Method;
use serde::Deserialize;

use crate::ghl::client::Scope;
use crate::ghl::model::{CustomField, Effect, Error};
use crate::ghl::wire::{Answer, Asked, Call, Subject};

/// [Get Custom Fields](https://marketplace.gohighlevel.com/docs/ghl/locations/get-custom-fields): all definitions for
/// contacts. Needs the scope `locations/customFields.readonly`, which a token may lack.
pub(crate) async fn list(scope: &Scope) -> Result<Vec<CustomField>, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct LocationAnswer {
        #[serde(default)]
        custom_fields: Vec<CustomField>,
    }
    impl Answer for LocationAnswer {
        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let location = scope.client().location()?;
    let call = Call::new("custom_fields.list", Method::GET, Effect::Read, Subject::Location)
        .at("locations")
        .at(location);
    Ok(scope.send::<LocationAnswer>(call.at("customFields").query("model", "contact")).await?.custom_fields)
}
