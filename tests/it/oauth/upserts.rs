//! Row 52: upserts whose token ends between their lookups and their writes.

use std::sync::Arc;

use futures_util::future::join_all;
use ghl_contacts_mcp::contacts::{self, Contacts};
use serde_json::json;

use crate::oauth::{DAY, Fixture};
use crate::support::Session;

#[tokio::test]
async fn row_52_thirty_upserts_whose_token_ends_before_their_puts_are_all_stored() {
    let fixture = Fixture::new("puts").await;
    fixture.grant("Location", DAY.as_secs());
    for n in 0..30 {
        let email = format!("p{n}@example.com");
        fixture.sandbox.insert(json!({ "id": format!("p{n}"), "email": email, "firstName": "Old" }));
    }
    // The token ends when the first PUT arrives. All of them carry it.
    let clock = Arc::clone(&fixture.clock);
    fixture.sandbox.on_next("PUT", "/contacts/", move |_| clock.advance(DAY));
    let session = Session::open(Contacts::new(fixture.client(), contacts::Options::default())).await;
    let upsert = |n| {
        let arguments = json!({ "email": format!("p{n}@example.com"), "firstName": format!("New{n}") });
        session.call("ghl_upsert_contact", arguments)
    };
    for (n, reply) in join_all((0..30).map(upsert)).await.into_iter().enumerate() {
        assert_eq!(reply.outcome(), "updated", "{n}");
        assert_eq!(fixture.sandbox.contact(&format!("p{n}")).unwrap()["firstName"], format!("New{n}"));
    }
    assert_eq!((fixture.sandbox.oauth_refreshes(), fixture.wire().0), (1, 1));
    // Each contact is written once. No PUT is refused more than once.
    let wire = fixture.sandbox.wire();
    for n in 0..30 {
        let path = format!("/contacts/p{n}");
        let puts = |status: u16| {
            let puts = wire.iter().filter(|one| one.method == "PUT" && one.path == path);
            puts.filter(|one| one.status == status).count()
        };
        assert!(puts(200) == 1 && puts(401) <= 1, "{n}: {} {}", puts(200), puts(401));
    }
    let refused = wire.iter().filter(|one| one.method == "PUT" && one.status == 401).count();
    assert!(refused > 0, "the token did not end before a PUT");
}
