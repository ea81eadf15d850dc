//! CloudFront Functions:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-functions.html>.

use std::collections::BTreeSet;

use aws_sdk_cloudfront::{
    primitives::Blob,
    types::{FunctionConfig, FunctionRuntime, FunctionStage, FunctionSummary},
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{is_here, marked, marker, unsent};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, meter::beside},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Place, Resource, Status, Waits},
};

const DESCRIBE: &str = "cloudfront:DescribeFunction";

/// A few lines of JavaScript that distributions run for each request.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Function {
    /// Its name, of which an account has one; up to 64 letters, digits, `-` and `_`.
    pub function_name: String,
    /// Whose it is. Up to 128 characters.
    pub comment: String,
    /// Which JavaScript it is written in, such as `cloudfront-js-2.0`.
    pub runtime: String,
    /// Its text, as it is published; empty if it never was.
    pub code: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for Function {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Function: function_name),
        unique_by: fields!(Function: function_name),
        // Otherwise it would not be ours.
        at_creation: fields!(Function: comment),
        tagged: false,
        // A distribution uses it until that is gone everywhere.
        waits: Waits::minutes(5, 5, 30),
        ..Facts::new::<Self>(
            "cloudfront.function",
            "what distributions run for each request",
            "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html",
        )
    };

    fn foretell(&self, Place { account, partition, .. }: &Place) -> Map<String, Value> {
        let name = &self.function_name;
        let arn = format!("arn:{partition}:cloudfront::{account}:function/{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }
}

impl Function {
    fn config(&self, call: &str) -> Result<FunctionConfig> {
        let runtime = FunctionRuntime::from(self.runtime.as_str());
        let config = FunctionConfig::builder().comment(&self.comment).runtime(runtime);
        config.build().map_err(|it| unsent(call, &it))
    }
}

impl Lifecycle for Function {
    /// What is wanted is asked for by its name while the list is read.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.function_name.clone()).collect();
        let (mut found, listed) = tokio::try_join!(
            beside(try_join_all(wanted.iter().map(|it| live(cx, it)))),
            beside(async { if look.strays && is_here(&look.scope) { listed(cx).await } else { Ok(Vec::new()) } }),
        )?;
        let start = marker(&look.scope, "");
        let ours = |it: &FunctionSummary| it.function_config().is_some_and(|it| it.comment().starts_with(&start));
        let others: BTreeSet<_> = listed.into_iter().filter(ours).map(|it| it.name).collect();
        found.extend(try_join_all(others.difference(&wanted).map(|it| live(cx, it))).await?);
        Ok(found.into_iter().flatten().collect())
    }

    /// What is made this way has yet to be published.
    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "cloudfront:CreateFunction";
        let Function { function_name, code, .. } = &new.want;
        let call = cx.cloudfront.create_function().name(function_name).function_config(new.want.config(CALL)?);
        call.function_code(Blob::new(code.as_bytes())).send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        const CALL: &str = "cloudfront:UpdateFunction";
        let name = &live.out.name;
        let seen = cx.read.cloudfront.describe_function().name(name).send().await.during(DESCRIBE)?;
        let call = cx.cloudfront.update_function().name(name).set_if_match(seen.e_tag);
        let call = call.function_config(want.config(CALL)?).function_code(Blob::new(want.code.as_bytes()));
        let tried = call.send().await.during(CALL)?;
        let call = cx.cloudfront.publish_function().name(name).set_if_match(tried.e_tag);
        call.send().await.during("cloudfront:PublishFunction").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let name = &live.out.name;
        let seen = cx.read.cloudfront.describe_function().name(name).send().await;
        let Some(seen) = seen.during(DESCRIBE).or_absent()? else { return Ok(()) };
        let call = cx.cloudfront.delete_function().name(name).set_if_match(seen.e_tag);
        call.send().await.during("cloudfront:DeleteFunction").or_done()
    }
}

/// Each function may be there twice, as it is published and as it is worked on.
async fn listed(cx: &ReadCx) -> Result<Vec<FunctionSummary>> {
    const CALL: &str = "cloudfront:ListFunctions";
    let (mut acc, mut marker) = (Vec::new(), None);
    loop {
        let page = cx.cloudfront.list_functions().set_marker(marker).send().await.during(CALL)?;
        let list = page.function_list.ok_or_else(|| ApiError::incomplete(CALL, "list"))?;
        acc.extend(list.items.unwrap_or_default());
        marker = list.next_marker.filter(|it| !it.is_empty());
        if marker.is_none() {
            return Ok(acc);
        }
    }
}

/// `None` if there is no such function.
async fn live(cx: &ReadCx, name: &str) -> Result<Option<Live<Function>>> {
    let code = |stage: FunctionStage| async move {
        let call = cx.cloudfront.get_function().name(name).stage(stage);
        call.send().await.during("cloudfront:GetFunction").or_absent()
    };
    let summary = |stage: FunctionStage| async move {
        let call = cx.cloudfront.describe_function().name(name).stage(stage);
        call.send().await.during(DESCRIBE).or_absent()
    };
    let (published, worked_on, code) = tokio::try_join!(
        summary(FunctionStage::Live),
        summary(FunctionStage::Development),
        code(FunctionStage::Live), //
    )?;
    let Some(summary) = published.or(worked_on).and_then(|it| it.function_summary) else { return Ok(None) };
    let code = code.and_then(|it| it.function_code).map(Blob::into_inner).unwrap_or_default();
    describe(&summary, &String::from_utf8_lossy(&code)).map(Some)
}

fn describe(it: &FunctionSummary, code: &str) -> Result<Live<Function>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let config = it.function_config().ok_or_else(|| lacks("configuration"))?;
    let arn = it.function_metadata().ok_or_else(|| lacks("ARN"))?.function_arn().to_owned();
    let state = Function {
        function_name: it.name().to_owned(),
        comment: config.comment().to_owned(),
        runtime: config.runtime().as_str().to_owned(),
        code: code.to_owned(),
    };
    let tags = marked(Function::FACTS.kind, config.comment());
    Ok(Live { out: Out { arn, name: state.function_name.clone() }, state, tags, status: Status::Ready })
}
