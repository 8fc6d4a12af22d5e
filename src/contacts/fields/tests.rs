use super::*;

pub(crate) fn definitions() -> Definitions {
    let fields = r#"[
        {"id":"txt1","name":"Nick name","fieldKey":"contact.nick_name","dataType":"TEXT"},
        {"id":"lrg1","name":"Notes","fieldKey":"contact.notes","dataType":"LARGE_TEXT"},
        {"id":"num1","name":"Lead Score","fieldKey":"contact.lead_score","dataType":"NUMERICAL"},
        {"id":"mon1","name":"Budget","fieldKey":"contact.budget","dataType":"MONETORY"},
        {"id":"pho1","name":"Work Phone","fieldKey":"contact.work_phone","dataType":"PHONE"},
        {"id":"dat1","name":"Renewal-Date","fieldKey":"contact.renewal","dataType":"DATE"},
        {"id":"rad1","name":"Size","fieldKey":"contact.size","dataType":"RADIO","picklistOptions":["Small","Very  Large"]},
        {"id":"sin1","name":"Plan","fieldKey":"contact.plan","dataType":"SINGLE_OPTIONS","picklistOptions":[{"label":"Pro"},{"label":"Free"}],"isAllowedCustomOption":true},
        {"id":"mul1","name":"Interests","fieldKey":"contact.interests","dataType":"MULTIPLE_OPTIONS","picklistOptions":["A","B","a","o4","o5","o6","o7","o8","o9","o10","o11","o12"]},
        {"id":"che1","name":"Agreed","fieldKey":"contact.agreed","dataType":"CHECKBOX","picklistOptions":["Yes"]},
        {"id":"box1","name":"Pets","fieldKey":"contact.pets","dataType":"TEXTBOX_LIST","picklistOptions":[{"id":"b1","label":"Dog"},{"id":"b2","label":"Cat"}]},
        {"id":"ema1","name":"Billing mail","fieldKey":"contact.billing_mail","dataType":"EMAIL"},
        {"id":"fil1","name":"Contract","fieldKey":"contact.contract","dataType":"FILE_UPLOAD"},
        {"id":"new1","name":"Signature","fieldKey":"contact.signature","dataType":"SIGNATURE"},
        {"id":"bra1","name":"Branch","fieldKey":"contact.branch","dataType":"TEXT"},
        {"id":"bra2","name":"branch ","fieldKey":"contact.branch_2","dataType":"TEXT"},
        {"id":"key1","name":"Score","fieldKey":"contact.points","dataType":"TEXT"},
        {"id":"key2","name":"Old score","fieldKey":"contact.score","dataType":"TEXT"},
        {"id":"../x","name":"Broken id","dataType":"TEXT"},
        {"id":"txt1","name":"Same id","dataType":"TEXT"}
    ]"#;
    Definitions::new(serde_json::from_str(fields).unwrap())
}

fn value(json: &str) -> FieldValue {
    serde_json::from_str(json).unwrap()
}

/// The value that is sent, as JSON, or the text of the error.
fn sent(reference: &str, json: &str) -> Result<String, String> {
    match definitions().encode(reference, &value(json)) {
        Ok(write) => Ok(serde_json::to_string(&write.value).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_field_is_found_by_its_id_its_key_and_its_name() {
    let definitions = definitions();
    for (reference, id) in [
        ("num1", "num1"),
        (" num1 ", "num1"),
        ("contact.lead_score", "num1"),
        ("Contact.Lead_Score", "num1"),
        ("lead_score", "num1"),
        ("{{contact.lead_score}}", "num1"),
        ("{{ contact.lead_score }}", "num1"),
        ("Lead Score", "num1"),
        ("  lead   SCORE ", "num1"),
        ("Lead-Score", "num1"),
        ("renewal date", "dat1"),
        ("contact.branch_2", "bra2"),
        ("Branch (contact.branch)", "bra1"),
        ("leadScore", "num1"),
        ("Lead Score:", "num1"),
        ("customFields.Lead Score", "num1"),
        ("customFields.num1", "num1"),
        ("customFields.contact.lead_score", "num1"),
        ("LEADSCORE", "num1"),
        ("contact.points", "key1"),
        ("Score (contact.points)", "key1"),
    ] {
        assert_eq!(definitions.find(reference).unwrap().id, id, "{reference:?}");
    }
}

#[test]
fn a_reference_to_two_fields_is_refused_and_both_are_named() {
    for (reference, parts) in [("Branch", ["bra1", "contact.branch_2"]), ("score", ["key1", "contact.score"])]
    {
        let error = definitions().find(reference).unwrap_err().to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn an_unknown_reference_is_refused_with_the_three_most_similar_fields() {
    let error = definitions().find("Leed Scor").unwrap_err();
    let Error::Invalid { subject, reason, hint } = &error else { panic!("{error:?}") };
    assert_eq!(subject, &Subject::CustomField("Leed Scor".to_owned()));
    assert!(
        reason.contains("\"Leed Scor\"") && reason.contains("\"Lead Score\" (contact.lead_score)"),
        "{reason}"
    );
    assert_eq!(reason.matches("contact.").count(), 3);
    assert!(hint.is_some());
    for reference in ["", "  ", "{{}}", "contact.", "__proto__", "../x", "Same id", &"x".repeat(100_000)] {
        let error = definitions().find(reference).unwrap_err().to_string();
        assert!(error.chars().count() < 500, "{error}");
    }
    let error = Definitions::new(Vec::new()).find("x").unwrap_err().to_string();
    assert!(error.contains("names \"x\""), "{error}");
}

#[test]
fn values_take_the_form_of_their_type() {
    for (reference, given, expected) in [
        ("txt1", r#"" Jane ""#, r#"" Jane ""#),
        ("txt1", "7", r#""7""#),
        ("lrg1", "true", r#""true""#),
        ("num1", r#""1,200.50""#, "1200.5"),
        ("num1", "3", "3"),
        ("mon1", r#""$1,200""#, "1200"),
        ("mon1", r#""1 200,50 €""#, "1200.5"),
        ("mon1", r#""(500)""#, "-500"),
        ("txt1", r#""a\u200bb \u202e""#, r#""ab ""#),
        ("dat1", r#""2026-01-15T23:00:00-08:00""#, r#""2026-01-15""#),
        ("dat1", r#""January 15, 2026""#, r#""2026-01-15""#),
        ("dat1", "1768435200000", r#""2026-01-15""#),
        ("pho1", r#"" +1 415 555 0100 ""#, r#""+1 415 555 0100""#),
        ("pho1", "4155550100", r#""4155550100""#),
        ("ema1", r#"" Jane <Jane@example.com> ""#, r#""jane@example.com""#),
        ("rad1", r#"" very large""#, r#""Very  Large""#),
        ("rad1", r#"["small"]"#, r#""Small""#),
        ("sin1", r#""pro""#, r#""Pro""#),
        ("sin1", r#""Enterprise ""#, r#""Enterprise""#),
        ("mul1", r#""B""#, r#"["B"]"#),
        ("mul1", r#"["b","B","a","A",""]"#, r#"["B","a","A"]"#),
        ("che1", r#"["yes"]"#, r#"["Yes"]"#),
        ("box1", r#"{"Dog":"Rex","b2":7}"#, r#"{"b1":"Rex","b2":"7"}"#),
        ("box1", r#"{"cat":null}"#, r#"{"b2":""}"#),
        ("box1", r#"["Rex"]"#, r#"{"b1":"Rex"}"#),
        ("box1", r#"["Rex",""]"#, r#"{"b1":"Rex","b2":""}"#),
        ("box1", r#"[""]"#, r#"{"b1":""}"#),
        ("mul1", r#"[""]"#, "null"),
        ("mul1", r#""A""#, r#"["A"]"#),
        ("mul1", r#""a""#, r#"["a"]"#),
        ("pho1", r#""5550101""#, r#""5550101""#),
        ("new1", r#"{"x":[1]}"#, r#"{"x":[1]}"#),
        ("mul1", r#""A, o4,o5""#, r#"["A","o4","o5"]"#),
        ("mul1", r#""[\"A\",\"o4\"]""#, r#"["A","o4"]"#),
        ("mul1", r#"{"A":true,"o4":"yes","o5":false}"#, r#"["A","o4"]"#),
        ("che1", "true", r#"["Yes"]"#),
        ("che1", r#"{"Yes":true}"#, r#"["Yes"]"#),
        ("che1", "false", "null"),
        ("che1", r#"{"Yes":false}"#, "null"),
        ("box1", r#""{\"Dog\":\"Rex\"}""#, r#"{"b1":"Rex"}"#),
        ("txt1", r#""[\"a\"]""#, r#""[\"a\"]""#),
    ] {
        assert_eq!(sent(reference, given).as_deref(), Ok(expected), "{reference} {given}");
    }
}

#[test]
fn null_and_empty_values_blank_every_type_but_files() {
    for field in definitions().all().filter(|field| field.id != "fil1") {
        for given in ["null", r#""""#, r#"" ""#, "[]", "{}"] {
            assert_eq!(sent(&field.id, given).as_deref(), Ok("null"), "{} {given}", field.id);
        }
    }
}

#[test]
fn a_value_that_highlevel_would_drop_is_refused() {
    for (reference, given, why) in [
        ("txt1", r#"["x"]"#, "one text"),
        ("num1", r#""1,200""#, "two ways"),
        ("num1", "true", "a number"),
        ("mul1", r#"{"A":false}"#, "told only what is not chosen"),
        ("mul1", r#"{"A":"perhaps"}"#, "true or false for \"A\""),
        ("mul1", "true", "not true or false"),
        ("mul1", r#""A, Z""#, "no option \"Z\""),
        ("dat1", r#""04/05/2026""#, "YYYY-MM-DD"),
        ("dat1", r#""2026-02-30""#, "calendar"),
        ("dat1", "20260115.5", "YYYY-MM-DD"),
        ("num1", r#""1.200""#, "two ways"),
        ("ema1", r#""jane@exam_ple.com""#, "\"_\" in its domain"),
        ("pho1", r#""12""#, "7 digits"),
        ("ema1", r#""a@b.c, x@y.z""#, "e-mail"),
        ("ema1", r#""@b""#, "e-mail"),
        ("rad1", r#""Huge""#, r#"no option "Huge"; it takes "Small", "Very Large""#),
        ("rad1", r#"["Small","Very  Large"]"#, "not several"),
        ("mul1", r#"["B","z"]"#, "and 2 more"),
        // "A" and "a" are both options, and neither has this spelling.
        ("mul1", r#"" a ""#, "no option"),
        ("mul1", r#"[["B"]]"#, "one text"),
        ("box1", r#"{"Bird":"x"}"#, r#"no box "Bird"; it has "Dog", "Cat""#),
        ("box1", r#"{"Dog":"x","b1":"y"}"#, "twice"),
        ("box1", r#"["a","b","c"]"#, "has 2 boxes"),
        ("box1", r#""Rex""#, "a label and a text"),
        ("fil1", r#"{"a":{"url":"x"}}"#, "files"),
        ("fil1", "null", "files"),
    ] {
        let error = sent(reference, given).unwrap_err();
        assert!(error.replace("Very  ", "Very ").contains(why), "{reference} {given}: {error}");
        assert!(error.starts_with("custom fields: "), "{error}");
    }
    let long = FieldValue::from("é".repeat(50_001));
    assert!(definitions().encode("txt1", &long).unwrap_err().to_string().contains("50,000"));
    assert!(definitions().encode("txt1", &"é".repeat(50_000).into()).is_ok());
}

#[test]
fn without_definitions_only_an_id_is_taken() {
    let write = Definitions::unknown().encode("seD4PfOuKoVMLkEZqohJ", &"x".into()).unwrap();
    assert_eq!((write.id.as_str(), write.value), ("seD4PfOuKoVMLkEZqohJ", "x".into()));
    assert_eq!(
        Definitions::unknown().encode("seD4PfOuKoVMLkEZqohJ", &"".into()).unwrap().value,
        FieldValue::Null
    );
    // Ids of older accounts.
    assert!(Definitions::unknown().encode("0f6cd5ae-1b8e-4c25-9c3e-6f2f8bd3b0b7", &"x".into()).is_ok());
    for reference in [
        "",
        "Lead Score",
        "contact.lead_score",
        "lead_score",
        "company",
        "../../x",
        "customfieldreferences",
        "a-key-of-words-and-dashes",
        "Contact.Favourite_Colour1",
        "SHORT1",
    ] {
        assert!(Definitions::unknown().encode(reference, &"x".into()).is_err(), "{reference:?}");
    }
}

#[test]
fn stored_and_wanted_values_are_compared_in_highlevels_form() {
    for (id, stored, wanted, same) in [
        ("num1", r#""5""#, "5.0", true),
        ("num1", "5", "6", false),
        ("num1", "5.5", "5.50", true),
        ("num1", r#""1.234""#, "1.234", true),
        ("num1", "5.5", "5.25", false),
        ("num1", r#""many""#, "5", false),
        ("num1", r#""many""#, r#""many ""#, true),
        ("mon1", r#""$1,200""#, "1200.0", true),
        ("num1", "9007199254740993", "9007199254740992", false),
        ("dat1", "1768435200000", r#""2026-01-15""#, true),
        ("dat1", r#""2026-01-15T00:00:00.000Z""#, r#""2026-01-15""#, true),
        ("dat1", r#""2026-01-16""#, r#""2026-01-15""#, false),
        ("mul1", r#"["B","o4"]"#, r#"["o4","B"]"#, true),
        ("mul1", r#""B""#, r#"["B"]"#, true),
        ("mul1", r#"["B"]"#, r#"["o4","B"]"#, false),
        ("ema1", r#""A@B.example""#, r#""a@b.example""#, true),
        ("pho1", r#""+14155550100""#, r#""+1 (415) 555-0100""#, true),
        ("pho1", "null", r#""none""#, false),
        ("txt1", r#""x ""#, r#""x""#, true),
        ("txt1", r#""X""#, r#""x""#, false),
        ("txt1", "null", r#""x""#, false),
        ("txt1", r#""""#, "null", true),
        ("box1", r#"{"b1":"Rex","b2":""}"#, r#"{"b1":"Rex"}"#, true),
        ("box1", r#"{"Dog":"Rex"}"#, r#"{"b1":"Rex"}"#, true),
        ("unknown1", r#""5""#, "5.0", true),
        ("unknown1", "5", "6", false),
        ("unknown1", "5", r#""many""#, false),
        ("unknown1", "1e300", r#""1e+300""#, true),
        ("unknown1", r#"["a","b"]"#, r#"["b","a"]"#, true),
    ] {
        let id = id.parse().unwrap();
        let definitions = definitions();
        assert_eq!(definitions.same(&id, &value(stored), &value(wanted)), same, "{id} {stored} {wanted}");
    }
}

#[test]
fn values_are_read_by_name_and_decoded() {
    let stored = r#"{"id":"a","customFields":[
        {"id":"num1","value":"5"},{"id":"dat1","value":1768435200000},{"id":"mul1","value":"B"},
        {"id":"box1","value":{"b1":"Rex","b9":"?"}},{"id":"bra1","value":"x"},{"id":"bra2","value":"y"},
        {"id":"gone1","value":"z"},
        {"id":"fil1","value":{"uuid":{"meta":{"originalname":"c.pdf","size":3},"url":"https://x.example/c","documentId":"d"}}}
    ]}"#;
    let contact: crate::ghl::model::Contact = serde_json::from_str(stored).unwrap();
    let read = definitions().read(&contact.custom_fields());
    assert_eq!(
        serde_json::to_value(read).unwrap(),
        serde_json::json!({
            "Lead Score": 5,
            "Renewal-Date": "2026-01-15",
            "Interests": ["B"],
            "Pets": { "Dog": "Rex", "b9": "?" },
            "Branch (contact.branch)": "x",
            "branch (contact.branch_2)": "y",
            "gone1": "z",
            "Contract": [{ "name": "c.pdf", "url": "https://x.example/c" }],
        })
    );
}

#[test]
fn files_are_shown_in_every_form_in_which_they_are_stored() {
    for (stored, shown) in [
        (
            r#"{"url":"https://x.example/c","name":"c.pdf"}"#,
            r#"[{"name":"c.pdf","url":"https://x.example/c"}]"#,
        ),
        (
            r#"["https://x.example/c",{"url":"https://x.example/d","meta":{"name":"d.pdf"}}]"#,
            r#"[{"name":"file","url":"https://x.example/c"},{"name":"d.pdf","url":"https://x.example/d"}]"#,
        ),
        (r#"{"uuid":"https://x.example/c"}"#, r#"[{"name":"uuid","url":"https://x.example/c"}]"#),
        (r#""https://x.example/c""#, r#""https://x.example/c""#),
    ] {
        let read =
            definitions().read(&[CustomFieldValue { id: "fil1".parse().unwrap(), value: value(stored) }]);
        assert_eq!(read.get("Contract"), Some(&value(shown)), "{stored}");
    }
}
