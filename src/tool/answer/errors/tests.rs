use crate::contacts;
use crate::contacts::Subject;
use crate::ghl::{self, Kind, Missing, Written};
use crate::tool::{Effect, Failure};

/// One failure of each kind, none of which may have written anything.
fn of_each_kind() -> Vec<contacts::Error> {
    let id = |id: &str| id.parse::<ghl::ContactId>().unwrap();
    let kinds = [
        Kind::NotConfigured(Missing::Token),
        Kind::NotConfigured(Missing::Location),
        Kind::NotConfigured(Missing::Both),
        Kind::Unauthorized,
        Kind::Authorization("OAuth needs a person".to_owned()),
        Kind::ScopeMissing,
        Kind::WrongLocation,
        Kind::Blocked,
        Kind::NotFound,
        Kind::RouteMissing,
        Kind::Duplicate { contact: None, field: None },
        Kind::Refused(vec!["limit must be a number".to_owned()]),
        Kind::RateLimited,
        Kind::DailyLimit,
        Kind::Unavailable,
        Kind::Unreachable,
        Kind::Tls,
        Kind::Lost,
        Kind::Unreadable,
        Kind::Mismatch { asked: "a".to_owned(), answered: "b".to_owned() },
        Kind::TooLarge,
        Kind::Redirected,
        Kind::Busy,
        Kind::LockLost,
        Kind::UnderWay,
        Kind::StoreAway,
        Kind::TokensAway,
        Kind::OutOfTime,
        Kind::Cancelled,
    ];
    let mut all: Vec<contacts::Error> =
        kinds.into_iter().map(|kind| ghl::Error::new(kind, Written::No).into()).collect();
    all.push(contacts::Error::invalid(Subject::Limit, "is 0; 1 to 100 are taken"));
    all.push(contacts::Error::NotFound { key: "email" });
    all.push(contacts::Error::Ambiguous { key: "email", contacts: vec![id("a"), id("b")] });
    all
}

fn text(error: contacts::Error, effect: Effect) -> String {
    Failure::from(error).into_result(effect).content[0].as_text().unwrap().text.clone()
}

#[test]
fn no_failure_of_a_read_speaks_of_writing() {
    for error in of_each_kind() {
        let of = format!("{error:?}");
        let text = text(error, Effect::Read).to_lowercase();
        for word in ["written", "look the contact up", "then decide", "before sending"] {
            assert!(!text.contains(word), "{of}: {text}");
        }
    }
}

#[test]
fn every_failure_before_a_write_says_that_nothing_was_written() {
    for error in of_each_kind() {
        let of = format!("{error:?}");
        let text = text(error, Effect::Replace);
        assert!(text.contains(" Nothing was written.") && !text.contains("then decide"), "{of}: {text}");
        assert_eq!(text.to_lowercase().matches("written").count(), 1, "{of}: {text}");
    }
}

#[test]
fn after_a_write_that_may_have_happened_the_contact_is_to_be_looked_up() {
    for kind in [Kind::Lost, Kind::Unreadable, Kind::TooLarge, Kind::Unavailable, Kind::OutOfTime] {
        let text = text(ghl::Error::new(kind, Written::Unknown).into(), Effect::Create);
        assert!(text.contains("may or may not have been written: look the contact up"), "{text}");
    }
}
