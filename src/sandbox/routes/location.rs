//! The location, its custom field definitions and its tags.

use serde_json::{Value, json};

use crate::sandbox::gate;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::state::{State, lock};

/// `GET /locations/{id}`
pub(crate) fn get(state: &State, id: &str) -> Result<Response, Response> {
    let options = &state.options;
    gate::check_scope(options, "locations.readonly")?;
    gate::check_location(options, Some(id))?;
    let location = json!({
        "id": id, "companyId": "SandboxCompany000001", "name": "Harbour Light Studio", "country": options.country,
        "address": "12 Quay Street", "city": "Portland", "state": "ME", "postalCode": "04101",
        "website": "https://harbour-light.example.com", "timezone": "America/New_York", "firstName": "Sam",
        "lastName": "Okafor", "email": "hello@harbour-light.example.com", "phone": "+12075550100",
        "business": { "name": "Harbour Light Studio" }, "social": {},
        "settings": {
            "allowDuplicateContact": options.allow_duplicate_contact, "allowDuplicateOpportunity": false,
            "allowFacebookNameMerge": false, "disableContactTimezone": false,
            "contactUniqueIdentifiers": options.unique_identifiers,
        },
    });
    Ok(Response::json(200, json!({ "location": location })))
}

/// `GET /locations/{id}/customFields?model=`
pub(crate) fn custom_fields(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    gate::check_scope(&state.options, "locations/customFields.readonly")?;
    gate::check_location(&state.options, Some(id))?;
    let fields: Vec<Value> = match request.param("model").as_deref() {
        None | Some("contact" | "all") => lock(&state.store).definitions.clone(),
        Some("opportunity") => Vec::new(),
        Some(_) => {
            let rule = "model must be one of the following values: contact, opportunity, all";
            return Err(Response::unprocessable(&[rule.to_owned()]));
        }
    };
    Ok(Response::json(200, json!({ "customFields": fields })))
}

/// `GET /locations/{id}/tags`
pub(crate) fn tags(state: &State, id: &str) -> Result<Response, Response> {
    gate::check_scope(&state.options, "locations/tags.readonly")?;
    gate::check_location(&state.options, Some(id))?;
    let store = lock(&state.store);
    let tags = store.tags.iter().map(|(tag, name)| json!({ "id": tag, "name": name, "locationId": id }));
    Ok(Response::json(200, json!({ "tags": tags.collect::<Vec<_>>() })))
}
