//! One call of a tool, and what its answer says about the people it names.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::odd_answers::person::{CUSTOM, Claim, Person};
use crate::support::Reply;

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    pub tool: &'static str,
    pub arguments: Value,
    /// The people that it is about, by their index; with the ids of their contacts in a call of many.
    about: Vec<(usize, String)>,
    /// Whether each person's contact was known to be there before.
    there: bool,
}

/// The claims of a call, each about a person.
pub type Claims = Vec<(usize, Claim)>;

impl Call {
    /// A random call about one of the people, or about several. `ids` are the contacts that are there, `custom` is how the
    /// custom field is named.
    pub fn random(
        rng: &mut Rng,
        people: &[Person],
        ids: &[Option<String>],
        number: &mut u32,
        custom: &str,
    ) -> Self {
        let index = rng.usize(..people.len());
        let person = &people[index];
        let id = ids[index].clone();
        let about = vec![(index, String::new())];
        let there = person.exists();
        let key = match rng.u8(..4) {
            0 if person.has_phone() => ("phone", person.phone.clone()),
            1 if id.is_some() && there => ("contactId", id.unwrap_or_default()),
            _ => ("email", person.email.clone()),
        };
        let tags = |rng: &mut Rng| {
            let first = rng.u8(..6);
            (first..=first + rng.u8(..2)).map(|tag| format!("{}-{tag}", person.name)).collect::<Vec<_>>()
        };
        match rng.u8(..10) {
            0 => Self { tool: "ghl_get_contact", arguments: json!({ key.0: key.1 }), about, there },
            1 => {
                let arguments = json!({ "query": "example.com", "limit": 5 });
                Self { tool: "ghl_search_contacts", arguments, about: Vec::new(), there }
            }
            2 | 3 => {
                let arguments = json!({ key.0: key.1, "tags": tags(rng) });
                Self { tool: "ghl_add_tags", arguments, about, there }
            }
            4 => {
                let all: Vec<_> =
                    ids.iter().enumerate().filter_map(|(at, id)| Some((at, id.clone()?))).collect();
                if all.is_empty() {
                    return Self::random(rng, people, ids, number, custom);
                }
                let many: Vec<_> = all.iter().map(|(_, id)| id).collect();
                let arguments = json!({ "contactIds": many, "tags": [format!("all-{}", rng.u8(..4))] });
                Self { tool: "ghl_add_tags", arguments, about: all, there: false }
            }
            _ => {
                let mut arguments = upsert(rng, person, number, custom);
                if rng.u8(..2) == 0 {
                    arguments["tags"] = json!(tags(rng));
                }
                Self { tool: "ghl_upsert_contact", arguments, about, there }
            }
        }
    }

    /// What the answer says. An error here is a defect by itself.
    pub fn claims(&self, reply: &Reply, people: &[Person]) -> Result<Claims, String> {
        let written = if reply.is_error() { reply.failure()["mayHaveWritten"].as_str() } else { Some("yes") };
        if reply.is_error() && reply.code() == "not_found" && self.there {
            return Err(format!("a contact that is there is not found: {}", reply.error()));
        }
        if reply.is_error() && reply.code() == "internal" {
            return Err(reply.error().to_owned());
        }
        let mut claims = Claims::new();
        match self.tool {
            "ghl_upsert_contact" if written == Some("no") => {}
            "ghl_upsert_contact" if reply.is_error() => self.maybe(&mut claims),
            "ghl_upsert_contact" => self.upserted(reply.ok(), &mut claims)?,
            "ghl_add_tags" => {
                if written != Some("no") {
                    self.maybe(&mut claims);
                }
                if !reply.is_error() {
                    self.tagged(reply.ok(), &mut claims)?;
                }
            }
            "ghl_get_contact" if !reply.is_error() => {
                let contact = &reply.ok()["contact"];
                let person = self.about[0].0;
                claims.push((person, Claim::HasId(text(&contact["id"]))));
                let shown = contact.to_string();
                if let Some(other) = people.iter().find(|other| {
                    other.name != people[person].name
                        && (shown.contains(&other.email) || shown.contains(&format!("{} city", other.name)))
                }) {
                    return Err(format!("an answer about {} shows {}", people[person].name, other.name));
                }
            }
            _ => {}
        }
        Ok(claims)
    }

    /// The values that an upsert asks for, by their fields.
    fn asked(&self) -> Vec<(String, Option<String>)> {
        let fields = ["phone", "firstName", "city"].into_iter();
        let mut asked: Vec<_> = fields
            .filter_map(|field| {
                Some((field.to_owned(), Some(self.arguments.get(field)?.as_str()?.to_owned())))
            })
            .collect();
        if let Some(custom) = self.arguments["customFields"].get(0) {
            asked.push((CUSTOM.to_owned(), custom["value"].as_str().map(str::to_owned)));
        }
        let cleared = self.arguments["clear"].as_array().into_iter().flatten();
        asked.extend(cleared.map(|field| (text(field), None)));
        asked
    }

    fn tags(&self) -> impl Iterator<Item = String> {
        self.arguments["tags"].as_array().into_iter().flatten().map(text)
    }

    /// Everything that was asked may be there.
    fn maybe(&self, claims: &mut Claims) {
        for (person, _) in &self.about {
            claims.extend(
                self.asked().into_iter().map(|(field, value)| (*person, Claim::MayHold(field, value))),
            );
            claims.extend(self.tags().map(|tag| (*person, Claim::MayBeTagged(tag))));
            if self.tool == "ghl_upsert_contact" {
                claims.push((*person, Claim::MayExist));
            }
        }
    }

    fn upserted(&self, receipt: &Value, claims: &mut Claims) -> Result<(), String> {
        let person = self.about[0].0;
        if receipt["outcome"] == "created" && self.there {
            return Err("a contact that is there was created".to_owned());
        }
        let not_stored = receipt["notStored"].to_string();
        let unverified: Vec<_> = receipt["unverified"].as_array().into_iter().flatten().map(text).collect();
        let unproven = receipt["warnings"].to_string();
        let unproven = UNPROVEN.iter().any(|word| unproven.contains(word));
        let fills = self.arguments["mode"] == "fillEmpty";
        // Where the definitions cannot be read, a custom field is named by its id.
        let by_id = self.arguments["customFields"][0]["id"].to_string();
        for (field, value) in self.asked() {
            let named = format!("\"field\":\"{field}\"");
            // HighLevel leaves out what is blank: a value that an odd answer left out looks blank, and no client can tell.
            let doubtful = unproven
                || fills
                || value.is_none()
                || unverified.contains(&field)
                || not_stored.contains(&named)
                || (field == CUSTOM
                    && (not_stored.contains(&by_id) || unverified.iter().any(|one| by_id.contains(one))));
            let claim = if doubtful { Claim::MayHold(field, value) } else { Claim::Holds(field, value) };
            claims.push((person, claim));
        }
        let doubtful = unproven
            || unverified.iter().any(|one| one == "tags")
            || not_stored.contains("\"field\":\"tags\"");
        let claim = if doubtful { Claim::MayBeTagged } else { Claim::Tagged };
        claims.extend(self.tags().map(|tag| (person, claim(tag))));
        claims.push((person, Claim::Exists));
        claims.push((person, Claim::HasId(text(&receipt["contact"]["id"]))));
        Ok(())
    }

    fn tagged(&self, answer: &Value, claims: &mut Claims) -> Result<(), String> {
        for line in answer["contacts"].as_array().into_iter().flatten() {
            let id = text(&line["contactId"]);
            let person = match self.about.as_slice() {
                [(person, known)] if known.is_empty() => *person,
                many => {
                    many.iter()
                        .find(|(_, known)| *known == id)
                        .ok_or_else(|| format!("{id} was not asked"))?
                        .0
                }
            };
            claims.push((person, Claim::HasId(id)));
            let named = ["added", "alreadyPresent"].into_iter().filter_map(|list| line[list].as_array());
            claims.extend(named.flatten().map(|tag| (person, Claim::Tagged(text(tag)))));
        }
        Ok(())
    }
}

/// A warning with one of these leaves open whether all is stored.
const UNPROVEN: [&str; 3] = ["could not be verified", "may still", "was not written"];

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn upsert(rng: &mut Rng, person: &Person, number: &mut u32, custom: &str) -> Value {
    let mut arguments = match rng.u8(..4) {
        0 if person.has_phone() => json!({ "phone": person.phone }),
        1 => json!({ "email": person.email, "phone": person.phone }),
        _ => json!({ "email": person.email }),
    };
    let mut unique = |field: &str| {
        *number += 1;
        json!(format!("{} {field} {number}", person.name))
    };
    if rng.bool() {
        arguments["firstName"] = unique("name");
    }
    match rng.u8(..6) {
        0 => {}
        1 => arguments["clear"] = json!(["city"]),
        _ => arguments["city"] = unique("city"),
    }
    if rng.u8(..3) == 0 {
        arguments["customFields"] = json!([{ "id": custom, "value": unique("job") }]);
    }
    if arguments.get("clear").is_none() && rng.u8(..5) == 0 {
        arguments["mode"] = json!("fillEmpty");
    }
    arguments
}
