//! The scenes of the demo.

use serde_json::{Value, json};

use crate::tool::Tool;
use crate::tools::{AddNote, AddTags, GetContact, RemoveTags, SearchContacts, UpsertContact, UpsertContacts};

/// One call, and what it shows.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) title: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    /// Whether the tool is expected to report an error.
    pub(crate) fails: bool,
}

impl Scene {
    fn new(title: &'static str, tool: &'static str, arguments: Value, explanation: &'static str) -> Self {
        Self { title, explanation, tool, arguments, fails: false }
    }

    fn fails(self) -> Self {
        Self { fails: true, ..self }
    }
}

/// All scenes, in order.
pub(crate) fn scenes() -> Vec<Scene> {
    let changed = json!({ "email": " Mateo.Garcia@example.com", "companyName": "Acme Europe", "tags": ["Renewal-2027"] });
    vec![
        Scene::new(
            "Who is this?",
            GetContact::NAME,
            json!({ "email": "mateo.garcia@example.com" }),
            "An exact lookup, which does not lag behind writes. Custom fields have names, and omitted fields are listed.",
        ),
        Scene::new(
            "Find the VIPs",
            SearchContacts::NAME,
            json!({ "tags": ["vip"], "sort": "dateUpdated", "limit": 3 }),
            "Contacts with the main fields only. The note says that a search can lag behind writes, as HighLevel's does.",
        ),
        Scene::new(
            "Change a company and add a tag, without losing one",
            UpsertContact::NAME,
            changed.clone(),
            "HighLevel's own upsert would have replaced all tags. Here only the differences are written, and the receipt lists them.",
        ),
        Scene::new(
            "The same call again changes nothing",
            UpsertContact::NAME,
            changed,
            "Outcome unchanged: one lookup, no write. An agent can safely repeat a call.",
        ),
        Scene::new(
            "A new lead, with a phone number in local format",
            UpsertContact::NAME,
            json!({
                "email": "rosa.parkhurst@example.com", "phone": "(415) 555-0142", "firstName": "Rosa", "lastName": "Parkhurst",
                "tags": ["webinar"], "customFields": [{ "id": "lead score", "value": "82" }, { "id": "Plan", "value": "growth" }]
            }),
            "The number is converted to E.164, the fields are found by name, and the contact is read back before it is reported as stored.",
        ),
        Scene::new(
            "The e-mail of one person with the phone of another",
            UpsertContact::NAME,
            json!({ "email": "jane.smith@example.com", "phone": "+14155550124", "city": "Oakland" }),
            "HighLevel would have dropped the phone and answered 200. Here the call is refused, and the error names both contacts.",
        )
        .fails(),
        Scene::new(
            "An option that does not exist",
            UpsertContact::NAME,
            json!({ "email": "jane.smith@example.com", "customFields": [{ "id": "Plan", "value": "Platinum" }] }),
            "HighLevel would have dropped the value and answered 200. Here the error lists the options that exist.",
        )
        .fails(),
        Scene::new(
            "Add a tag",
            AddTags::NAME,
            json!({ "email": "rosa.parkhurst@example.com", "tags": ["webinar", "hot-lead"] }),
            "Only missing tags are added. A note names each tag that is new to the location, since it may be a typing error.",
        ),
        Scene::new(
            "A list from a trade fair, with a row that is wrong",
            UpsertContacts::NAME,
            json!({ "contacts": [
                { "email": "rosa.parkhurst@example.com", "city": "Oakland", "tags": ["fair"] },
                { "email": "mateo.garcia@example.com", "companyName": "Acme Europe" },
                { "email": "ines.moreau@example.com", "firstName": "Inès", "tags": ["fair"] },
                { "email": "ines.moreau(at)example.com", "firstName": "Inès" }
            ] }),
            "One call for up to 500 contacts, each with the care of a single one. A bad row says why, and stops no other.",
        ),
        Scene::new(
            "Take a tag away",
            RemoveTags::NAME,
            json!({ "email": "mateo.garcia@example.com", "tags": ["vip"] }),
            "Only the named tag goes. No call can remove all tags.",
        ),
        Scene::new(
            "Write down what was said",
            AddNote::NAME,
            json!({ "email": "rosa.parkhurst@example.com", "body": "Wants a quote for 40 seats by Friday." }),
            "HighLevel would store a repeated note twice. It is sent once, and if the answer is lost, the notes are read and compared.",
        ),
    ]
}
