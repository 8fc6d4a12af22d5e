//! The names, keys and ids of custom fields, and the field that a reference means.

use std::collections::HashMap;

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::text::clean_line;
use crate::ghl::model::CustomField;

/// The most characters of a name that are quoted and compared.
const MAX_CHARS: usize = 60;

/// The positions of fields in the list of definitions, by id, key and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    ids: HashMap<String, usize>,
    keys: HashMap<String, Vec<usize>>,
    names: HashMap<String, Vec<usize>>,
    /// Both without spaces and punctuation, for a reference that is spelled in another way.
    loose: HashMap<String, Vec<usize>>,
}

impl Index {
    /// Adds a field; false where its id is there already.
    pub(crate) fn add(&mut self, field: &CustomField, at: usize) -> bool {
        if self.ids.contains_key(&field.id) {
            return false;
        }
        self.ids.insert(field.id.clone(), at);
        let key = field.field_key.as_deref().map(key_form).unwrap_or_default();
        note(&mut self.loose, loose_form(&key), at);
        note(&mut self.loose, loose_form(&field.name), at);
        note(&mut self.keys, key, at);
        note(&mut self.names, name_form(&field.name), at);
        true
    }

    /// The name of the field in answers, which finds this field and no other. To be called after all fields are added.
    pub(crate) fn unique_name(&mut self, field: &CustomField, at: usize) -> String {
        let name = field.name.trim();
        if self.fits(name) == [at] {
            return name.to_owned();
        }
        let key = field.field_key.as_deref().unwrap_or(&field.id);
        let full = if name.is_empty() { key.to_owned() } else { format!("{name} ({key})") };
        note(&mut self.names, name_form(&full), at);
        full
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// All fields that the reference fits. An exact id fits only its own field, and another spelling counts only where no
    /// field has this one.
    pub(crate) fn fits(&self, reference: &str) -> Vec<usize> {
        if let Some(at) = self.by_id(reference.trim()) {
            return vec![at];
        }
        let keyed = self.keys.get(&key_form(reference)).into_iter().flatten();
        let named = self.names.get(&name_form(reference)).into_iter().flatten();
        let mut fits: Vec<usize> = keyed.chain(named).copied().collect();
        if fits.is_empty() {
            let bare = without_path(reference);
            fits.extend(self.by_id(bare));
            fits.extend(self.loose.get(&loose_form(&key_form(bare))).into_iter().flatten());
        }
        fits.sort_unstable();
        fits.dedup();
        fits
    }
}

fn note(index: &mut HashMap<String, Vec<usize>>, form: String, at: usize) {
    if !form.is_empty() {
        index.entry(form).or_default().push(at);
    }
}

/// The normal form of a key: `{{contact.lead_score}}`, `contact.Lead_Score` and `lead_score` are the same key.
fn key_form(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
    let lower = bare.trim().to_lowercase();
    lower.strip_prefix("contact.").unwrap_or(&lower).to_owned()
}

/// The normal form of a name: lower case, with one space for each run of spaces, `_` and `-`.
fn name_form(text: &str) -> String {
    let lower = text.to_lowercase();
    let words =
        lower.split(|c: char| c.is_whitespace() || c == '_' || c == '-').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// `Lead Score` of `customFields.Lead Score`, which is how a filter names it.
fn without_path(reference: &str) -> &str {
    let reference = reference.trim();
    let paths = ["customFields.", "customField.", "custom_fields."];
    paths.iter().find_map(|path| reference.strip_prefix(path)).unwrap_or(reference)
}

/// `leadScore`, `Lead Score:` and `lead_score` are spellings of one name.
fn loose_form(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An untrusted text in quotes, short and on one line.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", clean_line(text, MAX_CHARS))
}

/// A field in an error: `"Lead Score" (contact.lead_score)`, with the id where it has no key.
pub(crate) fn label(field: &CustomField) -> String {
    let key = field.field_key.as_deref().unwrap_or(&field.id);
    format!("{} ({})", quoted(&field.name), clean_line(key, MAX_CHARS))
}

/// The error of a reference that fits several fields.
pub(crate) fn ambiguous<'a>(reference: &str, fits: impl Iterator<Item = &'a CustomField>) -> Error {
    let one = |field: &CustomField| format!("{} with the id {}", label(field), field.id);
    let all: Vec<String> = fits.map(one).collect();
    let shown = all.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let reason = format!("{} fits {} custom fields: {shown}", quoted(reference), all.len());
    Error::invalid(Subject::CustomField(reference.to_owned()), reason).with_hint("Use the id.")
}

/// The error of a reference that fits no field; it names the three most similar fields. Of fields whose id or name cannot
/// be read, it says how many there are: one of them may be meant.
pub(crate) fn unknown<'a>(
    reference: &str,
    fields: impl Iterator<Item = &'a CustomField>,
    nameless: usize,
) -> Error {
    let subject = Subject::CustomField(reference.to_owned());
    let short = |text: String| text.chars().take(MAX_CHARS).collect::<String>();
    let (as_name, as_key) = (short(name_form(reference)), short(key_form(reference)));
    let likeness = |field: &CustomField| {
        let key = field.field_key.as_deref().unwrap_or_default();
        let by_name = strsim::jaro_winkler(&as_name, &short(name_form(&field.name)));
        by_name.max(strsim::jaro_winkler(&as_key, &short(key_form(key))))
    };
    let mut nearest: Vec<(f64, &CustomField)> = fields.map(|field| (likeness(field), field)).collect();
    nearest.sort_by(|a, b| b.0.total_cmp(&a.0));
    let nearest: Vec<String> = nearest.into_iter().take(3).map(|(_, field)| label(field)).collect();
    if nameless > 0 {
        let reason = format!(
            "names {}, which is none of the fields whose name can be read; HighLevel answers {nameless} without a \
             readable name or id",
            quoted(reference)
        );
        return Error::invalid(subject, reason).with_hint("Use the field's id or key.");
    }
    if nearest.is_empty() {
        return Error::invalid(
            subject,
            format!("names {}, which this location does not have", quoted(reference)),
        )
        .with_hint("The location has no custom fields for contacts; create it in HighLevel first");
    }
    let reason = format!(
        "names {}, which this location does not have; the nearest are {}",
        quoted(reference),
        nearest.join(", ")
    );
    Error::invalid(subject, reason).with_hint("Use a custom field's name, key or id.")
}
