//! What a person chooses in a host, in the words of MCP: resources, prompts, and the values that a host offers for them.

use rmcp::ErrorData;
use rmcp::model::{
    CompletionInfo, GetPromptRequestParams, GetPromptResult, PromptMessage, ReadResourceResult, Reference,
    ResourceContents, ResourceTemplate, Role,
};
use serde_json::{Value, json};

use crate::tool::{Answer, Completion, Offers, Prompt, Resource, echo};

const JSON: &str = "application/json";

/// What `resources/list` serves: the resources with one address.
pub(crate) fn resources(offers: Offers, of_several: bool) -> Vec<rmcp::model::Resource> {
    let listed = offers.resources.iter().filter(|resource| !resource.is_template(of_several));
    let described = |resource: &Resource| {
        rmcp::model::Resource::new(resource.address(of_several), resource.name)
            .with_title(resource.title)
            .with_description(resource.description)
            .with_mime_type(JSON)
    };
    listed.map(described).collect()
}

/// What `resources/templates/list` serves: the others.
pub(crate) fn templates(offers: Offers, of_several: bool) -> Vec<ResourceTemplate> {
    let listed = offers.resources.iter().filter(|resource| resource.is_template(of_several));
    let described = |resource: &Resource| {
        ResourceTemplate::new(resource.address(of_several), resource.name)
            .with_title(resource.title)
            .with_description(resource.description)
            .with_mime_type(JSON)
    };
    listed.map(described).collect()
}

/// The resource of an address, with the arguments of its tool.
pub(crate) fn find(offers: Offers, uri: &str) -> Option<(&'static Resource, rmcp::model::JsonObject)> {
    offers.resources.iter().find_map(|resource| Some((resource, resource.read(uri)?)))
}

/// There is nothing under this address.
pub(crate) fn not_found(uri: &str) -> ErrorData {
    ErrorData::resource_not_found(format!("resource not found: {}", echo(uri)), Some(json!({ "uri": uri })))
}

/// A tool's answer as the content of the resource that was read.
pub(crate) fn contents(uri: String, answer: Answer) -> Result<ReadResourceResult, ErrorData> {
    let Answer::Result(result) = answer else { return Err(not_found(&uri)) };
    let content = result.structured_content.unwrap_or_default();
    if result.is_error == Some(true) {
        let word = content.get("code").and_then(Value::as_str).unwrap_or_default();
        let text = result.content.first().and_then(|block| block.as_text()).map(|block| block.text.clone());
        let text = text.unwrap_or_default();
        return Err(match word {
            "not_found" => ErrorData::resource_not_found(text, Some(content)),
            "invalid_arguments" => ErrorData::invalid_params(text, Some(content)),
            _ => ErrorData::internal_error(text, Some(content)),
        });
    }
    let contents = ResourceContents::text(content.to_string(), uri).with_mime_type(JSON);
    Ok(ReadResourceResult::new(vec![contents]))
}

/// What `prompts/list` serves.
pub(crate) fn prompts(offers: Offers) -> Vec<rmcp::model::Prompt> {
    let argument = |one: &crate::tool::PromptArgument| {
        rmcp::model::PromptArgument::new(one.name)
            .with_description(one.description)
            .with_required(one.required)
    };
    let described = |prompt: &Prompt| {
        let arguments = prompt.arguments.iter().map(argument).collect();
        rmcp::model::Prompt::new(prompt.name, Some(prompt.description), Some(arguments))
            .with_title(prompt.title)
    };
    offers.prompts.iter().map(described).collect()
}

/// The text of a prompt, as the message of the person who chose it.
pub(crate) fn prompt(
    offers: Offers,
    request: GetPromptRequestParams,
    serves: &dyn Fn(&str) -> bool,
) -> Result<GetPromptResult, ErrorData> {
    let prompt = named(offers, &request.name)?;
    let text = prompt.fill(request.arguments.unwrap_or_default(), serves);
    let text = text.map_err(|reason| ErrorData::invalid_params(reason, None))?;
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(prompt.description))
}

fn named(offers: Offers, name: &str) -> Result<&'static Prompt, ErrorData> {
    offers.prompts.iter().find(|prompt| prompt.name == name).ok_or_else(|| {
        let known: Vec<_> = offers.prompts.iter().map(|prompt| prompt.name).collect();
        let text = format!("prompt not found: {}; known: {}", echo(name), known.join(", "));
        ErrorData::invalid_params(text, None)
    })
}

/// Where the values for an argument come from; none if nothing is offered for it.
///
/// # Errors
/// There is no such prompt or address.
pub(crate) fn completion(
    offers: Offers,
    reference: &Reference,
    argument: &str,
    of_several: bool,
) -> Result<Option<&'static Completion>, ErrorData> {
    match reference {
        Reference::Prompt(prompt) => {
            Ok(named(offers, &prompt.name)?.argument(argument).and_then(|argument| argument.completion))
        }
        Reference::Resource(template) => {
            let is_it = |resource: &&Resource| resource.address(of_several) == template.uri;
            let resource = offers.resources.iter().find(is_it).ok_or_else(|| not_found(&template.uri))?;
            Ok(resource.completion.filter(|_| resource.argument == Some(argument)))
        }
        _ => Ok(None),
    }
}

/// The first values, and how many there are.
pub(crate) fn completed(mut values: Vec<String>) -> CompletionInfo {
    let total = u32::try_from(values.len()).ok();
    let has_more = values.len() > CompletionInfo::MAX_VALUES;
    values.truncate(CompletionInfo::MAX_VALUES);
    CompletionInfo::with_pagination(values, total, has_more).unwrap_or_default()
}
