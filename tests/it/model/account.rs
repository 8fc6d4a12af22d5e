//! Compares what a few simultaneous calls say that they did with what the CRM held before and holds after.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::operation::CUSTOM;

/// The fields that the model knows.
const FIELDS: [&str; 5] = ["email", "phone", "firstName", "city", CUSTOM];

type Held = Option<String>;

/// The fields of one contact that the model knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Person {
    fields: BTreeMap<String, String>,
    tags: BTreeSet<String>,
}

/// All contacts, by id.
pub type People = BTreeMap<String, Person>;

pub fn people(contacts: &[Value], custom: &str) -> People {
    let person = |contact: &Value| {
        let mut person = Person::default();
        for field in FIELDS {
            let value = if field == CUSTOM {
                let list = contact["customFields"].as_array().into_iter().flatten();
                list.clone().find(|one| one["id"] == custom).map(|one| one["value"].clone())
            } else {
                contact.get(field).cloned()
            };
            if let Some(Value::String(text)) = value {
                person.fields.insert(field.to_owned(), text);
            }
        }
        let tags = contact["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
        person.tags = tags.map(str::to_owned).collect();
        (contact["id"].as_str().unwrap_or_default().to_owned(), person)
    };
    contacts.iter().map(person).collect()
}

/// What the calls of one round say.
#[derive(Debug, Default)]
pub struct Account {
    created: BTreeSet<String>,
    wrote: BTreeMap<(String, String), Vec<Held>>,
    tagged: BTreeMap<String, BTreeSet<String>>,
    may: BTreeMap<String, Vec<Held>>,
    may_tag: BTreeSet<String>,
}

impl Account {
    pub fn created(&mut self, id: &str) {
        self.created.insert(id.to_owned());
    }

    pub fn wrote(&mut self, id: &str, field: &str, value: Held) {
        self.wrote.entry((id.to_owned(), field.to_owned())).or_default().push(value);
    }

    pub fn tagged<'a>(&mut self, id: &str, tags: impl Iterator<Item = &'a String>) {
        self.tagged.entry(id.to_owned()).or_default().extend(tags.cloned());
    }

    /// Of an unknown contact.
    pub fn may(&mut self, field: &str, value: Held) {
        self.may.entry(field.to_owned()).or_default().push(value);
    }

    pub fn may_tag(&mut self, tags: &[String]) {
        self.may_tag.extend(tags.iter().cloned());
    }

    pub fn check(&self, before: &People, after: &People) -> Result<(), String> {
        if let Some(id) = before.keys().find(|id| !after.contains_key(*id)) {
            return Err(format!("{id} is gone"));
        }
        for (id, person) in after {
            let empty = Person::default();
            let was = before.get(id).unwrap_or(&empty);
            if !before.contains_key(id) {
                self.explained(id, person)?;
            }
            for field in FIELDS {
                self.check_field(id, field, was.fields.get(field), person.fields.get(field))?;
            }
            self.check_tags(id, &was.tags, &person.tags)?;
        }
        if let Some(id) = self.created.iter().find(|id| !after.contains_key(*id)) {
            return Err(format!("{id} was created and is not there"));
        }
        Ok(())
    }

    fn explained(&self, id: &str, person: &Person) -> Result<(), String> {
        let may = |field: &str| {
            self.may.get(field).is_some_and(|list| list.contains(&person.fields.get(field).cloned()))
        };
        let wrote = self.wrote.keys().any(|(one, _)| one == id) || self.tagged.contains_key(id);
        if self.created.contains(id) || wrote || may("email") || may("phone") {
            return Ok(());
        }
        Err(format!("{id} was created by no call: {person:?}"))
    }

    fn check_field(
        &self,
        id: &str,
        field: &str,
        was: Option<&String>,
        is: Option<&String>,
    ) -> Result<(), String> {
        let maybe = self.may.get(field).is_some_and(|list| list.contains(&is.cloned()));
        let wrote = self.wrote.get(&(id.to_owned(), field.to_owned()));
        match wrote {
            _ if maybe => Ok(()),
            Some(values) if values.contains(&is.cloned()) => Ok(()),
            Some(values) => {
                Err(format!("{id} {field}: acknowledged as {values:?} and is {is:?} (was {was:?})"))
            }
            None if was == is => Ok(()),
            None => Err(format!("{id} {field}: was {was:?} and is {is:?}, which no call asked for")),
        }
    }

    fn check_tags(&self, id: &str, was: &BTreeSet<String>, is: &BTreeSet<String>) -> Result<(), String> {
        let nothing = BTreeSet::new();
        let tagged = self.tagged.get(id).unwrap_or(&nothing);
        if let Some(lost) = was.iter().chain(tagged).find(|tag| !is.contains(*tag)) {
            return Err(format!("{id} lost the tag {lost}: {was:?} and {tagged:?} became {is:?}"));
        }
        let known =
            |tag: &&String| was.contains(*tag) || tagged.contains(*tag) || self.may_tag.contains(*tag);
        match is.iter().find(|tag| !known(tag)) {
            Some(tag) => Err(format!("{id} has the tag {tag}, which no call asked for")),
            None => Ok(()),
        }
    }
}

/// Checks that each key belongs to one contact, as a CRM without duplicates must have it.
pub fn check_unique(people: &People) -> Result<(), String> {
    for field in ["email", "phone"] {
        let mut seen = BTreeMap::new();
        for (id, person) in people {
            if let Some(value) = person.fields.get(field)
                && let Some(other) = seen.insert(value.to_lowercase(), id)
            {
                return Err(format!("{id} and {other} have the same {field}"));
            }
        }
    }
    Ok(())
}
