//! The users of the location.

use reqwest::Method;

use crate::ghl::client::Scope;
use crate::ghl::model::{Effect, Error, User};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// [Get User by Location](https://marketplace.gohighlevel.com/docs/ghl/users/get-user-by-location): deprecated, and the
/// only list of users that the token of one location may read. Needs the scope `users.readonly`.
pub(crate) async fn list(scope: &Scope) -> Result<Vec<User>, Error> {
    struct Users(Vec<User>);
    impl Answer for Users {
        fn read(mut body: Object) -> Option<Self> {
            let list = body.remove("users")?.into_list()?;
            Some(Self(list.into_iter().filter_map(User::read).collect()))
        }

        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let location = scope.client().location()?;
    let call = Call::new("users.list", Method::GET, Effect::Read, Subject::Location).at("users").slash();
    Ok(scope.send::<Users>(call.query("locationId", location.as_str())).await?.0)
}
