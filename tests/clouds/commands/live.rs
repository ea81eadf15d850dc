//! Without the sandbox: whose credentials, which endpoint, and no waiting for either.

use std::{
    net::TcpListener,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::lab;
use crate::lab::Lab;

/// As on a machine that knows no account: nothing is taken from whoever runs the test.
fn nobody(lab: &Lab, it: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        it.env_remove(name);
    }
    it.env_remove("INFRACTL_SANDBOX").env_remove("INFRACTL_SANDBOX_ACCOUNT").env("HOME", lab.path("home"));
    it.env("AWS_EC2_METADATA_DISABLED", "true");
}

#[tokio::test]
async fn without_credentials_it_says_what_to_do() {
    let lab = lab("no credentials").await;
    for command in ["plan", "apply", "destroy", "outputs"] {
        let said = lab.run_as(&[command, "--env", "dev"], |it| nobody(&lab, it)).await;
        assert_eq!(said.code, 4, "{said:?}");
        assert!(said.err.contains("NoCredentials") && said.err.contains("AWS_PROFILE"), "{}", said.err);
        assert!(said.err.contains("--sandbox") && !said.err.contains("ProviderError("), "{}", said.err);
    }
    let said = lab
        .run_as(&["plan", "--env", "dev"], |it| {
            nobody(&lab, it);
            it.env("AWS_PROFILE", "nobody-has-it");
        })
        .await;
    assert!(said.code == 4 && said.err.contains("NoCredentials"), "{said:?}");
}

#[tokio::test]
async fn a_machine_whose_metadata_never_come_is_given_up() {
    let lab = lab("no metadata").await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    // Takes every connection and says nothing.
    thread::spawn(move || silent.incoming().collect::<Vec<_>>());
    let began = Instant::now();
    let said = lab
        .run_as(&["plan", "--env", "dev"], |it| {
            nobody(&lab, it);
            it.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
        })
        .await;
    assert!(said.code == 4 && said.err.contains("NoCredentials"), "{said:?}");
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_usual_settings_of_aws_are_respected() {
    let lab = lab("endpoint").await;
    let said = lab
        .run_as(&["apply", "--yes", "--env", "dev"], |it| {
            nobody(&lab, it);
            it.env("AWS_ENDPOINT_URL", &lab.sandbox.url);
            it.env("AWS_ACCESS_KEY_ID", &lab.account).env("AWS_SECRET_ACCESS_KEY", "any");
        })
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    lab.ok(&["plan", "--env", "dev", "--detailed-exitcode"]).await;
    // The same from the shared configuration.
    std::fs::create_dir_all(lab.path("home/.aws")).unwrap();
    let (url, account) = (&lab.sandbox.url, &lab.account);
    let profile =
        format!("[profile ours]\nendpoint_url = {url}\naws_access_key_id = {account}\naws_secret_access_key = x\n");
    std::fs::write(lab.path("home/.aws/config"), profile).unwrap();
    let said = lab
        .run_as(&["plan", "--env", "dev", "--detailed-exitcode"], |it| {
            nobody(&lab, it);
            it.env("AWS_PROFILE", "ours");
        })
        .await;
    assert_eq!(said.code, 0, "{said:?}");
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_given_up() {
    let lab = lab("no provider").await;
    let began = Instant::now();
    let said = lab
        .run_as(&["plan", "--env", "dev"], |it| {
            nobody(&lab, it);
            it.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
            it.env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "x");
        })
        .await;
    assert!(said.code == 4 && said.err.contains("could not be reached"), "{said:?}");
    assert!(began.elapsed() < Duration::from_secs(90), "{:?}", began.elapsed());
}
