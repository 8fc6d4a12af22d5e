//! One row of a list of objects.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::tool::input::refusal::unreadable;
use crate::tool::{Code, Failure};

/// The mark of an item that is read by itself.
pub(crate) const ROW: &str = "x-row";
/// Where the strict form of a row holds what was sent,
pub(crate) const READ: &str = "read";
/// or why it cannot be read.
pub(crate) const REFUSED: &str = "refused";

/// One row of a list: what was sent, or why it cannot be read. A bad row says nothing of the others.
#[derive(Debug)]
pub struct Row<T>(
    /// The row.
    pub Result<T, Failure>,
);

impl<T: JsonSchema> JsonSchema for Row<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Row_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert(ROW.to_owned(), true.into());
        schema
    }
}

/// A reason as the strict form of a row holds it.
#[derive(Deserialize)]
struct Refused {
    message: String,
    hint: Option<String>,
}

impl<'de, T: for<'a> Deserialize<'a>> Deserialize<'de> for Row<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(mut row) = Value::deserialize(deserializer)? else {
            return Err(serde::de::Error::custom("a row is an object"));
        };
        if let Some(refused) = row.remove(REFUSED) {
            let Refused { message, hint } =
                serde_json::from_value(refused).map_err(serde::de::Error::custom)?;
            let failure = Failure::new(Code::InvalidArguments, message);
            return Ok(Self(Err(match hint {
                Some(hint) => failure.with_hint(hint),
                None => failure,
            })));
        }
        let read = row.remove(READ).unwrap_or_default();
        Ok(Self(serde_json::from_value(read).map_err(|error| unreadable(&error))))
    }
}
