//! Everyday tasks, each in the fewest calls: what the person asks, the calls of the model, the requests that they cost, and
//! what the CRM holds afterwards. The CRM holds the invented people of the sandbox. It is Monday, the 1st of June 2026.
//!
//! The requests are those of a process that has just begun. It reads a location's settings, custom fields and users once in
//! ten minutes.

mod change;
mod find;

use ghl_contacts_mcp::sandbox::Seed;
use serde_json::{Value, json};

use crate::support::{Crm, Person, Setup, contact, setup};

/// The CRM of the invented people.
async fn people() -> Crm {
    people_and([]).await
}

/// The same, with others.
async fn people_and<const N: usize>(others: [Person; N]) -> Crm {
    let people: Setup = setup().options(|options| options.seed = Seed::People);
    let crm = others.into_iter().fold(people, Setup::with).open().await;
    // The search shows them.
    crm.clock().advance(std::time::Duration::from_secs(5));
    crm
}

/// The names that a search answers, in alphabetical order.
fn names(found: &Value) -> Vec<&str> {
    let contacts = found["contacts"].as_array().expect("contacts");
    let mut names: Vec<&str> = contacts.iter().map(|one| one["name"].as_str().unwrap_or_default()).collect();
    names.sort_unstable();
    names
}

/// A custom field of a contact, by the contact's e-mail.
fn custom(crm: &Crm, email: &str, field: &str) -> Value {
    crm.custom(&crm.id_of(email), field)
}

/// A customer with custom fields.
fn customer(id: &str, name: &str, more: &Value) -> Person {
    let person = contact(id).email(&format!("{id}@example.com")).first_name(name);
    more.as_object()
        .expect("properties")
        .iter()
        .fold(person, |person, (name, value)| person.with(name, value.clone()))
}

/// Adds values of custom fields to a contact, as a form or a workflow does.
fn fill(crm: &Crm, id: &str, values: &Value) {
    let values = values.as_object().expect("fields").iter();
    let values: Vec<Value> =
        values.map(|(name, value)| json!({ "id": crm.field(name), "value": value })).collect();
    crm.edit(id, |held| drop(held.insert("customFields".into(), json!(values))));
    crm.clock().advance(std::time::Duration::from_secs(5));
}
