//! The location, its custom field definitions, its tags and its users.

use serde_json::{Value, json};

use crate::sandbox::gate;
use crate::sandbox::record::id_of;
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

/// The users: two of them have the same first name.
const USERS: [(u64, &str, &str); 3] =
    [(51, "Sam", "Okafor"), (52, "Ines", "Moreau"), (53, "Sam", "Whitfield")];

/// `GET /users/?locationId=`: deprecated, and the only list of users that a location's token may read.
pub(crate) fn users(state: &State, request: &Request) -> Result<Response, Response> {
    gate::check_scope(&state.options, "users.readonly")?;
    let location = request.param("locationId");
    gate::check_location(&state.options, location.as_deref())?;
    let users = USERS.map(|(number, first, last)| {
        json!({
            "id": id_of(number), "name": format!("{first} {last}"), "firstName": first, "lastName": last,
            "email": format!("{}.{}@harbour-light.example.com", first.to_lowercase(), last.to_lowercase()),
            "phone": "", "roles": { "type": "account", "role": "admin", "locationIds": [location] },
        })
    });
    Ok(Response::json(200, json!({ "users": users })))
}
