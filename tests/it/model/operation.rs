//! What a caller, or another user of the CRM, does.

use std::collections::BTreeSet;

use fastrand::Rng;
use ghl_contacts_mcp::contacts::fields::GivenField;
use ghl_contacts_mcp::contacts::write::desired::Mode;
use ghl_contacts_mcp::contacts::write::receipt::{Outcome, Receipt};
use ghl_contacts_mcp::contacts::{Contacts, Error, Tagging, Target, Upsert};
use ghl_contacts_mcp::ghl::model::{Field, FieldValue};
use ghl_contacts_mcp::ghl::{Scope, Written};

use crate::model::account::Account;

const EMAILS: [&str; 3] = ["ada@example.com", "bob@example.com", "cyd@example.com"];
const PHONES: [&str; 3] = ["+14155550101", "+14155550102", "+14155550103"];
const NAMES: [&str; 4] = ["Ada", "Bob", "Cyd", "Dan"];
const CITIES: [&str; 4] = ["London", "Paris", "Rome", "Oslo"];
const TAGS: [&str; 5] = ["vip", "lead", "cold", "new", "old"];
/// The one custom field of the model, by name.
pub const CUSTOM: &str = "Job Title";

pub fn some<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

pub fn email(rng: &mut Rng) -> &'static str {
    some(rng, &EMAILS)
}

pub fn phone(rng: &mut Rng) -> &'static str {
    some(rng, &PHONES)
}

pub fn city(rng: &mut Rng) -> &'static str {
    some(rng, &CITIES)
}

/// One call.
#[derive(Debug, Clone)]
pub enum Operation {
    Upsert(Upsert),
    AddTags(Target, Vec<String>),
}

/// How a call ended.
pub enum Ended {
    Upserted(Result<Receipt, Error>),
    Tagged(Result<Tagging, Error>),
}

impl Operation {
    pub fn random(rng: &mut Rng) -> Self {
        let tags: BTreeSet<_> = (0..rng.usize(..3)).map(|_| some(rng, &TAGS).to_owned()).collect();
        let tags: Vec<_> = tags.into_iter().collect();
        if rng.u8(..4) == 0 {
            let target = if rng.bool() { Target::email(email(rng)) } else { Target::phone(phone(rng)) };
            return Self::AddTags(target, if tags.is_empty() { vec!["vip".to_owned()] } else { tags });
        }
        let mut upsert = Upsert { tags, dry_run: rng.u8(..10) == 0, ..Upsert::default() };
        match rng.u8(..4) {
            0 => upsert.phone = Some(phone(rng).into()),
            1 => (upsert.email, upsert.phone) = (Some(email(rng).to_uppercase()), Some(phone(rng).into())),
            _ => upsert.email = Some(email(rng).into()),
        }
        if rng.bool() {
            upsert.fields.insert(Field::FirstName, some(rng, &NAMES).into());
        }
        match rng.u8(..4) {
            0 => upsert.clear.push("city".into()),
            1 => {}
            _ => drop(upsert.fields.insert(Field::City, city(rng).into())),
        }
        if rng.u8(..3) == 0 {
            let value = Some(some(rng, &NAMES).into());
            upsert.custom_fields.push(GivenField { field: CUSTOM.into(), value, ..GivenField::default() });
        }
        if upsert.clear.is_empty() && rng.u8(..3) == 0 {
            upsert.mode = Mode::FillEmpty;
        }
        Self::Upsert(upsert)
    }

    pub async fn run(&self, contacts: &Contacts, scope: &Scope) -> Ended {
        match self {
            Self::Upsert(upsert) => Ended::Upserted(contacts.upsert(scope, upsert.clone()).await),
            Self::AddTags(target, tags) => Ended::Tagged(contacts.add_tags(scope, target, tags).await),
        }
    }

    /// Records what the call did, or may have done, by its answer.
    pub fn enter(&self, ended: &Ended, account: &mut Account) {
        match (self, ended) {
            (Self::Upsert(upsert), Ended::Upserted(Ok(receipt))) => acknowledged(upsert, receipt, account),
            (Self::AddTags(_, tags), Ended::Tagged(Ok(tagging))) => {
                account.may_tag(tags);
                for line in &tagging.contacts {
                    let id = line.id.as_str();
                    account.tagged(id, line.changed.iter().chain(&line.unchanged));
                }
            }
            (_, Ended::Upserted(Err(error)) | Ended::Tagged(Err(error)))
                if error.written() == Written::No => {}
            (Self::Upsert(upsert), _) => {
                account.may_tag(&upsert.tags);
                let keys = [("email", &upsert.email), ("phone", &upsert.phone)];
                for (field, value) in
                    keys.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?)))
                {
                    account.may(field, Some(value.to_lowercase()));
                }
                for (field, value) in &upsert.fields {
                    account.may(field.as_str(), Some(value.clone()));
                }
                for given in &upsert.custom_fields {
                    account.may(&given.field, given.value.as_ref().and_then(FieldValue::to_text));
                }
                for field in &upsert.clear {
                    account.may(field, None);
                }
            }
            (Self::AddTags(_, tags), _) => account.may_tag(tags),
        }
    }
}

fn acknowledged(upsert: &Upsert, receipt: &Receipt, account: &mut Account) {
    if receipt.outcome == Outcome::Planned {
        return;
    }
    let id = receipt.contact.as_ref().expect("a write answers its contact").id.to_string();
    if receipt.outcome == Outcome::Created {
        account.created(&id);
    }
    let lost = |field: &str| {
        receipt.not_stored.iter().any(|lost| lost.field == field)
            || receipt.unverified.iter().any(|unverified| unverified == field)
    };
    for change in &receipt.changes {
        let after = change.after.as_ref().and_then(ghl_contacts_mcp::ghl::model::FieldValue::to_text);
        if lost(&change.field) {
            account.may(&change.field, after);
        } else {
            account.wrote(&id, &change.field, after);
        }
    }
    if lost("tags") {
        account.may_tag(&upsert.tags);
    } else {
        account.tagged(&id, upsert.tags.iter());
    }
}
