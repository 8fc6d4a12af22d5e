//! The person behind the client of a call, and the question that a call ends with, in the words of MCP.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest,
    InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;

use crate::tool::{Person, Question, Reply, Rounds};

/// How long a person has for an answer within a call.
const TIME_TO_ANSWER: Duration = Duration::from_mins(5);

/// The person behind the client of this call: absent where the client cannot show a form, or cannot be sent a request.
pub(crate) fn person(
    context: &RequestContext<RoleServer>,
    is_modern: bool,
    replies: Option<InputResponses>,
) -> Person {
    let asks = context.client_capabilities().and_then(|can| can.elicitation);
    // A client of the year 2025 says nothing of forms: they were the only kind.
    if !asks.is_some_and(|asks| asks.form.is_some() || asks.url.is_none()) {
        return Person::Absent;
    }
    if is_modern {
        return Person::ByRounds(Rounds::new(replies.unwrap_or_default()));
    }
    if context.extensions.get::<Parts>().is_some() {
        // Over HTTP each request stands alone: the client has no stream on which it could be asked.
        return Person::Absent;
    }
    let peer = context.peer.clone();
    Person::in_session(move |question| {
        let peer = peer.clone();
        async move {
            let asked = peer.create_elicitation_with_timeout(form(&question)?, Some(TIME_TO_ANSWER)).await;
            let result =
                asked.inspect_err(|error| tracing::warn!(%error, "the person was not asked")).ok()?;
            Some(Reply::read(&serde_json::to_value(result).ok()?))
        }
    })
}

/// The answer that asks the client for the person's reply.
pub(crate) fn input_required(question: &Question) -> Option<CallToolResponse> {
    let request = InputRequest::Elicitation(ElicitRequest::new(form(question)?));
    let requests = BTreeMap::from([(question.name(), request)]);
    Some(InputRequiredResult::from_input_requests(requests).into())
}

fn form(question: &Question) -> Option<ElicitRequestParams> {
    let schema = ElicitationSchema::builder()
        .required_bool_with(Question::FIELD, |field| field.title(question.yes))
        .build()
        .ok()?;
    Some(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.message.clone(),
        requested_schema: schema,
    })
}
