//! The safe upsert: read the values, look up, plan, write, verify, report.

use std::sync::Arc;

use crate::contacts::error::{Error, Refusal};
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::lookup::{self, Lookup, OnConflict};
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::operation::native_upsert;
use crate::contacts::operation::safe_upsert::SafeUpsert;
use crate::contacts::operation::users::means_no_user;
use crate::contacts::service::Contacts;
use crate::contacts::value::country::Country;
use crate::contacts::value::date;
use crate::contacts::value::phone::{Candidate, CountrySource, Phone};
use crate::contacts::value::placeholder::is_placeholder;
use crate::contacts::write::audit;
use crate::contacts::write::desired::{Desired, Upsert};
use crate::contacts::write::receipt::Receipt;
use crate::ghl::model::{CustomFieldWrite, DataType, Field};
use crate::ghl::{Need, Scope};

/// How often the locks may be lost before an upsert is refused.
const MAX_ATTEMPTS: u32 = 5;

/// What one attempt at an upsert is made from.
struct Attempt<'a> {
    upsert: &'a Upsert,
    desired: &'a Desired,
    given: &'a GivenKeys<'a>,
    keys: &'a Keys,
    definitions: &'a Definitions,
}

impl Contacts {
    /// Creates or updates one contact. Writes only what differs, never removes a tag, never creates a second contact.
    ///
    /// # Errors
    /// A given value cannot be used, the keys belong to two contacts, or HighLevel failed. Each error says whether
    /// anything may have been written.
    pub async fn upsert(&self, scope: &Scope, upsert: Upsert) -> Result<Receipt, Error> {
        let result = self.upsert_unaudited(scope, &upsert).await;
        audit::upsert(scope, &self.options.audit_key, upsert.email.as_deref(), &result);
        result
    }

    async fn upsert_unaudited(&self, scope: &Scope, upsert: &Upsert) -> Result<Receipt, Error> {
        if upsert.contact_id.is_none() && upsert.email.is_none() && upsert.phone.is_none() {
            return Err(Error::invalid(
                Field::Email,
                "or phone or contactId is needed: a contact is found by one of them",
            ));
        }
        let (upsert, left) = &self.with_user(scope, upsert).await?;
        let mut desired = Desired::standard(upsert, date::latest_today(scope.client().clock().wall()))?;
        if let (Some(refusal), Some(user)) = (left, upsert.fields.get(&Field::AssignedTo)) {
            desired.refuse(Field::AssignedTo, user, refusal.clone());
        }
        let definitions = self.add_custom_fields(scope, upsert, &mut desired).await?;
        let may_be_newer = !desired.refused_custom.is_empty();
        let result = self.upsert_desired(scope, upsert, desired, &definitions).await;
        if may_be_newer && result.is_err() && !upsert.in_list {
            // The next call finds an option that is newer than these definitions.
            self.location.forget_definitions();
        }
        result
    }

    async fn upsert_desired(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        mut desired: Desired,
        definitions: &Definitions,
    ) -> Result<Receipt, Error> {
        let country = desired.fields.get(&Field::Country).and_then(|code| Country::parse(code));
        let (email, phone) = (upsert.email.as_deref(), upsert.phone.as_deref());
        let given = GivenKeys { email, phone, country, contact: None };
        if let Some(id) = &upsert.contact_id {
            return self.upsert_by_id(scope, upsert, desired, id, given, definitions).await;
        }
        let keys = self.keys_or_by_the_contact(scope, &given).await?;
        desired.add_keys(&keys);
        let (mut need, mut attempts) = (Need::IfItServes, 0..MAX_ATTEMPTS);
        loop {
            let held = self.locks.hold(scope, &keys, need).await?;
            let attempt = Attempt { upsert, desired: &desired, given: &given, keys: &keys, definitions };
            let result = self.upsert_held(&held.scope(scope), attempt).await;
            held.release().await;
            match result {
                // Another process may have created the contact: it is looked up again, and then with the locks held.
                Err(error) if error.lost_the_lock() && attempts.next().is_some() => need = Need::Always,
                result => return result,
            }
        }
    }

    /// The upsert, with the locks of its keys held.
    async fn upsert_held(&self, scope: &Scope, attempt: Attempt<'_>) -> Result<Receipt, Error> {
        let Attempt { upsert, desired, given, keys, definitions } = attempt;
        if self.options.native_upsert
            && native_upsert::can_express(scope, upsert)
            && !desired.has_refused()
            && let Some(receipt) =
                native_upsert::upsert(scope, desired, keys, definitions, upsert.in_list).await?
        {
            return Ok(receipt);
        }
        SafeUpsert { contacts: self, scope, upsert, desired, given, keys, definitions }.run().await
    }

    /// The keys. A phone that is no number where the call and the location say is read by the country of the contact that
    /// has the e-mail.
    async fn keys_or_by_the_contact(&self, scope: &Scope, given: &GivenKeys<'_>) -> Result<Keys, Error> {
        let error = match self.keys(scope, given).await {
            Err(error) if given.email.is_some() && given.phone.is_some_and(Phone::needs_a_country) => error,
            keys => return keys,
        };
        let by_email = self.keys(scope, &GivenKeys { phone: None, ..*given }).await?;
        let settings = self.location.settings_if_known();
        match lookup::look_up(scope, &self.location, &by_email, &settings, OnConflict::Fail).await? {
            Lookup::Found(found) => {
                self.keys(scope, &GivenKeys { contact: Some(&found.contact), ..*given }).await
            }
            Lookup::NotFound => Err(error),
        }
    }

    /// The same upsert, with the id of the user that `assignedTo` means; or with the text as it is, and why it names no
    /// user: the contact may be assigned to a user who left.
    async fn with_user(&self, scope: &Scope, upsert: &Upsert) -> Result<(Upsert, Option<Refusal>), Error> {
        let mut refusal = None;
        let mut upsert = upsert.clone();
        if let Some(user) = upsert.fields.get_mut(&Field::AssignedTo).filter(|user| !is_placeholder(user)) {
            if means_no_user(user) {
                return Err(Error::invalid(Field::AssignedTo, "names no user")
                    .with_hint("To take the contact from its user, send clear: [\"assignedTo\"]."));
            }
            match self.user(scope, user).await {
                Ok(id) => *user = id,
                Err(error) => refusal = Some(Refusal::of(error)?),
            }
        }
        Ok((upsert, refusal))
    }

    /// Reads the definitions only where custom fields are given; without any they stay unknown.
    async fn add_custom_fields(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        desired: &mut Desired,
    ) -> Result<Arc<Definitions>, Error> {
        if !upsert.has_custom_fields() {
            return Ok(Arc::default());
        }
        let definitions = self.location.definitions(scope).await?;
        desired.add_custom_fields(upsert, &definitions).inspect_err(|_| {
            if !upsert.in_list {
                // The next call finds a field or an option that is newer than these definitions.
                self.location.forget_definitions();
            }
        })?;
        let needs_a_country = |write: &CustomFieldWrite| {
            !desired.refused_custom.contains_key(&write.id)
                && definitions.by_id(&write.id).is_some_and(|field| field.data_type == DataType::Phone)
                && write.value.to_text().is_some_and(|text| Phone::needs_a_country(&text))
        };
        if desired.custom_fields.iter().any(needs_a_country) {
            desired.phone_candidates = self.phone_candidates(scope, desired).await?;
        }
        Ok(definitions)
    }

    /// The countries of a custom phone without a country code, as of the contact's own phone.
    async fn phone_candidates(&self, scope: &Scope, desired: &Desired) -> Result<Vec<Candidate>, Error> {
        let of = |source| move |country| Candidate { country, source };
        let call = desired.fields.get(&Field::Country).and_then(|code| Country::parse(code));
        Ok(call.map(of(CountrySource::Call)).into_iter().chain(self.home(scope).await?).collect())
    }
}
