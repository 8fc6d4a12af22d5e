//! Definitions of custom fields.

use reqwest::Method;

use crate::ghl::client::Scope;
use crate::ghl::model::{CustomField, Effect, Error};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// [Get Custom Fields](https://marketplace.gohighlevel.com/docs/ghl/locations/get-custom-fields): all definitions for
/// contacts. Needs the scope `locations/customFields.readonly`, which a token may lack.
pub(crate) async fn list(scope: &Scope) -> Result<Vec<CustomField>, Error> {
    struct Definitions(Vec<CustomField>);
    impl Answer for Definitions {
        fn read(mut body: Object) -> Option<Self> {
            let list = body.remove("customFields")?.into_list()?;
            Some(Self(list.into_iter().map(CustomField::read).collect()))
        }

        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let location = scope.client().location()?;
    let call = Call::new("custom_fields.list", Method::GET, Effect::Read, Subject::Location)
        .at("locations")
        .at(location);
    Ok(scope.send::<Definitions>(call.at("customFields").query("model", "contact")).await?.0)
}
