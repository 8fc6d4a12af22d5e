use std::time::SystemTime;

use bytes::Bytes;
use reqwest::Method;

use super::*;

fn failure(effect: Effect, status: u16, body: &str) -> Error {
    with_headers(effect, status, body, &[])
}

fn with_headers(effect: Effect, status: u16, body: &str, headers: &[(&'static str, &str)]) -> Error {
    let headers = headers.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect();
    let answer = HttpResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
    };
    let subject = Subject::Contact("ada".parse().unwrap());
    let call = Call::new("t", Method::POST, effect, subject);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let limits = Limits::read(&answer.headers, now);
    classify(&call, "highlevel.example", Ok(answer), &limits).unwrap_err()
}

#[test]
fn a_missing_contact_is_a_400_with_its_words_under_error() {
    let error = failure(Effect::Read, 400, r#"{"error":"Contact with id X not found","status":400}"#);
    assert!(error.is_not_found());
    assert_eq!(error.upstream(), Some("Contact with id X not found"));
}

#[test]
fn a_forbidden_duplicate_carries_the_existing_contact() {
    let body = r#"{"statusCode":400,"message":"This location does not allow duplicated contacts.","meta":{"contactId":"abc","matchingField":"email"}}"#;
    let error = failure(Effect::Create, 400, body);
    assert_eq!(error.existing_contact().unwrap().as_str(), "abc");
    assert_eq!(error.written(), Written::No);
}

#[test]
fn a_scope_is_not_a_bad_token() {
    assert_eq!(*failure(Effect::Read, 401, r#"{"message":"Invalid JWT"}"#).kind(), Kind::Unauthorized);
    assert_eq!(
        *failure(Effect::Read, 401, r#"{"message":"The token is not authorized for this scope."}"#).kind(),
        Kind::ScopeMissing
    );
    assert_eq!(
        *failure(Effect::Read, 403, r#"{"message":"The token does not have access to this location."}"#)
            .kind(),
        Kind::WrongLocation
    );
    assert_eq!(
        *failure(Effect::Read, 401, r#"{"message":"This location is not accessible from this token!"}"#)
            .kind(),
        Kind::WrongLocation
    );
}

#[test]
fn an_html_page_is_a_failure_and_its_tags_are_removed() {
    let error = failure(Effect::Replace, 200, "<html><title>Just a moment</title>\u{202e}</html>");
    assert_eq!((error.kind(), error.written()), (&Kind::Unavailable, Written::Unknown));
    assert_eq!(error.upstream(), Some("Just a moment"));
    assert_eq!(*failure(Effect::Read, 403, "<p>error code: 1010</p>").kind(), Kind::Blocked);
    // Not "no such contact", and not "no such route", which would change the dialect.
    assert_eq!(*failure(Effect::Read, 404, "<h1>404 Not Found</h1>").kind(), Kind::Unavailable);
}

#[test]
fn a_404_of_a_web_framework_says_that_the_route_is_missing() {
    for body in [
        "",
        " \r\n",
        "Cannot POST /contacts/",
        "<!DOCTYPE html><html><title>Error</title><body><pre>Cannot POST /contacts/</pre></body></html>",
        r#"{"message":"Cannot POST /contacts/","error":"Not Found","statusCode":404}"#,
    ] {
        for effect in [Effect::Read, Effect::Create] {
            let error = failure(effect, 404, body);
            assert_eq!((error.kind(), error.written()), (&Kind::RouteMissing, Written::No), "{body}");
        }
    }
    for body in [r#"{"message":"Contact not found"}"#, r#"{"message":"Cannot find the contact"}"#, "null"] {
        assert!(failure(Effect::Read, 404, body).is_not_found(), "{body}");
    }
}

#[test]
fn a_refused_create_may_be_written_and_a_refused_update_is_not() {
    let body =
        r#"{"message":["property gender should not exist"],"error":"Unprocessable Entity","statusCode":422}"#;
    assert_eq!(failure(Effect::Create, 422, body).written(), Written::Unknown);
    let update = failure(Effect::Replace, 422, body);
    assert_eq!(update.written(), Written::No);
    assert!(update.refuses_property("gender"));
}

#[test]
fn a_server_error_leaves_a_write_unknown_and_a_read_undone() {
    assert_eq!(failure(Effect::Union, 502, "").written(), Written::Unknown);
    assert_eq!(failure(Effect::Read, 502, "").written(), Written::No);
}

#[test]
fn a_429_is_waited_for_as_its_headers_say() {
    for (headers, wait) in [
        (vec![("retry-after", "2")], 2_000),
        (vec![("retry-after", "Sun, 09 Sep 2001 01:46:45 GMT")], 5_000),
        (vec![("retry-after", "Sun, 09 Sep 2001 01:46:35 GMT")], 0),
        (vec![("retry-after", "-1"), ("x-ratelimit-interval-milliseconds", "3000")], 3_000),
        (vec![("retry-after", "1.5")], 10_000),
        (vec![("retry-after", "100000000000000000000")], 10_000),
        (vec![("retry-after", "4294967295")], 10_000),
        (vec![("retry-after", "")], 10_000),
        (vec![("x-ratelimit-interval-milliseconds", "7000")], 7_000),
        (vec![], 10_000),
    ] {
        let error = with_headers(Effect::Create, 429, r#"{"message":"Too Many Requests"}"#, &headers);
        assert_eq!(error.kind(), &Kind::RateLimited);
        assert_eq!(error.retry_after(), Some(Duration::from_millis(wait)), "{headers:?}");
    }
}

#[test]
fn a_429_with_nothing_left_for_the_day_is_the_daily_limit() {
    let headers = [("x-ratelimit-daily-remaining", "0"), ("x-ratelimit-daily-reset", "86343000")];
    let error = with_headers(Effect::Read, 429, "", &headers);
    assert_eq!(error.kind(), &Kind::DailyLimit);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(86_343)));
}

#[test]
fn the_trace_id_is_kept_clean_and_short() {
    let trace = |body: &str| with_headers(Effect::Read, 500, body, &[]).trace_id().map(str::to_owned);
    assert_eq!(trace(r#"{"message":"no","traceId":"0f6c-d5"}"#).as_deref(), Some("0f6c-d5"));
    assert_eq!(trace(&format!(r#"{{"traceId":"{}"}}"#, "x".repeat(500))).unwrap().len(), 64);
    assert_eq!(trace("{}"), None);
}

#[test]
fn messages_are_read_wherever_highlevel_puts_them() {
    for body in [
        r#"{"message":"no"}"#,
        r#"{"message":["no"]}"#,
        r#"{"error":"no"}"#,
        r#"{"msg":"no"}"#,
        r#"{"detail":"no"}"#,
        r#"{"error":{"code":"x","message":"no"}}"#,
    ] {
        assert_eq!(failure(Effect::Read, 400, body).upstream(), Some("no"), "{body}");
    }
}
