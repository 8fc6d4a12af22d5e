//! The rows of a list, and which of them are about the same contact.

use std::collections::{BTreeMap, VecDeque};

use crate::contacts::identity::shared_key::names_differ;
use crate::contacts::value::email::Email;
use crate::contacts::value::typed::{digits, plain};
use crate::contacts::write::desired::Upsert;
use crate::ghl::model::Field;

/// The digits at the end of a phone that all its forms share: with and without country code, a zero, or the digits that
/// some plans put before mobiles.
const PHONE_TAIL: usize = 7;

/// One row of a list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number in the list; the first is 1.
    pub number: usize,
    /// What is to be done.
    pub upsert: Upsert,
}

/// A row, and what the caller should know of it whatever comes of it.
#[derive(Debug)]
pub(crate) struct Noted {
    pub(crate) row: Row,
    pub(crate) notes: Vec<String>,
}

/// Rows that have to be carried out in this order.
pub(crate) type Group = VecDeque<Noted>;

/// The rows in groups: two rows that share an e-mail, a phone or a contact id are in one, in the order of the list. Rows of
/// different contacts may be in one too; that costs time and nothing else.
pub(crate) fn groups(rows: Vec<Row>) -> VecDeque<Group> {
    let keys: Vec<Vec<String>> = rows.iter().map(|row| keys(&row.upsert)).collect();
    let firsts = firsts(&keys);
    let mut order: Vec<usize> = Vec::new();
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for ((row, keys_of_row), first) in rows.into_iter().zip(&keys).zip(firsts) {
        let group = groups.entry(first).or_insert_with(|| {
            order.push(first);
            Group::new()
        });
        let notes = notes(&row, keys_of_row, group);
        group.push_back(Noted { row, notes });
    }
    order.into_iter().filter_map(|first| groups.remove(&first)).collect()
}

/// The first row of the group of each row.
fn firsts(keys: &[Vec<String>]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..keys.len()).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, keys_of_row) in keys.iter().enumerate() {
        for key in keys_of_row {
            let other = *seen.entry(key).or_insert(at);
            let (one, other) = (root(&parents, at), root(&parents, other));
            if let Some(parent) = parents.get_mut(one.max(other)) {
                *parent = one.min(other);
            }
        }
    }
    (0..keys.len()).map(|at| root(&parents, at)).collect()
}

fn root(parents: &[usize], mut at: usize) -> usize {
    while let Some(parent) = parents.get(at).filter(|parent| **parent != at) {
        at = *parent;
    }
    at
}

/// The keys of a row in a form that all spellings of a key share.
fn keys(upsert: &Upsert) -> Vec<String> {
    let email = upsert.email.as_deref().map(|text| {
        let email = Email::parse(text).map_or_else(|_| text.trim().to_owned(), |email| email.to_string());
        format!("email {}", email.to_lowercase())
    });
    let phone = upsert.phone.as_deref().map(|text| {
        let digits = digits(&plain(text));
        let tail = digits.len().checked_sub(PHONE_TAIL).and_then(|from| digits.get(from..));
        format!("phone {}", tail.unwrap_or(&digits))
    });
    let id = upsert.contact_id.as_ref().map(|id| format!("contact {id}"));
    email.into_iter().chain(phone).chain(id).collect()
}

/// What is to be said of a row after the rows before it that share a key with it.
fn notes(row: &Row, keys_of_row: &[String], before: &Group) -> Vec<String> {
    let shares = |other: &&Noted| keys(&other.row.upsert).iter().any(|key| keys_of_row.contains(key));
    let same: Vec<&Noted> = before.iter().filter(shares).collect();
    let name = name(&row.upsert);
    let another = same.iter().find(|other| {
        let other = self::name(&other.row.upsert);
        matches!((&name, &other), (Some(name), Some(other)) if names_differ(name, other))
    });
    let mut notes = Vec::new();
    if let Some(other) = another {
        let number = other.row.number;
        notes.push(format!("it has the email, phone or contactId of row {number} and another name"));
    } else if let Some(last) = same.last().filter(|_| row.upsert.dry_run) {
        let number = last.row.number;
        notes.push(format!(
            "it follows row {number} of the same contact, whose changes this plan does not know"
        ));
    }
    notes
}

/// The full name that a row gives.
fn name(upsert: &Upsert) -> Option<String> {
    let part = |field| upsert.fields.get(&field).map(String::as_str);
    match (part(Field::FirstName), part(Field::LastName)) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (first, last) => part(Field::Name).or(first).or(last).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(number: usize, email: &str, phone: &str) -> Row {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Row { number, upsert: Upsert { email: given(email), phone: given(phone), ..Upsert::default() } }
    }

    fn numbers(rows: Vec<Row>) -> Vec<Vec<usize>> {
        groups(rows).iter().map(|group| group.iter().map(|noted| noted.row.number).collect()).collect()
    }

    #[test]
    fn rows_that_share_a_key_in_any_spelling_are_one_group_in_their_order() {
        let rows = vec![
            row(1, "ada@example.com", ""),
            row(2, "bob@example.com", "+1 415 555 0101"),
            row(3, " ADA@Example.com ", ""),
            row(4, "", "(415) 555-0101"),
            row(5, "", "+44 20 7946 0018"),
            row(6, "mailto:ada@example.com", "020 7946 0018"),
        ];
        assert_eq!(numbers(rows), [vec![1, 3, 5, 6], vec![2, 4]]);
    }

    #[test]
    fn two_forms_of_one_mobile_are_one_group() {
        for (one, other) in [
            ("+52 1 55 1234 5678", "+52 55 1234 5678"),
            ("+55 11 98765 4321", "+55 11 8765 4321"),
            ("+54 9 11 2345 6789", "011 15 2345-6789"),
            ("+1 415 555 0101", "٤١٥ ٥٥٥ ٠١٠١"),
        ] {
            assert_eq!(numbers(vec![row(1, "", one), row(2, "", other)]), [[1, 2]], "{one} {other}");
        }
    }

    #[test]
    fn a_row_of_the_same_contact_under_another_name_is_named() {
        let named = |number, name: &str| {
            let mut row = row(number, "desk@example.com", "");
            row.upsert.fields.insert(Field::Name, name.to_owned());
            row
        };
        let groups = groups(vec![named(1, "Ada Lovelace"), named(2, "lovelace ADA"), named(3, "Bob Hope")]);
        let notes: Vec<_> = groups[0].iter().map(|noted| noted.notes.clone()).collect();
        let expected = "it has the email, phone or contactId of row 1 and another name";
        assert_eq!(notes, [vec![], vec![], vec![expected.to_owned()]]);
    }

    proptest! {
        #[test]
        fn each_row_is_in_one_group_and_no_two_groups_share_a_key(
            keys in proptest::collection::vec((0..6_u8, 0..6_u8), 0..40)
        ) {
            let email = |n: u8| if n == 0 { String::new() } else { format!("c{n}@example.com") };
            let phone = |n: u8| if n == 0 { String::new() } else { format!("+1415555010{n}") };
            let rows = keys.iter().enumerate().map(|(at, (e, p))| row(at + 1, &email(*e), &phone(*p))).collect();
            let groups = groups(rows);
            let mut all: Vec<usize> = groups.iter().flatten().map(|noted| noted.row.number).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (1..=keys.len()).collect::<Vec<_>>());
            let mut seen = BTreeMap::new();
            for (at, group) in groups.iter().enumerate() {
                prop_assert!(group.iter().is_sorted_by_key(|noted| noted.row.number));
                for key in group.iter().flat_map(|noted| super::keys(&noted.row.upsert)) {
                    prop_assert_eq!(*seen.entry(key).or_insert(at), at);
                }
            }
        }
    }
}
