//! Several accounts in one process: no account sees the data of another.

use std::sync::Arc;

use ghl_contacts_mcp::contacts::{self, Contacts};
use ghl_contacts_mcp::ghl::SystemClock;
use ghl_contacts_mcp::ghl::auth::Credential;
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::ghl::{Client, Settings};
use ghl_contacts_mcp::sandbox::{Fault, Options, Sandbox, Seed};
use ghl_contacts_mcp::serve::{Accounts, Bearer, Handler, Metrics, serve_http};
use ghl_contacts_mcp::tool::{Answer, CallInfo, Catalogue, Location, Locations, ToolList};
use ghl_contacts_mcp::tools;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::http::client::post;
use crate::http::server::{call, options, request};

/// A server for three locations: the first account has one of them, the second the other two.
struct ThreeLocations {
    at: std::net::SocketAddr,
    crms: Vec<Sandbox>,
}

async fn crm(name: &str) -> Sandbox {
    let options = Options {
        seed: Seed::Empty,
        location_id: format!("Location{name}"),
        token: format!("pit-of-{name}"),
        search_lag: std::time::Duration::ZERO,
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    for at in 0..3 {
        let email = format!("person{at}@example.com");
        sandbox.insert(
            json!({ "firstName": name, "lastName": format!("Person{at}"), "email": email, "tags": [] }),
        );
    }
    sandbox
}

fn location(crm: &Sandbox, read_only: bool) -> Location<Contacts> {
    let client = Client::new(Settings {
        base_url: crm.url().parse().unwrap(),
        credential: Credential::Token(crm.token().to_owned().into()),
        location: Some(crm.location_id().parse().unwrap()),
        dialect: None,
        clock: Arc::new(SystemClock::default()),
        transport: Arc::new(ReqwestTransport::default()),
        deadline: std::time::Duration::from_secs(10),
    });
    let contacts = Arc::new(Contacts::new(client, contacts::Options::default()));
    let catalogue = Arc::new(Catalogue::new(contacts, tools::all()).read_only(read_only));
    Location {
        id: crm.location_id().to_owned(),
        label: Some(format!("the one of {}", crm.token())),
        catalogue,
    }
}

impl ThreeLocations {
    async fn open() -> Self {
        let crms = vec![crm("A").await, crm("B").await, crm("C").await];
        let handler = |locations| {
            Handler::for_locations(
                Locations::of(locations),
                tools::INSTRUCTIONS.to_owned(),
                Metrics::default(),
            )
        };
        let accounts = Accounts::authenticated()
            .with_token(Bearer::of("token-of-the-first"), handler(vec![location(&crms[0], false)]))
            .with_token(
                Bearer::of("token-of-the-second"),
                handler(vec![location(&crms[1], false), location(&crms[2], true)]),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(serve_http(listener, accounts, options(), Metrics::default(), CancellationToken::new()));
        Self { at, crms }
    }

    async fn ask(&self, token: &str, message: &Value) -> Value {
        post(message).bearer(&format!("token-of-the-{token}")).send(self.at).await.json()["result"].clone()
    }

    async fn call(&self, token: &str, tool: &str, arguments: Value) -> Value {
        self.ask(token, &call(tool, arguments)).await["structuredContent"].clone()
    }
}

#[tokio::test]
async fn with_several_locations_a_tool_takes_one_and_names_it_in_its_answer() {
    let server = ThreeLocations::open().await;
    let one = server.ask("first", &request("tools/list", json!({}))).await;
    let two = server.ask("second", &request("tools/list", json!({}))).await;
    let names = |list: &Value| -> Vec<Value> {
        list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect()
    };
    assert_eq!(names(&one), names(&two));
    for (one, two) in one["tools"].as_array().unwrap().iter().zip(two["tools"].as_array().unwrap()) {
        assert_eq!(one["inputSchema"]["properties"].get("locationId"), None);
        let field = &two["inputSchema"]["properties"]["locationId"];
        let writes = two["annotations"]["readOnlyHint"] == false;
        let expected = if writes { json!(["LocationB"]) } else { json!(["LocationB", "LocationC"]) };
        assert_eq!(field["enum"], expected, "{}", two["name"]);
        assert_eq!(two["inputSchema"]["required"][0], "locationId");
        assert_eq!(two["outputSchema"]["properties"]["locationId"]["type"], "string");
    }
    let person = json!({ "locationId": "LocationC", "email": "person0@example.com" });
    let found = server.call("second", "ghl_get_contact", person).await;
    assert_eq!((&found["locationId"], &found["contact"]["name"]), (&json!("LocationC"), &json!("C Person0")));
}

#[tokio::test]
async fn a_location_of_another_account_is_refused_like_an_unknown_one() {
    let server = ThreeLocations::open().await;
    for (location, says) in [
        (json!("LocationA"), "locationId \"LocationA\" is not one you may use."),
        (json!("LocationX"), "locationId \"LocationX\" is not one you may use."),
        (Value::Null, "locationId is missing."),
        (json!(7), "locationId is not a string."),
    ] {
        let arguments = json!({ "locationId": location, "email": "person0@example.com" });
        let refused = server.call("second", "ghl_get_contact", arguments).await;
        assert_eq!(refused["code"], "invalid_arguments");
        assert!(refused["message"].as_str().unwrap().starts_with(says), "{refused}");
        assert_eq!(
            refused["hint"],
            "Give one of: LocationB (the one of pit-of-B), LocationC (the one of pit-of-C)."
        );
    }
    let refused =
        server.call("first", "ghl_get_contact", json!({ "locationId": "LocationB", "email": "x@y.example" }));
    assert_eq!(refused.await["code"], "invalid_arguments");
    let writing = json!({ "locationId": "LocationC", "email": "new@example.com" });
    assert_eq!(server.call("second", "ghl_upsert_contact", writing).await["code"], "read_only");
    assert!(server.crms.iter().all(|crm| crm.wire().is_empty()), "no CRM got a request");
}

/// A location without a CRM behind it: no call of these specs reaches one.
fn nowhere(at: usize, tools: &Arc<ToolList<Contacts>>) -> Location<Contacts> {
    let client = Client::new(Settings {
        base_url: "http://127.0.0.1:9".parse().unwrap(),
        credential: Credential::Missing,
        location: Some(format!("Location{at:04}").parse().unwrap()),
        dialect: None,
        clock: Arc::new(SystemClock::default()),
        transport: Arc::new(ReqwestTransport::default()),
        deadline: std::time::Duration::from_secs(10),
    });
    let contacts = Arc::new(Contacts::new(client, contacts::Options::default()));
    Location {
        id: format!("Location{at:04}"),
        label: Some(format!("Dental Practice {at}")),
        catalogue: Arc::new(Catalogue::new(contacts, Arc::clone(tools))),
    }
}

#[tokio::test]
async fn many_locations_are_named_by_id_or_name_and_are_not_listed() {
    let all = Arc::new(tools::all());
    let locations = |count| Locations::of((0..count).map(|at| nowhere(at, &all)).collect());
    let bytes = |locations: &Locations<Contacts>| json!(locations.definitions()).to_string().len();
    let (listed, many) = (locations(20), locations(1_000));
    let field = &json!(listed.definitions()[0])["inputSchema"]["properties"]["locationId"];
    assert_eq!(field["enum"].as_array().map(Vec::len), Some(20));
    for tool in many.definitions() {
        let tool = json!(tool);
        assert_eq!(tool["inputSchema"]["required"][0], "locationId");
        insta::allow_duplicates! {
            insta::assert_json_snapshot!(tool["inputSchema"]["properties"]["locationId"], @r#"
            {
              "type": "string",
              "description": "The id or the name of one of 1000 locations; a wrong one is answered with those most like it"
            }
            "#);
        }
    }
    assert!(bytes(&many) < bytes(&listed), "{} and {}", bytes(&many), bytes(&listed));
    let mut said = Vec::new();
    for sent in ["Location9999", "dental practise 417", "LOCATION0417", " Dental  practice 417 ", ""] {
        let arguments = json!({ "locationId": sent }).as_object().unwrap().clone();
        let Answer::Result(result) = many.call("ghl_get_contact", arguments, CallInfo::default()).await
        else {
            panic!("{sent}: there is such a tool");
        };
        let content = result.structured_content.unwrap();
        said.push(format!("{sent:?}: {} {}", content["message"].as_str().unwrap(), content["hint"]));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    "Location9999": locationId "Location9999" is not one you may use. "Give the id or the name of one of 1000 locations. The nearest are: Location0999 (Dental Practice 999), Location0099 (Dental Practice 99), Location0199 (Dental Practice 199), Location0299 (Dental Practice 299), Location0399 (Dental Practice 399)."
    "dental practise 417": locationId "dental practise 417" is not one you may use. "Give the id or the name of one of 1000 locations. The nearest are: Location0417 (Dental Practice 417), Location0017 (Dental Practice 17), Location0041 (Dental Practice 41), Location0047 (Dental Practice 47), Location0147 (Dental Practice 147)."
    "LOCATION0417": locationId "LOCATION0417" is not one you may use. "Give the id or the name of one of 1000 locations. The nearest are: Location0417 (Dental Practice 417), Location0147 (Dental Practice 147), Location0174 (Dental Practice 174), Location0471 (Dental Practice 471), Location0714 (Dental Practice 714)."
    " Dental  practice 417 ": locationId " Dental  practice 417 " is not one you may use. "Give the id or the name of one of 1000 locations. The nearest are: Location0417 (Dental Practice 417), Location0017 (Dental Practice 17), Location0041 (Dental Practice 41), Location0047 (Dental Practice 47), Location0147 (Dental Practice 147)."
    "": locationId "" is not one you may use. "Give the id or the name of one of 1000 locations. The nearest are: Location0000 (Dental Practice 0), Location0001 (Dental Practice 1), Location0002 (Dental Practice 2), Location0003 (Dental Practice 3), Location0004 (Dental Practice 4)."
    "#);
}

#[tokio::test]
async fn two_clients_see_and_change_only_their_own_location() {
    let server = ThreeLocations::open().await;
    for round in 0..3 {
        for (token, location, name) in [("first", None, "A"), ("second", Some("LocationB"), "B")] {
            let with = |mut arguments: Value| {
                if let Some(location) = location {
                    arguments["locationId"] = location.into();
                }
                arguments
            };
            let email = "person0@example.com";
            let read = server.call(token, "ghl_get_contact", with(json!({ "email": email }))).await;
            assert_eq!(read["contact"]["name"], format!("{name} Person0"), "{read}");
            let company = format!("{name} {round}");
            let write = with(json!({ "email": email, "companyName": company }));
            let written = server.call(token, "ghl_upsert_contact", write).await;
            assert_eq!(written["contact"]["companyName"], company, "{written}");
            let found = server.call(token, "ghl_search_contacts", with(json!({ "query": "Person" }))).await;
            assert_eq!(found["total"], 3, "{found}");
            let names = found["contacts"].as_array().unwrap().iter().map(|contact| &contact["name"]);
            assert!(names.clone().all(|shown| shown.as_str().unwrap().starts_with(name)), "{found}");
        }
    }
    for (crm, name) in server.crms.iter().zip(["A", "B", "C"]) {
        let companies: Vec<_> = crm.contacts().iter().map(|contact| contact["companyName"].clone()).collect();
        let own = |company: &Value| company.as_str().is_none_or(|company| company.starts_with(name));
        assert!(companies.iter().all(own), "{name}: {companies:?}");
        // A CRM accepts only its own token, so each request went to the right one.
        for exchange in crm.wire() {
            let location = exchange.headers.iter().find(|(name, _)| name == "location-id");
            assert_eq!((exchange.status / 100, location.unwrap().1.as_str()), (2, crm.location_id()));
        }
    }
    assert!(server.crms[2].wire().is_empty(), "the third location got no request");
}

#[tokio::test]
async fn a_cursor_of_one_location_is_refused_in_another() {
    let server = ThreeLocations::open().await;
    let search = |location: &str, cursor: Option<&str>| json!({ "locationId": location, "query": "Person", "limit": 1, "cursor": cursor });
    let page = server.call("second", "ghl_search_contacts", search("LocationB", None)).await;
    let cursor = page["nextCursor"].as_str().expect("a next page").to_owned();
    let refused = server.call("second", "ghl_search_contacts", search("LocationC", Some(&cursor))).await;
    assert_eq!(refused["code"], "invalid_arguments", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("in another location"), "{refused}");
    let refused = json!({ "query": "Person", "limit": 1, "cursor": cursor });
    assert_eq!(server.call("first", "ghl_search_contacts", refused).await["code"], "invalid_arguments");
    let next = server.call("second", "ghl_search_contacts", search("LocationB", Some(&cursor))).await;
    assert_eq!(next["contacts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_rate_limit_of_one_account_does_not_delay_another() {
    let server = ThreeLocations::open().await;
    let limit = Fault::TooManyRequests { retry_after: Some("600".to_owned()), window_headers: true };
    server.crms[0].fail_always(Some(limit));
    let person = json!({ "email": "person0@example.com" });
    let failed = server.call("first", "ghl_get_contact", person.clone()).await;
    assert_eq!(failed["code"], "rate_limited", "{failed}");
    let mut own = person;
    own["locationId"] = "LocationB".into();
    assert_eq!(server.call("second", "ghl_get_contact", own).await["contact"]["name"], "B Person0");
}

#[tokio::test]
async fn with_several_locations_a_resource_is_read_at_one_of_them() {
    let server = ThreeLocations::open().await;
    let lists = async |token| {
        let resources = server.ask(token, &request("resources/list", json!({}))).await;
        let templates = server.ask(token, &request("resources/templates/list", json!({}))).await;
        let count = |list: &Value, name: &str| list[name].as_array().unwrap().len();
        (count(&resources, "resources"), count(&templates, "resourceTemplates"))
    };
    assert_eq!((lists("first").await, lists("second").await), ((3, 1), (0, 4)));
    let read = async |token, uri: &str| {
        let result = server.ask(token, &request("resources/read", json!({ "uri": uri }))).await;
        result["contents"][0]["text"].as_str().map(|text| serde_json::from_str::<Value>(text).unwrap())
    };
    assert!(read("first", "ghl://users").await.is_some());
    let of_c = read("second", "ghl://users?locationId=LocationC").await.unwrap();
    assert_eq!(of_c["locationId"], "LocationC");
    for refused in ["ghl://users", "ghl://users?locationId=LocationA", "ghl://users?locationId="] {
        assert_eq!(read("second", refused).await, None, "{refused}");
    }
    let complete = json!({
        "ref": { "type": "ref/resource", "uri": "ghl://users{?locationId}" },
        "argument": { "name": "locationId", "value": "locationc" }
    });
    let offered = server.ask("second", &request("completion/complete", complete)).await;
    assert_eq!(offered["completion"]["values"], json!(["LocationC"]));
}
