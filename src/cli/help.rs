//! What stands below the options in `--help`: examples, and exit codes where scripts need them.

pub(super) const INFRACTL: &str = "\
To start, without an account:
  infractl init
  infractl plan --sandbox --env dev

Exit codes:
  0    done
  1    failed
  2    wrong usage; or there is something to do, with `plan --detailed-exitcode`
  4    refused as unsafe: nothing was changed
  130  stopped by Ctrl-C or SIGTERM";

pub(super) const INIT: &str = "\
Examples:
  infractl init
  infractl init --stack shop --region eu-west-1 --file shop.yaml

A file that is already there is left as it is.";

pub(super) const VALIDATE: &str = "\
Examples:
  infractl validate --env prod
  infractl validate --format json    each problem with its id, line and column

Exit codes:
  0  the file is valid, perhaps with warnings
  1  it is not, or there is none";

pub(super) const PLAN: &str = "\
Examples:
  infractl plan --env prod
  infractl plan --env dev --sandbox                      without an account
  infractl plan --env prod --out prod.plan               then: infractl apply prod.plan
  infractl plan --env prod --target network.endpoints
  infractl plan --env prod --detailed-exitcode           in CI, to find drift

Exit codes:
  0  done; with --detailed-exitcode: nothing to do
  1  failed
  2  wrong usage; with --detailed-exitcode: something to do
  4  refused: there are conflicts, not everything could be seen, or it is another account";

pub(super) const APPLY: &str = "\
Examples:
  infractl apply --env prod                     shows the plan, and asks
  infractl apply --env prod --yes               in CI
  infractl apply prod.plan                      does what `infractl plan --out prod.plan` said

A run that was cut off, in whatever way, is taken up by the same command.

Exit codes:
  0    all is done
  1    something failed; what did not need it is done
  2    wrong usage, or nobody was there to answer
  4    refused, nothing was changed: not confirmed, protected, conflicts, or no longer as planned
  130  stopped by Ctrl-C or SIGTERM; what had begun is finished";

pub(super) const DEPLOY: &str = "\
Examples:
  infractl deploy --env prod --image api=123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-api:v42
  infractl deploy --env prod --image api=$REGISTRY/api:v42 --image worker=$REGISTRY/worker:v42 --yes

The plan has these services and what they need. A tag in ECR is looked up first: what is released has a digest.
Afterwards `infractl apply` keeps the image.

Exit codes:
  0    the release serves
  1    failed; what served before serves again
  4    refused: there are conflicts, or it would be unsafe
  130  stopped by Ctrl-C or SIGTERM";

pub(super) const PROMOTE: &str = "\
Examples:
  infractl promote --env prod api

A release waits where the file says `approve`: before any requests go over to it, and with `canary` and `linear` before
each step. `infractl rollback` sends it back.";

pub(super) const ROLLBACK: &str = "\
Examples:
  infractl rollback --env prod api
  infractl rollback --env prod api --to v41 --yes

A release that is still coming goes back at once: what served before still runs. One that is over is followed by the
image before it, or by the one that --to names, in the way that the file says.

Exit codes:
  0    the earlier release serves
  1    failed
  4    refused: there is nothing to go back to, or it would be unsafe
  130  stopped by Ctrl-C or SIGTERM";

pub(super) const DESTROY: &str = "\
Examples:
  infractl destroy --env pr-17                  shows what goes, and asks
  infractl destroy --env pr-17 --yes            in CI

Exit codes:
  0    nothing of the environment is left
  1    something could not be deleted
  2    wrong usage, or nobody was there to answer
  4    refused, nothing was changed: not confirmed, or protected
  130  stopped by Ctrl-C or SIGTERM; what had begun is finished";

pub(super) const STATUS: &str = "\
Examples:
  infractl status --env prod
  infractl status api --env prod
  infractl status --env prod --edge             what Cloudflare did with requests
  infractl status --env prod --format json

Exit codes:
  0  all services serve; with --edge: done
  1  one does not, or is not there yet; or something failed
  2  wrong usage, or there is no such service; with --edge: the file has no `cloudflare`";

pub(super) const LOGS: &str = "\
Examples:
  infractl logs api --env prod                              the last ten minutes
  infractl logs api --env prod --follow
  infractl logs api --env prod --since 2h --filter ERROR
  infractl logs api --env prod --container adot
  infractl logs api --env prod --format json                a line of JSON each

Each line has its time, its container and the beginning of its task's id. A pattern is one of
CloudWatch Logs: words that all have to be there, or '{ $.level = \"error\" }' where lines are JSON.

Exit codes:
  0  done, or stopped by Ctrl-C with --follow
  1  failed
  2  wrong usage, or there is no such service or container
  4  the service is not there yet";

pub(super) const HISTORY: &str = "\
Examples:
  infractl history --env prod
  infractl history api --env prod --format json

ECS knows the deployments of the last 90 days.";

pub(super) const RUN: &str = "\
Examples:
  infractl run api --env prod -- npm run migrate
  infractl run api --env prod -- sh -c 'printenv | sort'
  infractl run api --env prod --timeout 2h -- bin/backfill

The task has the image, roles, secrets and network that the service's tasks have now; it is none of
them, and gets no requests. It runs on demand, though the service may use spare capacity. Ctrl-C
stops it.

Exit codes:
  N    that of the command
  1    the command did not run, or it took too long: then the task goes on
  2    wrong usage, or there is no such service or container
  4    the service is not there yet
  130  stopped by Ctrl-C or SIGTERM";

pub(super) const GRAPH: &str = "\
Examples:
  infractl graph --env prod | dot -Tsvg > stack.svg
  infractl graph --env prod --format json        the resources with all settings";

pub(super) const SCHEMA: &str = "\
Examples:
  infractl schema > stack.schema.json

With this first line, editors that know JSON Schema check a stack file as it is written:
  # yaml-language-server: $schema=stack.schema.json";

pub(super) const EXPLAIN: &str = "\
Examples:
  infractl explain                       all resource types
  infractl explain ec2.subnet
  infractl explain ec2.subnet/public-a   an address does as well";

pub(super) const OUTPUTS: &str = "\
Examples:
  infractl outputs --env prod
  infractl outputs --env prod vpc               the value alone, for scripts
  infractl outputs --env prod --format json

Exit codes:
  0  done
  1  failed
  2  wrong usage, or there is no such output
  4  refused: not known before the first apply, or not everything could be seen";

pub(super) const SECRETS: &str = "\
Examples:
  infractl secrets set stripe --env prod < stripe.txt
  infractl secrets list --env prod";

pub(super) const SECRETS_SET: &str = "\
Examples:
  infractl secrets set stripe --env prod                    asks for the value
  infractl secrets set stripe --env prod < stripe.txt
  infractl secrets set mail --key password --env prod       one key of a JSON object
  infractl secrets set cert --from-file key.pem --env prod

It works before the first apply as well. A line break at the end is not part of the value.

Exit codes:
  0  done
  1  failed
  2  wrong usage: there is no such secret, infractl makes its value, or there is no value
  4  refused: its name is taken, it is being deleted, or the key that encrypts it is not there yet";

pub(super) const SECRETS_LIST: &str = "\
Examples:
  infractl secrets list --env prod
  infractl secrets list --env prod --format json";

pub(super) const COMPLETIONS: &str = "\
Examples:
  infractl completions bash > ~/.local/share/bash-completion/completions/infractl
  infractl completions zsh > ~/.zfunc/_infractl
  infractl completions fish > ~/.config/fish/completions/infractl.fish";

pub(super) const SANDBOX: &str = "\
Examples:
  infractl plan --sandbox --env dev      starts it
  infractl sandbox status
  infractl sandbox stop";
