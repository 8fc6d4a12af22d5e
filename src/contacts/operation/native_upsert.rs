//! HighLevel's own upsert (`--upsert native`): one request, without a lookup, a comparison or a read-back.

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::{Keys, MatchedBy};
use crate::contacts::identity::lookup;
use crate::contacts::write::apply::Applied;
use crate::contacts::write::desired::{Desired, Mode, Upsert};
use crate::contacts::write::receipt::{Outcome, Receipt};
use crate::contacts::write::{plan, verify};
use crate::ghl;
use crate::ghl::api::Upserted;
use crate::ghl::model::FieldValue;
use crate::ghl::{Dialect, Scope, Written, api};

/// Whether HighLevel's own endpoint can do what this upsert asks for. It cannot blank a field, cannot keep stored values
/// and cannot plan; the recipes article does not have it.
pub(crate) fn can_express(scope: &Scope, upsert: &Upsert) -> bool {
    upsert.contact_id.is_none()
        && upsert.mode == Mode::Overwrite
        && upsert.clear.is_empty()
        && upsert.custom_fields.iter().all(|given| given.value != Some(FieldValue::Null))
        && !upsert.dry_run
        && api::dialect(scope) == Dialect::Current
}

/// Upserts by HighLevel's own rules, which do not warn of two contacts. None where this HighLevel does not have the
/// endpoint.
///
/// # Errors
/// HighLevel's failure, unless the fields were written before it.
pub(crate) async fn upsert(
    scope: &Scope,
    desired: &Desired,
    keys: &Keys,
    definitions: &Definitions,
    in_list: bool,
) -> Result<Option<Receipt>, Error> {
    let mut plan = plan::plan(None, desired, definitions).checked()?;
    let tags_later = if in_list { std::mem::take(&mut plan.add_tags) } else { Vec::new() };
    let upserted = match ghl::api::upsert(scope, &plan.write).await {
        Err(error) if error.is_route_missing() => return Ok(None),
        answer => answer?,
    };
    let upserted = compared(upserted, keys)?;
    let outcome = if upserted.new { Outcome::Created } else { Outcome::Updated };
    let mut receipt = plan.receipt(outcome, None, MatchedBy::None);
    receipt.warnings.push("native upsert: not looked up, not compared and not read back".to_owned());
    let mut applied = Applied::new(upserted.contact);
    applied.add_tags(scope, &plan).await?;
    verify::report(&plan, applied, definitions, &mut receipt);
    receipt.tags_later = tags_later;
    Ok(Some(receipt))
}

/// The answer, if it is about a contact of these keys.
fn compared(upserted: Upserted, keys: &Keys) -> Result<Upserted, Error> {
    match lookup::found(upserted.contact, keys) {
        Ok(found) => Ok(Upserted { new: upserted.new, contact: found.contact }),
        Err(source) => Err(Error::Crm { source, happened: Written::Unknown, contact: None }),
    }
}
