//! E-mails as people, spreadsheets and chat programs write them. They are sent with the contact's id, so each is a value to
//! set.

use serde_json::json;

use crate::meaning::{EMAIL, Holds, ID, Refused, Table};

#[tokio::test]
async fn one_address_is_stored_and_anything_else_is_refused() {
    let mut table = Table::open().await;
    for (text, stored) in [
        ("jane@example.com", "jane@example.com"),
        ("jane＠example.com", "jane@example.com"),
        ("  Jane@Example.COM ", "jane@example.com"),
        ("jane@example.co.uk", "jane@example.co.uk"),
        ("jane.doe+news@mail.example.com", "jane.doe+news@mail.example.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("mailto:jane@example.com", "jane@example.com"),
        ("mailto:jane@example.com?subject=hi", "jane@example.com"),
        ("<jane@example.com>", "jane@example.com"),
        ("Jane Doe <Jane@Example.com>", "jane@example.com"),
        ("\"Doe, Jane\" <jane@example.com>", "jane@example.com"),
        ("[jane@example.com](mailto:jane@example.com)", "jane@example.com"),
        ("[Jane](mailto:jane@example.com)", "jane@example.com"),
        ("jane@example.com (Jane)", "jane@example.com"),
        ("jane@example.com.", "jane@example.com"),
        ("jane@example.com;", "jane@example.com"),
        ("'jane@example.com'", "jane@example.com"),
        ("jane@example.com\n", "jane@example.com"),
        ("ja\u{200b}ne@example.com\u{feff}", "jane@example.com"),
        ("\u{202a}jane@example.com\u{202c}", "jane@example.com"),
        ("a@b.museum", "a@b.museum"),
        ("jane@example.com, jane@example.com", "jane@example.com"),
    ] {
        let sent = json!({ "contactId": ID, "email": text });
        table.row(json!({}), sent, Holds(json!({ "email": stored }))).await;
    }
    for (text, words) in [
        ("jane", "\"jane\" has no @"),
        ("jane(at)example.com", "has no @"),
        ("@example.com", "nothing before the @"),
        ("jane@", "nothing after the @"),
        ("a@localhost", "no domain"),
        ("a@127.0.0.1", "no domain"),
        ("a@b@c.com", "more than one @"),
        ("a b@c.com", "holds a space"),
        ("a@b.com, x@y.com", "two addresses, \"a@b.com\" and \"x@y.com\""),
        ("a@b.com;x@y.com", "two addresses"),
        ("x@y.com <a@b.com>", "two addresses"),
        ("a@b..com", "two points together"),
        (".a@c.com", "cannot have \".a\" before the @"),
        ("a@-b.com", "no domain"),
        ("jane@exam_ple.com", "\"_\" in its domain"),
        ("jane@example.com?subject=hi", "write jane@example.com"),
        ("jane@example.co.uk/", "write jane@example.co.uk"),
        ("jane@example.com:25", "has \":\" in its domain"),
        ("https://example.com/?u=jane@example.com", "before the @"),
        ("null", ""),
        ("{{contact.email}}", ""),
    ] {
        for sent in [json!({ "contactId": ID, "email": text }), json!({ "email": text, "firstName": "Jane" })]
        {
            table.row(json!({}), sent, Refused(words)).await;
        }
    }
    for sent in [json!({ "email": EMAIL.to_uppercase() }), json!({ "email": format!("Row <{EMAIL}>") })] {
        table.unchanged(json!({}), sent).await;
    }
}

#[tokio::test]
async fn an_email_whose_domain_is_stored_in_its_other_form_is_the_same_email() {
    let mut table = Table::open().await;
    for (stored, sent) in [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "Ada@Bücher.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@example.com", "Ada@EXAMPLE.com"),
    ] {
        table.unchanged(json!({ "email": stored }), json!({ "email": sent })).await;
    }
}
