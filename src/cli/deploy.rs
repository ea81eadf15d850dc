//! `infractl deploy`

use clap::Args;

use super::{
    Common, Stop,
    apply::apply_to,
    help,
    session::{Images, Session},
};

/// Arguments of `infractl deploy`.
#[derive(Debug, Args)]
#[command(after_help = help::DEPLOY)]
pub(super) struct Deploy {
    /// A service, and the image of its next release; the file leaves its `image` out
    #[arg(short, long, value_name = "SERVICE=IMAGE", value_parser = image, required = true)]
    image: Vec<(String, String)>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Do what loses data or interrupts service though the environment says `protect`
    #[arg(long)]
    override_protection: bool,
}

fn image(text: &str) -> Result<(String, String), String> {
    let it = text.split_once('=').filter(|(name, image)| !name.is_empty() && !image.is_empty());
    let (name, image) = it.ok_or("write SERVICE=IMAGE")?;
    Ok((name.to_owned(), image.to_owned()))
}

/// What `apply` does, of some services and what they need, with other images.
pub(super) async fn deploy(common: &Common, args: &Deploy) -> Result<u8, Stop> {
    let images = Images { given: args.image.clone(), forced: false };
    let session = Session::open_with(common, &images).await?;
    let services: Vec<_> = args.image.iter().map(|(name, _)| format!("services.{name}")).collect();
    apply_to(common, session, &services, args.yes, args.override_protection).await
}
