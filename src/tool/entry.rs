//! One tool of the list, without the types of its input and output.

use std::sync::{Arc, LazyLock};

use futures_util::future::BoxFuture;
use rmcp::model::JsonObject;
use serde_json::Value;

use crate::tool::hints::annotations;
use crate::tool::input::{Shape, parse};
use crate::tool::schema::{portable_input, portable_output, typed_input};
use crate::tool::{CallInfo, Code, Effect, Failure, Tool, Toolset, Written};

type Call<C> = for<'a> fn(Arc<C>, CallInfo, &'a Shape, JsonObject) -> BoxFuture<'a, Result<Value, Failure>>;

/// What is made from the types of a tool's input and output, on first use: many a host starts the server and asks nothing.
struct Schemas {
    definition: rmcp::model::Tool,
    shape: Shape,
}

impl Schemas {
    fn of<T: Tool>() -> Self {
        let input = typed_input::<T::Input>();
        let shape = Shape::of(&input);
        let definition = rmcp::model::Tool::new(T::NAME, T::DESCRIPTION, portable_input(input))
            .with_title(T::TITLE)
            .with_raw_output_schema(Arc::new(portable_output::<T::Output>()))
            .with_annotations(annotations(T::EFFECT));
        Self { definition, shape }
    }
}

/// One tool over the context `C`.
pub struct Entry<C> {
    schemas: LazyLock<Schemas>,
    name: &'static str,
    effect: Effect,
    toolset: Toolset,
    example: &'static str,
    call: Call<C>,
    check: fn(&Shape, JsonObject) -> Result<(), Failure>,
}

impl<C> Entry<C> {
    /// The tool `T`.
    pub(crate) fn of<T: Tool<Context = C>>() -> Self {
        Self {
            schemas: LazyLock::new(Schemas::of::<T>),
            name: T::NAME,
            effect: T::EFFECT,
            toolset: T::TOOLSET,
            example: T::EXAMPLE,
            call: call::<T>,
            check: |shape, arguments| parse::<T::Input>(shape, arguments).map(drop),
        }
    }

    /// The tool as `tools/list` serves it.
    #[must_use]
    pub fn definition(&self) -> &rmcp::model::Tool {
        &self.schemas.definition
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What one call may do to the CRM.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The toolset that turns it on.
    #[must_use]
    pub fn toolset(&self) -> Toolset {
        self.toolset
    }

    /// The arguments of one call, as JSON.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// Reads the arguments without calling the tool.
    ///
    /// # Errors
    ///
    /// The failure that answers a call with these arguments.
    pub fn check(&self, arguments: JsonObject) -> Result<(), Failure> {
        (self.check)(&self.schemas.shape, arguments)
    }

    /// Reads the arguments and calls the tool.
    ///
    /// # Errors
    ///
    /// The tool's failure, or the one of a bad argument.
    pub(crate) async fn call(
        &self,
        context: Arc<C>,
        info: CallInfo,
        arguments: JsonObject,
    ) -> Result<Value, Failure> {
        (self.call)(context, info, &self.schemas.shape, arguments).await
    }
}

impl<C> std::fmt::Debug for Entry<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn call<T: Tool>(
    context: Arc<T::Context>,
    info: CallInfo,
    shape: &Shape,
    arguments: JsonObject,
) -> BoxFuture<'_, Result<Value, Failure>> {
    // All work is inside the future: the catalogue catches a panic there.
    Box::pin(async move {
        let output = T::call(context, info, parse(shape, arguments)?).await?;
        serde_json::to_value(output).map_err(|error| {
            tracing::error!(tool = T::NAME, %error, "cannot write the output as JSON");
            internal(T::EFFECT)
        })
    })
}

/// The failure of a tool of this effect that panicked, or whose output is no JSON.
pub(crate) fn internal(effect: Effect) -> Failure {
    let failure = Failure::new(
        Code::Internal,
        "The server failed inside this tool: a fault of the server, not of the call.",
    );
    failure.with_may_have_written(if effect.writes() { Written::Unknown } else { Written::No })
}
