//! The secrets of a database: its password, and all it takes to connect.

use super::instance::Parts;
use crate::{
    catalog::aws::{
        rds::instance::Instance,
        secretsmanager::secret::{Composed, Secret, Value},
    },
    compile::{
        secrets::{key_of, made, version_of},
        stack::Stack,
    },
    field,
    resource::{graph::Handle, value::In},
    spec::model,
};

/// How long a password is; RDS takes up to 128 characters.
const LENGTH: u32 = 32;
/// What RDS takes in no password, and what people stumble over
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>).
const EXCLUDED: &str = "/@\"'\\`$ ";

/// A random password, by the secret that it is in.
pub(super) fn password(stack: &mut Stack<'_>, component: &str) -> Handle<Secret> {
    let value = Value::Generated { length: LENGTH, exclude: EXCLUDED.into() };
    made(stack, component, "password", value)
}

pub(super) fn give(stack: &mut Stack<'_>, parts: &Parts, it: &model::Database, primary: &Handle<Instance>) {
    let component = &parts.component;
    let Some(password) = &parts.password else {
        // RDS keeps the username and the password in its own.
        let secret = key_of(primary.later(field!(managed_secret)), "password");
        stack.give(component, "password", secret);
        return;
    };
    stack.give(component, "password", version_of(password, "password"));
    let template = In::join([
        In::Known(format!("postgres://{}:{{password}}@", parts.username)),
        primary.later(field!(host)),
        In::Known(format!(":{}/{}?sslmode=require", it.port, parts.name)),
    ]);
    let composed = Composed { template, secret: password.out(field!(arn)), version: password.out(field!(version)) };
    let url = made(stack, component, "url", Value::Composed(composed));
    stack.give(component, "url", version_of(&url, ""));
}
