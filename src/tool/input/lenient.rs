//! Reading what models send for what was meant: `null` for nothing, `"20"` for 20, one string for a list of one.
//!
//! For `#[serde(default, deserialize_with = "lenient::...")]` on the fields of a tool's input. The schema stays
//! the strict one, since it comes from the field's type: a model is told one form and forgiven the others.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A string, or a number for one (`94107` for `"94107"`).
pub fn string<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Text::deserialize(from).map(|text| text.0)
}

/// A string, a number for one, or nothing.
pub fn optional_string<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    optional::<Text, D>(from).map(|text| text.map(|text| text.0))
}

/// A whole number from 0 to 4,294,967,295, also as `"20"` or `20.0`, or nothing.
pub fn optional_integer<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    from.deserialize_any(Integer)
}

/// `true` or `false`, also as a string, or nothing.
pub fn optional_bool<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    from.deserialize_any(Truth)
}

/// `true` or `false`, also as a string; nothing is `false`.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    optional_bool(from).map(Option::unwrap_or_default)
}

/// A list of strings; one string is a list of one, nothing is an empty list.
pub fn strings<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let texts = from.deserialize_any(List::<Text>(PhantomData))?;
    Ok(texts.into_iter().map(|text| text.0).collect())
}

/// A list; one object (or string) is a list of one, nothing is an empty list.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    from.deserialize_any(List::<T>(PhantomData))
}

/// A `T`, or nothing.
pub fn optional<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// A string that was perhaps sent as a number.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_string<E: Error>(self, text: String) -> Result<Text, E> {
                Ok(Text(text))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
                // Rust writes 94107.0 as "94107".
                Ok(Text(number.to_string()))
            }
        }
        from.deserialize_any(TextVisitor)
    }
}

struct Integer;

impl<'de> Visitor<'de> for Integer {
    type Value = Option<u32>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {}", u32::MAX)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        u32::try_from(number).map(Some).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        u32::try_from(number).map(Some).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        whole(number).map(Some).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let digits = text.trim();
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse().ok().or_else(|| digits.parse().ok().and_then(whole));
        number.map(Some).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

/// A number with nothing after the point, as an integer.
fn whole(number: f64) -> Option<u32> {
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked on the line above")]
    fits.then_some(number as u32)
}

struct Truth;

impl<'de> Visitor<'de> for Truth {
    type Value = Option<bool>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(truth))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text.trim() {
            word if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
            word if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
            "" => Ok(None),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

struct List<T>(PhantomData<T>);

impl<T> List<T> {
    fn of_one<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error>
    where
        T: Deserialize<'de>,
    {
        T::deserialize(from).map(|one| vec![one])
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        Self::of_one(MapAccessDeserializer::new(fields))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Self::of_one(serde::de::IntoDeserializer::<E>::into_deserializer(text))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Self::of_one(serde::de::IntoDeserializer::<E>::into_deserializer(number))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Self::of_one(serde::de::IntoDeserializer::<E>::into_deserializer(number))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Self::of_one(serde::de::IntoDeserializer::<E>::into_deserializer(number))
    }
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use crate::tool::lenient;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        id: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Input {
        #[serde(deserialize_with = "lenient::string")]
        required: String,
        #[serde(deserialize_with = "lenient::optional_string")]
        text: Option<String>,
        #[serde(deserialize_with = "lenient::optional_integer")]
        count: Option<u32>,
        #[serde(deserialize_with = "lenient::optional_bool")]
        truth: Option<bool>,
        #[serde(deserialize_with = "lenient::flag")]
        flag: bool,
        #[serde(deserialize_with = "lenient::strings")]
        tags: Vec<String>,
        #[serde(deserialize_with = "lenient::list")]
        pairs: Vec<Pair>,
        #[serde(deserialize_with = "lenient::optional")]
        pair: Option<Pair>,
    }

    fn read(arguments: Value) -> Input {
        serde_json::from_value(arguments).unwrap()
    }

    fn refused(arguments: Value) -> String {
        serde_json::from_value::<Input>(arguments).unwrap_err().to_string()
    }

    #[test]
    fn null_is_nothing_for_everything_optional() {
        let nothing = json!({
            "text": null, "count": null, "truth": null, "flag": null, "tags": null, "pairs": null, "pair": null
        });
        assert_eq!(read(nothing), Input::default());
        assert_eq!(read(json!({})), Input::default());
    }

    #[test]
    fn a_number_will_do_for_a_string() {
        for number in [json!(94107), json!(94107.0), json!("94107")] {
            let input = read(json!({"text": number, "required": number}));
            assert_eq!((input.text.as_deref(), &*input.required), (Some("94107"), "94107"));
        }
        assert_eq!(read(json!({"text": -5})).text.as_deref(), Some("-5"));
        assert_eq!(read(json!({"text": 1.5})).text.as_deref(), Some("1.5"));
        assert_eq!(read(json!({"text": ""})).text.as_deref(), Some(""));
    }

    #[test]
    fn neither_a_truth_nor_an_object_will_do_for_a_string() {
        assert!(refused(json!({"text": true})).contains("expected a string"));
        assert!(refused(json!({"text": {}})).contains("expected a string"));
        assert!(refused(json!({"required": null})).contains("expected a string"));
    }

    #[test]
    fn twenty_is_twenty_however_it_is_written() {
        for twenty in [json!(20), json!(20.0), json!("20"), json!(" 20 "), json!("20.0")] {
            assert_eq!(read(json!({"count": twenty})).count, Some(20));
        }
        assert_eq!(read(json!({"count": ""})).count, None);
        assert_eq!(read(json!({"count": u32::MAX})).count, Some(u32::MAX));
    }

    #[test]
    fn a_number_that_is_no_count_is_refused_with_what_is() {
        for wrong in
            [json!(-1), json!(1.5), json!(4_294_967_296_u64), json!("many"), json!(1e300), json!("1e300")]
        {
            assert!(
                refused(json!({"count": wrong})).contains("expected a whole number from 0 to 4294967295")
            );
        }
        assert!(refused(json!({"count": true})).contains("expected a whole number"));
    }

    #[test]
    fn a_truth_may_be_a_word() {
        for yes in [json!(true), json!("true"), json!("True")] {
            let input = read(json!({"truth": yes, "flag": yes}));
            assert_eq!((input.truth, input.flag), (Some(true), true));
        }
        assert_eq!(read(json!({"truth": "false"})).truth, Some(false));
        assert!(refused(json!({"truth": "yes"})).contains("expected true or false"));
        assert!(refused(json!({"flag": 1})).contains("expected true or false"));
    }

    #[test]
    fn one_string_is_a_list_of_one() {
        assert_eq!(read(json!({"tags": "vip"})).tags, ["vip"]);
        assert_eq!(read(json!({"tags": 2026})).tags, ["2026"]);
        assert_eq!(read(json!({"tags": ["a", 1]})).tags, ["a", "1"]);
        assert_eq!(read(json!({"tags": []})).tags, Vec::<String>::new());
        assert!(refused(json!({"tags": [{}]})).contains("expected a string"));
        assert!(refused(json!({"tags": true})).contains("expected a list"));
    }

    #[test]
    fn one_object_is_a_list_of_one() {
        let pair = || Pair { id: "a".to_owned() };
        assert_eq!(read(json!({"pairs": {"id": "a"}})).pairs, [pair()]);
        assert_eq!(read(json!({"pairs": [{"id": "a"}], "pair": {"id": "a"}})).pair, Some(pair()));
        assert!(refused(json!({"pairs": {"key": "a"}})).contains("unknown field"));
    }
}
