//! What a caller's words mean: tables of what is sent to `ghl_upsert_contact`, and of what the CRM then holds or of the words
//! of the refusal. A refusal has written nothing.
//!
//! The rows of a table share one process and one CRM, so that a table of hundreds of rows takes seconds. Each row begins with
//! one contact and ends without any.

mod countries;
mod dates;
mod emails;
mod hidden;
mod money;
mod phones;
mod round_trip;
mod shapes;
mod stored;

use serde_json::{Map, Value, json};

use crate::support::{Crm, Reply};

/// The e-mail of the contact that a row begins with.
const EMAIL: &str = "row@example.com";
/// Its id.
const ID: &str = "row";

/// What a row expects.
#[derive(Debug, Clone)]
enum Expected {
    /// The contact holds these values; custom fields by name under `customFields`. `null` is a field that is not set.
    Holds(Value),
    /// The call is refused with these words.
    Refused(&'static str),
    /// Nothing is written, and a warning has these words.
    Left(&'static str),
}

use Expected::{Holds, Left, Refused};

/// A CRM and the process in front of it.
struct Table {
    crm: Crm,
    rows: usize,
    /// The rows that went another way.
    wrong: Vec<String>,
}

impl Drop for Table {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(
                self.wrong.is_empty(),
                "{} of {} rows:\n{}",
                self.wrong.len(),
                self.rows,
                self.wrong.join("\n")
            );
        }
    }
}

impl Table {
    async fn open() -> Self {
        Self { crm: Crm::empty().await.warmed_up().await, rows: 0, wrong: Vec::new() }
    }

    /// Sends arguments to a contact that has these properties besides its e-mail, and compares.
    async fn row(&mut self, stored: Value, sent: Value, expected: Expected) {
        let (reply, before, after) = self.send(stored, sent.clone()).await;
        if let Err(why) = self.check(&expected, &reply, &before, after.as_ref()) {
            self.wrong.push(format!("{sent} is to be {expected:?}: {why}"));
        }
    }

    /// As [`Table::row`], for a contact that holds all of it already: nothing is written.
    async fn unchanged(&mut self, stored: Value, sent: Value) {
        self.row(stored, sent, Left("")).await;
    }

    /// Sends arguments. Gives the answer and the contact before and after it.
    async fn send(&mut self, stored: Value, sent: Value) -> (Reply, Value, Option<Value>) {
        self.rows += 1;
        self.crm.insert(with(&json!({ "id": ID, "email": EMAIL }), &stored));
        let before = self.crm.held(ID);
        let reply = self.crm.upsert(with(&json!({ "email": EMAIL }), &sent)).await;
        let after = self.crm.contact(ID);
        assert_eq!(self.crm.count(), 1, "{sent} made another contact");
        self.crm.remove(ID);
        self.crm.clear_wire();
        (reply, before, after)
    }

    fn check(
        &self,
        expected: &Expected,
        reply: &Reply,
        before: &Value,
        after: Option<&Value>,
    ) -> Result<(), String> {
        let words = match (expected, reply.is_error()) {
            (Refused(words), true) => {
                let untouched = (reply.may_have_written(), after) == ("no", Some(before));
                return if untouched && reply.error().contains(words) {
                    Ok(())
                } else {
                    Err(reply.error().to_owned())
                };
            }
            (_, true) => return Err(reply.error().to_owned()),
            (Refused(_), false) => return Err(format!("it was taken: {}", reply.ok())),
            (Left(words), false) => words,
            (Holds(expected), false) => return self.holds(expected, reply, after.ok_or("it is gone")?),
        };
        let untouched = (reply.outcome(), after) == ("unchanged", Some(before));
        let warned = reply.ok()["warnings"].to_string().contains(words);
        if untouched && warned { Ok(()) } else { Err(reply.ok().to_string()) }
    }

    fn holds(&self, expected: &Value, reply: &Reply, after: &Value) -> Result<(), String> {
        let standard = |field: &String| after[field].clone();
        let custom = |field: &String| self.custom(after, field);
        let mut pairs: Vec<(Value, &Value)> = Vec::new();
        for (field, value) in expected.as_object().into_iter().flatten() {
            match value.as_object().filter(|_| field == "customFields") {
                Some(values) => pairs.extend(values.iter().map(|(name, value)| (custom(name), value))),
                None => pairs.push((standard(field), value)),
            }
        }
        let all = reply.ok()["notStored"] == json!([]) && pairs.iter().all(|(held, value)| same(held, value));
        if all { Ok(()) } else { Err(format!("{after} after {}", reply.ok())) }
    }

    fn custom(&self, contact: &Value, name: &str) -> Value {
        let id = self.crm.field(name);
        let values = contact["customFields"].as_array().into_iter().flatten();
        values
            .filter(|value| value["id"] == id)
            .map(|value| value["value"].clone())
            .next()
            .unwrap_or_default()
    }
}

/// Whether two values are the same; 5 and 5.0 are.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}

/// The properties of the second object over those of the first.
fn with(first: &Value, second: &Value) -> Value {
    let mut all: Map<String, Value> = first.as_object().cloned().unwrap_or_default();
    all.extend(second.as_object().cloned().expect("an object"));
    Value::Object(all)
}
