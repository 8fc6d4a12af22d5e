//! The columns of a table and the fields of a contact.

use crate::contacts::batch::cell;
use crate::contacts::error::{Error, Subject};
use crate::contacts::fields::{Definitions, GivenField};
use crate::contacts::service::Contacts;
use crate::contacts::value::contact_ref;
use crate::contacts::value::text::clean_line;
use crate::contacts::write::desired::Upsert;
use crate::ghl::model::text::plain_name;
use crate::ghl::model::{CustomField, Field};
use crate::ghl::{LocationId, Scope};

/// Where the values of a column go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A standard field; e-mail and phone are two of them.
    Field(Field),
    /// The contact's id.
    ContactId,
    /// Its tags; several in a cell have commas or semicolons between them, or are a JSON list.
    Tags,
    /// A custom field, by name, key or id.
    Custom(String),
    /// Nowhere.
    Skip,
}

/// Columns of a table that an export writes, and that are only shown: HighLevel sets the times, and blocks of channels are
/// not lifted by a table.
pub(crate) const DND: &str = "dnd";
pub(crate) const DATE_ADDED: &str = "dateAdded";
pub(crate) const DATE_UPDATED: &str = "dateUpdated";

/// What people call a field in the first row of a table, in English and German.
const OTHER_NAMES: [(Field, &[&str]); 17] = [
    (Field::Email, &["e-mail", "mail", "email address", "e-mail address", "e-mail-adresse", "primary email"]),
    (
        Field::Phone,
        &[
            "phone number",
            "telephone",
            "tel",
            "mobile",
            "mobile phone",
            "cell",
            "handy",
            "telefon",
            "mobil",
            "primary phone",
        ],
    ),
    (Field::FirstName, &["first", "given name", "forename", "vorname"]),
    (Field::LastName, &["last", "surname", "family name", "nachname"]),
    (Field::Name, &["full name", "contact name", "contact"]),
    (
        Field::CompanyName,
        &["company", "organization", "organisation", "business name", "firma", "unternehmen"],
    ),
    (
        Field::Address1,
        &["address", "street", "street address", "address line 1", "straße", "strasse", "adresse"],
    ),
    (Field::City, &["town", "ort", "stadt"]),
    (Field::State, &["province", "region", "bundesland"]),
    (Field::PostalCode, &["zip", "zip code", "postcode", "plz", "postleitzahl"]),
    (Field::Country, &["land"]),
    (Field::Website, &["url", "webpage", "webseite"]),
    (Field::Timezone, &["time zone", "tz", "zeitzone"]),
    (Field::DateOfBirth, &["birthday", "birth date", "birthdate", "dob", "geburtstag", "geburtsdatum"]),
    (Field::Source, &["lead source", "contact source", "quelle"]),
    (Field::AssignedTo, &["owner", "assigned user", "assigned to"]),
    (Field::Gender, &["sex", "geschlecht"]),
];

impl Target {
    /// Reads the name of a target: `email`, `tags`, `contactId`, `custom:Industry`, `skip`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(name) = word.trim().strip_prefix("custom:") {
            return Some(Self::Custom(name.trim().to_owned())).filter(|_| !name.trim().is_empty());
        }
        let plain = plain_name(word);
        match plain.as_str() {
            "tags" | "tag" => Some(Self::Tags),
            "contactid" | "id" => Some(Self::ContactId),
            "skip" => Some(Self::Skip),
            _ => Field::ALL.into_iter().find(|field| plain_name(field.as_str()) == plain).map(Self::Field),
        }
    }

    /// The target that a header names, if it names one.
    pub(crate) fn of_header(header: &str, definitions: &Definitions) -> Option<Self> {
        if [DND, DATE_ADDED, DATE_UPDATED].contains(&header) {
            return None;
        }
        let plain = plain_name(header);
        let other = || {
            let is_it = |names: &&[&str]| names.iter().any(|name| plain_name(name) == plain);
            OTHER_NAMES.iter().find(|(_, names)| is_it(names)).map(|(field, _)| Self::Field(*field))
        };
        let custom = || definitions.find(header).ok().map(|_| Self::Custom(header.to_owned()));
        let target = Self::parse(header).or_else(other).filter(|target| *target != Self::Skip);
        target.or_else(custom)
    }
}

/// The columns of a table, with their targets.
#[derive(Debug, Clone)]
pub struct Mapping {
    columns: Vec<Column>,
}

#[derive(Debug, Clone)]
struct Column {
    header: String,
    target: Option<Target>,
    /// The custom field, where the target is one that is known.
    custom: Option<CustomField>,
}

impl Mapping {
    /// The targets that the caller gives, by header, and for the other columns those that the headers name.
    ///
    /// # Errors
    /// A header that the table does not have, two columns for one field, or no column that finds a contact.
    pub fn of(
        headers: &[String],
        given: &[(String, Target)],
        definitions: &Definitions,
    ) -> Result<Self, String> {
        let find = |name: &str| headers.iter().position(|header| plain_name(header) == plain_name(name));
        let column = |header: &String| Column { header: header.clone(), target: None, custom: None };
        let mut columns: Vec<Column> = headers.iter().map(column).collect();
        let mut taken: Vec<&Target> = Vec::new();
        for (header, target) in given {
            let Some(Column { header: name, target: place, .. }) =
                find(header).and_then(|at| columns.get_mut(at))
            else {
                return Err(format!("the table has no column \"{header}\"; it has {}", headers.join(", ")));
            };
            if *target != Target::Skip && taken.contains(&target) {
                return Err(format!("\"{name}\" and another column go to the same field"));
            }
            taken.push(target);
            *place = Some(target.clone());
        }
        for Column { header, target: place, .. } in &mut columns {
            let target = Target::of_header(header, definitions);
            // Of two columns for one field, the first is taken.
            if place.is_none()
                && target.as_ref().is_some_and(|target| !given.iter().any(|(_, one)| one == target))
            {
                *place = target;
            }
        }
        let mut seen: Vec<Target> = Vec::new();
        for Column { target: place, .. } in &mut columns {
            match place {
                Some(target) if *target != Target::Skip && seen.contains(target) => *place = None,
                Some(target) => seen.push(target.clone()),
                None => {}
            }
        }
        let is_key = |target: &Target| {
            matches!(target, Target::ContactId | Target::Field(Field::Email | Field::Phone))
        };
        if !seen.iter().any(is_key) {
            return Err(format!(
                "no column is an e-mail, a phone or a contactId. The first row is taken for the names of the columns: {}. Name one, \
like --map \"{}=email\", or delete the rows above the names",
                clean_line(&headers.join(", "), 200),
                headers.first().map_or("Column", String::as_str)
            ));
        }
        for Column { target, custom, .. } in &mut columns {
            if let Some(Target::Custom(name)) = target {
                *custom = definitions.find(name).ok().cloned();
            }
        }
        Ok(Self { columns })
    }

    /// Each column, and where it goes; none where it is left out.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Option<String>)> {
        self.columns.iter().map(|Column { header, target, .. }| {
            let target = target.as_ref().filter(|target| **target != Target::Skip);
            (header.as_str(), target.map(ToString::to_string))
        })
    }

    /// A value of a row that stands in no column: one of its quotes may be missing.
    #[must_use]
    pub fn surplus<'a>(&self, cells: &'a [String]) -> Option<&'a str> {
        let beyond = cells.iter().skip(self.columns.len());
        beyond.map(|cell| cell.trim()).find(|cell| !cell.is_empty())
    }

    /// The upsert of one row, with default options.
    ///
    /// # Errors
    /// A contact id that is none.
    pub fn upsert(&self, cells: &[String], location: &LocationId) -> Result<Upsert, Error> {
        let mut upsert = Upsert::default();
        for (Column { target, custom, .. }, cell) in self.columns.iter().zip(cells) {
            let value = cell.trim();
            let (Some(target), false) = (target, value.is_empty()) else { continue };
            match target {
                Target::Field(Field::Email) => upsert.email = Some(value.to_owned()),
                Target::Field(Field::Phone) => upsert.phone = Some(value.to_owned()),
                Target::Field(field) => drop(upsert.fields.insert(*field, value.to_owned())),
                Target::ContactId => {
                    upsert.contact_id = Some(contact_ref::read(&Subject::ContactId, value, location)?);
                }
                Target::Tags => upsert.tags.extend(cell::tags(value)),
                Target::Custom(field) => upsert.custom_fields.push(GivenField {
                    field: field.clone(),
                    value: Some(cell::value(custom.as_ref(), value)),
                    ..GivenField::default()
                }),
                Target::Skip => {}
            }
        }
        Ok(upsert)
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field.as_str()),
            Self::ContactId => f.write_str("contactId"),
            Self::Tags => f.write_str("tags"),
            Self::Custom(name) => write!(f, "custom:{name}"),
            Self::Skip => f.write_str("skip"),
        }
    }
}

impl Contacts {
    /// The mapping of a table with these headers. Reads the location's custom fields, once in ten minutes.
    ///
    /// # Errors
    /// HighLevel's failure; or, inside, why the headers cannot be used.
    pub async fn mapping(
        &self,
        scope: &Scope,
        headers: &[String],
        given: &[(String, Target)],
    ) -> Result<Result<Mapping, String>, Error> {
        let definitions = self.location.definitions(scope).await?;
        Ok(Mapping::of(headers, given, &definitions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(headers: &[&str], given: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let headers: Vec<String> = headers.iter().map(ToString::to_string).collect();
        let given: Vec<_> =
            given.iter().map(|(header, word)| ((*header).to_owned(), Target::parse(word).unwrap())).collect();
        let mapping = Mapping::of(&headers, &given, &Definitions::unknown())?;
        Ok(mapping.columns().map(|(_, target)| target.unwrap_or_default()).collect())
    }

    #[test]
    fn headers_name_fields_in_the_words_that_people_use() {
        let headers =
            ["E-Mail", "Vorname", "Last Name", "PLZ", "Handy", "Tags", "Firma", "Shoe size", "Telefon"];
        let fields = ["email", "firstName", "lastName", "postalCode", "phone", "tags", "companyName", "", ""];
        assert_eq!(mapped(&headers, &[]).unwrap(), fields);
    }

    #[test]
    fn what_the_caller_says_of_a_column_comes_first() {
        let given = [
            ("Telefon", "phone"),
            ("Branche", "custom:Industry"),
            ("E-Mail", "skip"),
            ("Adresse 2", "email"),
        ];
        let fields = mapped(&["E-Mail", "Handy", "Telefon", "Branche", "Adresse 2"], &given).unwrap();
        assert_eq!(fields, ["", "", "phone", "custom:Industry", "email"]);
        assert!(mapped(&["E-Mail"], &[("Mail", "email")]).unwrap_err().contains("no column \"Mail\""));
        assert!(
            mapped(&["a", "b"], &[("a", "email"), ("b", "email")]).unwrap_err().contains("the same field")
        );
        assert!(mapped(&["a", "b"], &[]).unwrap_err().contains("--map \"a=email\""));
    }

    #[test]
    fn a_row_is_an_upsert_of_what_its_cells_hold() {
        let headers = ["Email", "Phone", "City", "Tags"].map(str::to_owned);
        let mapping = Mapping::of(&headers, &[], &Definitions::unknown()).unwrap();
        let location = "loc1".parse().unwrap();
        let row = |cells: &[&str]| {
            let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
            mapping.upsert(&cells, &location)
        };
        let upsert = row(&[" a@example.com ", "", "Rome", "x; y,,z"]).unwrap();
        assert_eq!((upsert.email.as_deref(), upsert.phone), (Some("a@example.com"), None));
        assert_eq!(
            (upsert.tags, &*upsert.fields[&Field::City]),
            (vec!["x".into(), "y".into(), "z".into()], "Rome")
        );
        assert!(row(&["a@example.com"]).is_ok() && row(&["a@example.com", "", "", "", " "]).is_ok());
        let surplus = |cells: &[&str]| {
            let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
            mapping.surplus(&cells).map(str::to_owned)
        };
        assert_eq!(surplus(&["a@example.com", "", "", "", " Rome"]).as_deref(), Some("Rome"));
        assert_eq!((surplus(&["a@example.com", "", "", "", " "]), surplus(&["a"])), (None, None));
    }
}
