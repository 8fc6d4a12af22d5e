//! The data of the CRM: contacts, tags, custom field definitions, and the search index, which lags.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::sandbox::identity::{self, Key};
use crate::sandbox::record::{self, Contact, id_of};

/// The data of one location.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// How many ids were issued.
    ids: u64,
    /// The number of the newest contact.
    last: u64,
    /// Contact id to number.
    numbers: HashMap<String, u64>,
    contacts: BTreeMap<u64, Contact>,
    keys: HashMap<(Key, String), BTreeSet<u64>>,
    /// The contacts as search sees them.
    index: BTreeMap<u64, Contact>,
    /// Writes that the index does not have yet, with their time; without a contact it is a deletion.
    pending: VecDeque<(SystemTime, u64, Option<Contact>)>,
    /// How far the index lags behind the writes.
    pub(crate) lag: Duration,
    /// The id and name of each tag.
    pub(crate) tags: Vec<(String, String)>,
    /// Notes by contact id, the newest last.
    pub(crate) notes: BTreeMap<String, Vec<Value>>,
    /// Tasks by contact id, the newest last.
    pub(crate) tasks: BTreeMap<String, Vec<Value>>,
    /// The custom field definitions, in the form that `GET /locations/{id}/customFields` returns.
    pub(crate) definitions: Vec<Value>,
}

impl Store {
    /// A new id: 20 letters and digits, the same ones on every run. Smaller numbers belong to the seed.
    pub(crate) fn new_id(&mut self) -> String {
        self.ids += 1;
        id_of(1_000_000 + self.ids)
    }

    /// The contact with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Contact> {
        self.contacts.get(self.numbers.get(id)?)
    }

    /// All contacts in the order in which they were inserted.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Contact> {
        self.contacts.values()
    }

    /// Stores a contact under its `id`. Search sees it when the lag has passed since `now`.
    pub(crate) fn put(&mut self, contact: Contact, now: SystemTime) {
        self.update_index(now);
        let number = self.save(&contact);
        self.pending.push_back((now, number, Some(contact)));
    }

    /// Stores a contact. Search sees it at once.
    pub(crate) fn put_indexed(&mut self, contact: Contact) {
        let number = self.save(&contact);
        self.pending.retain(|(_, pending, _)| *pending != number);
        self.index.insert(number, contact);
    }

    /// Deletes a contact. Search sees it until the lag has passed since `now`. Says whether the contact existed.
    pub(crate) fn remove(&mut self, id: &str, now: SystemTime) -> bool {
        let Some(number) = self.numbers.remove(id) else { return false };
        self.forget_keys(number);
        self.contacts.remove(&number);
        self.notes.remove(id);
        self.tasks.remove(id);
        self.pending.push_back((now, number, None));
        true
    }

    /// The ids of the contacts with this e-mail or phone, also as an additional one; the newest first.
    pub(crate) fn find(&self, key: Key, value: &str) -> Vec<String> {
        let Some(numbers) = self.keys.get(&(key, identity::comparable(key, value))) else {
            return Vec::new();
        };
        let mut found: Vec<(&str, u64, String)> = numbers
            .iter()
            .filter_map(|number| {
                let contact = self.contacts.get(number)?;
                Some((record::text(contact, "dateAdded"), *number, record::text(contact, "id").to_owned()))
            })
            .collect();
        found.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)));
        found.into_iter().map(|(_, _, id)| id).collect()
    }

    /// The contacts as search sees them: with all writes that are older than the lag.
    pub(crate) fn indexed(&mut self, now: SystemTime) -> impl Iterator<Item = &Contact> {
        self.update_index(now);
        self.index.values()
    }

    /// Applies the writes that are older than the lag to the index.
    fn update_index(&mut self, now: SystemTime) {
        let visible_until = now.checked_sub(self.lag).unwrap_or(UNIX_EPOCH);
        while self.pending.front().is_some_and(|(at, _, _)| *at <= visible_until) {
            let Some((_, number, contact)) = self.pending.pop_front() else { break };
            match contact {
                Some(contact) => self.index.insert(number, contact),
                None => self.index.remove(&number),
            };
        }
    }

    /// Adds the tags that the location does not have: HighLevel defines a tag when it is written to a contact.
    pub(crate) fn define_tags<'a>(&mut self, tags: impl IntoIterator<Item = &'a str>) {
        for tag in tags {
            if !self.tags.iter().any(|(_, known)| known == tag) {
                let id = self.new_id();
                self.tags.push((id, tag.to_owned()));
            }
        }
    }

    /// Stores a contact and its keys and tags. Returns its number.
    fn save(&mut self, contact: &Contact) -> u64 {
        let id = record::text(contact, "id").to_owned();
        let number = self.numbers.get(&id).copied().unwrap_or(self.last + 1);
        if number > self.last {
            self.last = number;
            self.numbers.insert(id, number);
        }
        self.forget_keys(number);
        for key in identity::keys_of(contact) {
            self.keys.entry(key).or_default().insert(number);
        }
        let tags: Vec<String> = record::tags(contact).map(str::to_owned).collect();
        self.define_tags(tags.iter().map(String::as_str));
        self.contacts.insert(number, contact.clone());
        number
    }

    fn forget_keys(&mut self, number: u64) {
        let Some(contact) = self.contacts.get(&number) else { return };
        for key in identity::keys_of(contact) {
            if let Some(numbers) = self.keys.get_mut(&key) {
                numbers.remove(&number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::identity::Key;
    use crate::sandbox::store::Store;
    use serde_json::{Map, Value, json};
    use std::time::{Duration, UNIX_EPOCH};

    fn contact(id: &str, email: &str, added: &str) -> Map<String, Value> {
        let value = json!({ "id": id, "email": email, "dateAdded": added, "additionalEmails": [{ "email": "x@y.com" }] });
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_contact_is_found_by_each_of_its_emails_and_the_newest_comes_first() {
        let mut store = Store::default();
        store.put(contact("old", "a@b.com", "2025"), UNIX_EPOCH);
        store.put(contact("new", "A@B.com", "2026"), UNIX_EPOCH);
        assert_eq!(store.find(Key::Email, "a@b.COM"), ["new", "old"]);
        assert_eq!(store.find(Key::Email, "x@y.com"), ["new", "old"]);
        store.put(contact("new", "c@d.com", "2026"), UNIX_EPOCH);
        assert_eq!(store.find(Key::Email, "a@b.com"), ["old"]);
        assert!(store.remove("old", UNIX_EPOCH) && store.find(Key::Email, "a@b.com").is_empty());
    }

    #[test]
    fn the_index_lags_behind_writes_and_deletions() {
        let (start, lag) = (UNIX_EPOCH + Duration::from_secs(60), Duration::from_secs(2));
        let mut store = Store { lag, ..Store::default() };
        store.put(contact("one", "a@b.com", "2025"), start);
        assert_eq!(store.indexed(start).count(), 0);
        assert_eq!(store.indexed(start + lag).count(), 1);
        store.remove("one", start + lag);
        assert_eq!(store.indexed(start + lag).count(), 1);
        assert_eq!(store.indexed(start + lag * 2).count(), 0);
    }
}
