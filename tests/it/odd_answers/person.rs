//! A person, and what their contact in the CRM may hold by what was asked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The custom field of the model, by name.
pub const CUSTOM: &str = "Job Title";

/// The fields that the model knows, each of which a contact may lack.
const FIELDS: [&str; 6] = ["email", "phone", "firstName", "lastName", "city", CUSTOM];

type Held = Option<String>;

/// What one call says about a contact.
#[derive(Debug, Clone)]
pub enum Claim {
    /// The field holds this now.
    Holds(String, Held),
    /// The field may hold this.
    MayHold(String, Held),
    Tagged(String),
    MayBeTagged(String),
    /// The contact exists.
    Exists,
    /// The contact may exist.
    MayExist,
    /// The contact has this id.
    HasId(String),
}

/// One person.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: &'static str,
    pub email: String,
    pub phone: String,
    may: BTreeMap<String, BTreeSet<Held>>,
    tags: BTreeSet<String>,
    may_tags: BTreeSet<String>,
    exists: bool,
    may_exist: bool,
}

impl Person {
    pub fn new(name: &'static str, digit: usize) -> Self {
        let (email, phone) = (format!("{name}@example.com"), format!("+1415555010{digit}"));
        let mut may: BTreeMap<_, _> =
            FIELDS.into_iter().map(|field| (field.to_owned(), BTreeSet::from([None]))).collect();
        may.insert("email".to_owned(), BTreeSet::from([Some(email.clone())]));
        let (tags, may_tags) = (BTreeSet::new(), BTreeSet::new());
        Self { name, email, phone, may, tags, may_tags, exists: false, may_exist: false }
    }

    /// Whether the contact is there, by what was answered.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// Whether the contact has the person's phone, by what was answered.
    pub fn has_phone(&self) -> bool {
        self.exists && self.may["phone"] == BTreeSet::from([Some(self.phone.clone())])
    }

    /// Whether a contact is this person's.
    pub fn owns(&self, contact: &Value) -> bool {
        match contact["email"].as_str() {
            Some(email) => email == self.email,
            None => contact["phone"] == self.phone.as_str(),
        }
    }

    /// Applies what the calls of one round say.
    pub fn apply(&mut self, claims: &[Claim]) {
        let mut holds: BTreeMap<&str, BTreeSet<Held>> = BTreeMap::new();
        for claim in claims {
            match claim {
                Claim::Holds(field, value) => {
                    holds.entry(field).or_default().insert(value.clone());
                }
                Claim::Tagged(tag) => {
                    self.tags.insert(tag.clone());
                    self.may_tags.insert(tag.clone());
                }
                Claim::MayBeTagged(tag) => {
                    self.may_tags.insert(tag.clone());
                }
                Claim::Exists => (self.exists, self.may_exist) = (true, true),
                Claim::MayExist => self.may_exist = true,
                Claim::MayHold(..) | Claim::HasId(_) => {}
            }
        }
        for (field, values) in holds {
            self.may.insert(field.to_owned(), values);
        }
        for claim in claims {
            if let Claim::MayHold(field, value) = claim {
                self.may.entry(field.clone()).or_default().insert(value.clone());
            }
        }
    }

    /// Compares the contacts of this person with what was asked.
    pub fn check(&self, contacts: &[&Value], custom: &str, claims: &[Claim]) -> Result<(), String> {
        let name = self.name;
        let contact = match contacts {
            [] if self.exists => return Err(format!("{name} was written and is not there")),
            [] => return Ok(()),
            [_] if !self.may_exist => return Err(format!("{name} was created by no call")),
            [contact] => contact,
            more => return Err(format!("{name} has {} contacts", more.len())),
        };
        for (field, may) in &self.may {
            let held = held(contact, field, custom);
            if !may.contains(&held) {
                return Err(format!("{name} {field} is {held:?}; by what was asked it is one of {may:?}"));
            }
        }
        let tags: BTreeSet<_> = contact["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if let Some(lost) = self.tags.difference(&tags).next() {
            return Err(format!(
                "{name} does not have the tag {lost}, which a call named as added: {tags:?}"
            ));
        }
        if let Some(alien) = tags.difference(&self.may_tags).next() {
            return Err(format!("{name} has the tag {alien}, which no call asked for"));
        }
        for claim in claims {
            if let Claim::HasId(id) = claim
                && contact["id"] != id.as_str()
            {
                return Err(format!("an answer about {name} names the contact {id}, not {}", contact["id"]));
            }
        }
        Ok(())
    }
}

fn held(contact: &Value, field: &str, custom: &str) -> Held {
    let value = if field == CUSTOM {
        let mut list = contact["customFields"].as_array().into_iter().flatten();
        list.find(|one| one["id"] == custom).map(|one| &one["value"])
    } else {
        contact.get(field)
    };
    value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
