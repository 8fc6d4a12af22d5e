//! A contact that the CRM holds at the start of a spec.

use serde_json::{Map, Value, json};

/// A contact under construction.
#[derive(Debug, Clone)]
pub struct Person(Map<String, Value>);

/// `contact("ada").email("ada@example.com")`
pub fn contact(id: &str) -> Person {
    Person(Map::new()).with("id", json!(id))
}

impl Person {
    pub fn with(mut self, property: &str, value: Value) -> Self {
        self.0.insert(property.to_owned(), value);
        self
    }

    pub fn email(self, email: &str) -> Self {
        self.with("email", json!(email))
    }

    pub fn phone(self, phone: &str) -> Self {
        self.with("phone", json!(phone))
    }

    pub fn first_name(self, name: &str) -> Self {
        self.with("firstName", json!(name))
    }

    pub fn tags<const N: usize>(self, tags: [&str; N]) -> Self {
        self.with("tags", json!(tags.as_slice()))
    }

    pub fn additional_email(self, email: &str) -> Self {
        self.with("additionalEmails", json!([{ "email": email }]))
    }

    pub fn additional_phone(self, phone: &str) -> Self {
        self.with("additionalPhones", json!([{ "phone": phone }]))
    }

    pub fn added(self, date: &str) -> Self {
        self.with("dateAdded", json!(date))
    }

    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}
