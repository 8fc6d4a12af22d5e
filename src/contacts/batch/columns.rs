//! The columns of a table of contacts that is written. `table` reads them back: a table that was not edited changes nothing.

use std::sync::Arc;

use serde_json::Value;

use crate::contacts::batch::cell;
use crate::contacts::batch::table::{DATE_ADDED, DATE_UPDATED, DND, Target};
use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::service::Contacts;
use crate::contacts::value::date;
use crate::contacts::view::{self, DndView, FieldSelection};
use crate::ghl::model::text::{clean, clean_line, plain_name};
use crate::ghl::model::{Contact, CustomField, Field, FieldValue};
use crate::ghl::{CustomFieldId, LocationId, Scope};

/// The columns of a table, and the properties of a JSON object, of a contact.
#[derive(Debug, Clone)]
pub struct Columns {
    list: Vec<Column>,
    definitions: Arc<Definitions>,
    /// Whether they were named; otherwise an object has all properties.
    are_chosen: bool,
}

#[derive(Debug, Clone)]
struct Column {
    header: String,
    source: Source,
}

/// Where the values of a column come from.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    ContactId,
    Field(Field),
    Tags,
    /// A custom field; its name in an answer.
    Custom(Box<CustomField>, String),
    /// What is shown and never written.
    Dnd,
    Time(&'static str),
}

impl Columns {
    /// The columns of these names; all columns where none is named. The contact's id is always the first. Without a name, what a
    /// search does not answer has no column: `timezone` and `gender`.
    ///
    /// # Errors
    /// A name that is no field.
    pub fn of(names: &[String], definitions: Arc<Definitions>) -> Result<Self, String> {
        let all = all(&definitions);
        if names.is_empty() {
            let is_answered =
                |column: &Column| !matches!(column.source, Source::Field(Field::Timezone | Field::Gender));
            let columns = all.into_iter().filter(is_answered).collect();
            return Ok(Self { list: columns, definitions, are_chosen: false });
        }
        let mut columns: Vec<Column> = all.iter().take(1).cloned().collect();
        for name in names {
            let found = find(&all, name, &definitions).ok_or_else(|| {
                let known: Vec<&str> = all.iter().map(|column| column.header.as_str()).collect();
                format!("\"{}\" is no field; the fields are {}", clean_line(name), known.join(", "))
            })?;
            if !columns.iter().any(|column| column.source == found.source) {
                columns.push(found.clone());
            }
        }
        Ok(Self { list: columns, definitions, are_chosen: true })
    }

    /// What the reader should know of these columns.
    #[must_use]
    pub fn note(&self) -> Option<&'static str> {
        (!self.definitions.are_known()).then_some(
            "The location's custom fields cannot be read (scope locations/customFields.readonly): a table has no column for them.",
        )
    }

    /// The first row of the table.
    #[must_use]
    pub fn headers(&self) -> Vec<String> {
        self.list.iter().map(|column| column.header.clone()).collect()
    }

    /// The row of a contact.
    #[must_use]
    pub fn cells(&self, contact: &Contact) -> Vec<String> {
        let mut custom = self.definitions.read(&contact.custom_fields());
        let mut cell = |column: &Column| match &column.source {
            Source::ContactId => contact.id.to_string(),
            Source::Field(field) => standard(contact, *field),
            Source::Tags => cell::of_tags(&contact.tags()),
            Source::Custom(field, name) => {
                custom.remove(name).map_or_else(String::new, |value| cell::of_value(field, value))
            }
            Source::Dnd => DndView::of(contact).map_or_else(String::new, |dnd| dnd.to_string()),
            Source::Time(property) => {
                let stored = contact.get(property).and_then(FieldValue::to_text).unwrap_or_default();
                clean_line(&date::iso(&stored)).into_owned()
            }
        };
        self.list.iter().map(|column| cell(column).trim().to_owned()).collect()
    }

    /// The JSON object of a contact of this location: what a tool answers, whole.
    #[must_use]
    pub fn object(&self, contact: &Contact, location: &LocationId) -> Value {
        let view = view::render(contact, location, &self.definitions, &FieldSelection::whole());
        let mut object = serde_json::to_value(view).unwrap_or_default();
        if let Some(properties) = object.as_object_mut().filter(|_| self.are_chosen) {
            properties.retain(|property, _| property == "customFields" || self.has(property));
            if let Some(fields) = properties.get_mut("customFields").and_then(Value::as_object_mut) {
                fields.retain(|name, _| self.has_custom(name));
                if fields.is_empty() {
                    properties.remove("customFields");
                }
            }
        }
        object
    }

    fn has(&self, property: &str) -> bool {
        let is_it = |column: &Column| match &column.source {
            Source::ContactId => property == "id",
            Source::Custom(..) => false,
            _ => column.header == property,
        };
        self.list.iter().any(is_it)
    }

    fn has_custom(&self, property: &str) -> bool {
        let is_it = |column: &Column| matches!(&column.source, Source::Custom(_, name) if clean_line(name) == property);
        self.list.iter().any(is_it)
    }
}

fn all(definitions: &Definitions) -> Vec<Column> {
    let column = |header: &str, source| Column { header: header.to_owned(), source };
    let standard = Field::ALL.into_iter().map(|field| column(field.as_str(), Source::Field(field)));
    let custom = definitions.all().filter_map(|field| {
        let id: CustomFieldId = field.id.parse().ok()?;
        let name = definitions.name_of(&id);
        let source = Source::Custom(Box::new(field.clone()), name.to_owned());
        Some(Column { header: header(name, &id, definitions)?, source })
    });
    let first = [column("contactId", Source::ContactId)];
    let shown = [
        column(DND, Source::Dnd),
        column(DATE_ADDED, Source::Time(DATE_ADDED)),
        column(DATE_UPDATED, Source::Time(DATE_UPDATED)),
    ];
    let tags = [column("tags", Source::Tags)];
    first.into_iter().chain(standard).chain(tags).chain(custom).chain(shown).collect()
}

/// A header that `table` reads as this custom field: its name, unless that is the name of something else.
fn header(name: &str, id: &CustomFieldId, definitions: &Definitions) -> Option<String> {
    let name = clean_line(name);
    let candidates = [name.trim().to_owned(), format!("custom:{}", name.trim()), format!("custom:{id}")];
    candidates.into_iter().find(|header| {
        let Some(Target::Custom(field)) = Target::of_header(header, definitions) else { return false };
        definitions.find(&field).is_ok_and(|found| found.id == id.as_str())
    })
}

fn find<'a>(all: &'a [Column], name: &str, definitions: &Definitions) -> Option<&'a Column> {
    let plain = plain_name(name.trim());
    let by_header = all.iter().find(|column| plain_name(&column.header) == plain);
    by_header.or_else(|| {
        let wanted = match Target::of_header(name, definitions)? {
            Target::Custom(field) => definitions.find(&field).ok()?.id.clone(),
            Target::ContactId => return all.first(),
            Target::Field(field) => return all.iter().find(|column| column.source == Source::Field(field)),
            Target::Tags | Target::Skip => return None,
        };
        all.iter().find(|column| matches!(&column.source, Source::Custom(field, _) if field.id == wanted))
    })
}

/// A standard field. A full name is that of a contact without its parts: beside them it says nothing.
fn standard(contact: &Contact, field: Field) -> String {
    let has_parts =
        || [Field::FirstName, Field::LastName].into_iter().any(|part| contact.text(part).is_some());
    let text = contact.text(field).unwrap_or_default();
    match field {
        Field::Name if has_parts() => String::new(),
        Field::DateOfBirth => clean_line(&date::day_of(&text)).into_owned(),
        _ => clean(&text).into_owned(),
    }
}

impl Contacts {
    /// The columns of these names; see [`Columns::of`]. Reads the location's custom fields, once in ten minutes.
    ///
    /// # Errors
    /// HighLevel's failure; or, inside, a name that is no field.
    pub async fn columns(&self, scope: &Scope, names: &[String]) -> Result<Result<Columns, String>, Error> {
        Ok(Columns::of(names, self.location.definitions(scope).await?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contacts::batch::table::Mapping;

    fn definitions(names: &[&str]) -> Arc<Definitions> {
        let one = |(at, name): (usize, &&str)| {
            serde_json::from_value(json!({ "id": format!("field{at}"), "name": name, "dataType": "TEXT" }))
                .unwrap()
        };
        Arc::new(Definitions::new(names.iter().enumerate().map(one).collect()))
    }

    #[test]
    fn every_header_is_read_back_as_the_column_that_it_is_of() {
        let names = [
            "Industry",
            "Email",
            "Tags",
            "=1+1",
            "custom:x",
            "dnd",
            "Date Added",
            "skip",
            "Id",
            "a\nb",
            "Region",
            "Region",
        ];
        let definitions = definitions(&names);
        let columns = Columns::of(&[], Arc::clone(&definitions)).unwrap();
        let headers = columns.headers();
        let mapping = Mapping::of(&headers, &[], &definitions).unwrap();
        for (column, (header, target)) in columns.list.iter().zip(mapping.columns()) {
            let expected = match &column.source {
                Source::ContactId => Some("contactId".to_owned()),
                Source::Field(field) => Some(field.to_string()),
                Source::Tags => Some("tags".to_owned()),
                Source::Custom(field, _) => Some(field.id.clone()),
                Source::Dnd | Source::Time(_) => None,
            };
            let target = target.map(|target| match target.strip_prefix("custom:") {
                Some(name) => definitions.find(name).unwrap().id.clone(),
                None => target,
            });
            assert_eq!(target, expected, "{header}");
        }
        assert_eq!(headers.len(), 1 + Field::ALL.len() - 2 + 1 + names.len() + 3);
        assert!(
            headers.iter().any(|header| header == "custom:Email")
                && headers.iter().any(|header| header == "Industry")
        );
    }

    #[test]
    fn columns_are_chosen_by_the_names_that_people_use_and_a_wrong_name_is_said() {
        let definitions = definitions(&["Industry", "Email"]);
        let names = ["E-Mail", "first name", "industry", "tags", "custom:Email", "email", "dateAdded"]
            .map(str::to_owned);
        let columns = Columns::of(&names, Arc::clone(&definitions)).unwrap();
        assert_eq!(
            columns.headers(),
            ["contactId", "email", "firstName", "Industry", "tags", "custom:Email", "dateAdded"]
        );
        let error = Columns::of(&["Shoe size".to_owned()], definitions).unwrap_err();
        assert!(error.contains("\"Shoe size\" is no field") && error.contains("Industry"), "{error}");
    }
}
