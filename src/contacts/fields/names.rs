//! How a custom field is called, and which one is meant.

use std::collections::HashMap;

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::text::clean_line;
use crate::ghl::model::CustomField;

/// How much of a name is quoted and compared.
const MOST: usize = 60;

/// Positions in the list of definitions, by everything that a field is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    ids: HashMap<String, usize>,
    keys: HashMap<String, Vec<usize>>,
    called: HashMap<String, Vec<usize>>,
}

impl Names {
    /// False where the id is there already.
    pub(crate) fn add(&mut self, field: &CustomField, at: usize) -> bool {
        if self.ids.contains_key(&field.id) {
            return false;
        }
        self.ids.insert(field.id.clone(), at);
        let key = field.field_key.as_deref().map(key_form).unwrap_or_default();
        note(&mut self.keys, key, at);
        note(&mut self.called, name_form(&field.name), at);
        true
    }

    /// Once all are added: the name by which answers speak of the field, made findable.
    pub(crate) fn settle(&mut self, field: &CustomField, at: usize) -> String {
        let name = field.name.trim();
        if self.fits(name) == [at] {
            return name.to_owned();
        }
        let key = field.field_key.as_deref().unwrap_or(&field.id);
        let full = if name.is_empty() { key.to_owned() } else { format!("{name} ({key})") };
        note(&mut self.called, name_form(&full), at);
        full
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// Everything that the reference may mean. An exact id means only itself.
    pub(crate) fn fits(&self, reference: &str) -> Vec<usize> {
        if let Some(at) = self.by_id(reference.trim()) {
            return vec![at];
        }
        let keyed = self.keys.get(&key_form(reference)).into_iter().flatten();
        let named = self.called.get(&name_form(reference)).into_iter().flatten();
        let mut fits: Vec<usize> = keyed.chain(named).copied().collect();
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

/// `{{contact.lead_score}}`, `contact.Lead_Score` and `lead_score` are one key.
fn key_form(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
    let lower = bare.trim().to_lowercase();
    lower.strip_prefix("contact.").unwrap_or(&lower).to_owned()
}

/// A name without case, with one space for any run of spaces, `_` and `-`.
fn name_form(text: &str) -> String {
    let lower = text.to_lowercase();
    let words =
        lower.split(|c: char| c.is_whitespace() || c == '_' || c == '-').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A text of somebody else in quotes, short and on one line.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", clean_line(text, MOST))
}

/// `"Lead Score" (contact.lead_score)`, or the id where there is no key.
pub(crate) fn label(field: &CustomField) -> String {
    let key = field.field_key.as_deref().unwrap_or(&field.id);
    format!("{} ({})", quoted(&field.name), clean_line(key, MOST))
}

pub(crate) fn ambiguous<'a>(reference: &str, fits: impl Iterator<Item = &'a CustomField>) -> Error {
    let one = |field: &CustomField| format!("{} with the id {}", label(field), field.id);
    let all: Vec<String> = fits.map(one).collect();
    let shown = all.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let reason = format!("{} fits {} custom fields: {shown}", quoted(reference), all.len());
    Error::invalid(Subject::CustomField(reference.to_owned()), reason).with_hint("Use the id.")
}

/// Names the three that are spelt most like it.
pub(crate) fn unknown<'a>(reference: &str, fields: impl Iterator<Item = &'a CustomField>) -> Error {
    let subject = Subject::CustomField(reference.to_owned());
    let short = |text: String| text.chars().take(MOST).collect::<String>();
    let (as_name, as_key) = (short(name_form(reference)), short(key_form(reference)));
    let likeness = |field: &CustomField| {
        let key = field.field_key.as_deref().unwrap_or_default();
        let by_name = strsim::jaro_winkler(&as_name, &short(name_form(&field.name)));
        by_name.max(strsim::jaro_winkler(&as_key, &short(key_form(key))))
    };
    let mut nearest: Vec<(f64, &CustomField)> = fields.map(|field| (likeness(field), field)).collect();
    nearest.sort_by(|a, b| b.0.total_cmp(&a.0));
    let nearest: Vec<String> = nearest.into_iter().take(3).map(|(_, field)| label(field)).collect();
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
