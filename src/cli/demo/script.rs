//! What the tour shows, and why.

use serde_json::{Value, json};

use crate::tool::Tool;
use crate::tools::{AddTags, GetContact, SearchContacts, UpsertContact};

/// One call, with what a person should look at.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) title: &'static str,
    pub(crate) look: &'static str,
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    /// The call is to be refused.
    pub(crate) refused: bool,
}

impl Scene {
    fn new(title: &'static str, tool: &'static str, arguments: Value, look: &'static str) -> Self {
        Self { title, look, tool, arguments, refused: false }
    }

    fn refused(self) -> Self {
        Self { refused: true, ..self }
    }
}

/// All of them, in order.
pub(crate) fn scenes() -> Vec<Scene> {
    let changed = json!({ "email": " Mateo.Garcia@example.com", "companyName": "Acme Europe", "tags": ["Renewal-2027"] });
    vec![
        Scene::new(
            "Who is this?",
            GetContact::NAME,
            json!({ "email": "mateo.garcia@example.com" }),
            "An exact lookup that does not lag. Custom fields come by name; what was left out is listed.",
        ),
        Scene::new(
            "Find the VIPs",
            SearchContacts::NAME,
            json!({ "tags": ["vip"], "sort": "dateUpdated", "limit": 3 }),
            "Slim contacts. The note says that a search can lag behind writes, as HighLevel's does.",
        ),
        Scene::new(
            "Change a company and add a tag, without losing one",
            UpsertContact::NAME,
            changed.clone(),
            "HighLevel's own upsert would have replaced all tags. Here only what differs is written, and the receipt shows it.",
        ),
        Scene::new(
            "The same call again changes nothing",
            UpsertContact::NAME,
            changed,
            "Outcome unchanged: one look, no write. An agent may repeat itself safely.",
        ),
        Scene::new(
            "A new lead, with a phone as people write it",
            UpsertContact::NAME,
            json!({
                "email": "rosa.parkhurst@example.com", "phone": "(415) 555-0142", "firstName": "Rosa", "lastName": "Parkhurst",
                "tags": ["webinar"], "customFields": [{ "id": "lead score", "value": "82" }, { "id": "Plan", "value": "growth" }]
            }),
            "The number becomes E.164, the fields are found by name, and the contact is read back before it counts as stored.",
        ),
        Scene::new(
            "An email of one person with the phone of another",
            UpsertContact::NAME,
            json!({ "email": "jane.smith@example.com", "phone": "+14155550124", "city": "Oakland" }),
            "HighLevel would have dropped the phone and answered 200. This is refused, and both contacts are named.",
        )
        .refused(),
        Scene::new(
            "An option that does not exist",
            UpsertContact::NAME,
            json!({ "email": "jane.smith@example.com", "customFields": [{ "id": "Plan", "value": "Platinum" }] }),
            "HighLevel would have dropped it and answered 200. The answer lists what there is.",
        )
        .refused(),
        Scene::new(
            "Add a tag",
            AddTags::NAME,
            json!({ "email": "rosa.parkhurst@example.com", "tags": ["webinar", "hot-lead"] }),
            "Only what is missing is added; a tag that is new to the location is pointed out, since it may be a typing error.",
        ),
    ]
}
