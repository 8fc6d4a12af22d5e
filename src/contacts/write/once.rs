//! A create that is sent once, because HighLevel has no idempotency key: what is known where its answer was lost.

use std::time::Duration;

use crate::contacts::error::Error;
use crate::ghl;
use crate::ghl::{ContactId, Scope, Written};

/// How long to wait before the list is read: the create may still take effect.
const SETTLE: Duration = Duration::from_secs(1);

/// What was to be made of a contact.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made<'a> {
    /// The contact.
    pub(crate) contact: &'a ContactId,
    /// `note` or `task`.
    pub(crate) what: &'static str,
}

impl Made<'_> {
    /// The item, where the create succeeded, or where its answer was lost and the list has one that `is_ours`. It is never
    /// sent again. The note says what went wrong on the way.
    ///
    /// # Errors
    /// HighLevel's refusal; `Unsettled` where the item is not in the list, or the list could not be read.
    pub(crate) async fn settle<T>(
        self,
        scope: &Scope,
        answer: Result<T, ghl::Error>,
        list: impl Future<Output = Result<Vec<T>, ghl::Error>>,
        is_ours: impl Fn(&T) -> bool,
    ) -> Result<(T, Option<String>), Error> {
        let error = match answer {
            Ok(made) => return Ok((made, None)),
            Err(error) if error.written() == Written::No => {
                return Err(Error::from(error).about(self.contact));
            }
            Err(error) => error,
        };
        let is_refusal = error.is_refusal() && !error.after_success();
        if !is_refusal {
            scope.pause(SETTLE).await;
        }
        let what = self.what;
        let listed = match list.await {
            Ok(items) => {
                let mut ours: Vec<T> = items.into_iter().filter(&is_ours).collect();
                let several = ours.len() > 1;
                if let Some(found) = ours.pop() {
                    let more =
                        if several { "; there are several such, of which one may be older" } else { "" };
                    let how = if is_refusal {
                        "HighLevel refused the create"
                    } else {
                        "the answer to the create was lost"
                    };
                    return Ok((
                        found,
                        Some(format!("{how}; the {what} was found in the contact's list{more}")),
                    ));
                }
                true
            }
            Err(_) => false,
        };
        let contact = self.contact.clone();
        if listed && is_refusal {
            // The list would have it: the refusal was a real one.
            return Err(Error::Crm { source: error, happened: Written::No, contact: Some(contact) });
        }
        Err(Error::Unsettled { what, listed, source: error, contact })
    }
}
