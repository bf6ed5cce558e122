//! What a schema comes in, and what is no schema.

use entra_jostle_sync::migration::{ImportError, import};
use serde_json::json;

use super::{imported, options, schema};

#[test]
fn a_schema_is_found_in_everything_that_it_comes_in() {
    let plain = schema("default-scim-app");
    let wanted = imported(&plain);
    for wrapped in [json!([plain]), json!({"value": [plain]}), json!({"id": "scim", "schema": plain})] {
        assert_eq!(imported(&wrapped), wanted);
    }
}

#[test]
fn of_several_jobs_one_must_be_named() {
    let job = |id: &str| json!({"id": id, "templateId": "t", "schema": schema("default-scim-app")});
    let input = json!({"value": [job("a"), job("b")]});
    let several = ImportError::SeveralJobs(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(import(&input, &options(None)), Err(several));
    assert!(import(&input, &options(Some("B"))).is_ok());
    let unknown = import(&input, &options(Some("c"))).expect_err("no such job");
    assert_eq!(unknown.to_string(), "has no job \"c\", only: a, b");
}

#[test]
fn what_is_no_schema_is_refused_with_the_way_to_one() {
    for input in [json!(null), json!({}), json!({"value": []}), json!([1]), json!({"error": {"code": "x"}})] {
        assert_eq!(import(&input, &options(None)), Err(ImportError::NotASchema), "{input}");
    }
    let job = json!({"value": [{"id": "j", "templateId": "t", "schedule": {}}]});
    assert_eq!(import(&job, &options(None)), Err(ImportError::JobWithoutSchema("j".to_owned())));
    let groups = json!({"synchronizationRules": [{"objectMappings": [{"sourceObjectName": "Group"}]}]});
    assert_eq!(import(&groups, &options(None)), Err(ImportError::NoUserMapping));
}
