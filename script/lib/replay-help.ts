/** What `script/replay --help` says. Its exit codes are a promise to other people's scripts. */

/**
 * done       as asked: every message made it; a dry run: it could start like this; without --wait: it was begun
 * usage      the arguments
 * refused    nothing was sent: the plan refuses, consent is missing, no permission, somebody has the queue
 * notAll     it ended, and some messages did not make it
 * waits      paused, interrupted, or --timeout: somebody has to decide
 * away       Hoplight or the broker does not answer, so nothing is known
 * stopped    Ctrl-C while it waited: the replay goes on
 */
export const exit = { done: 0, usage: 1, refused: 2, notAll: 3, waits: 4, away: 5, stopped: 130 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

export const help = `Usage: script/replay [flags]                       plan, then replay dead letters
       script/replay list [flags]                  dead-letter queues and their causes
       script/replay status|pause|resume|cancel|receipt ID [flags]

Works through the API of a running Hoplight. Every replay is planned first; --dry-run stops there.

Where and who
  --url URL            (HOPLIGHT_URL) default: http://127.0.0.1:3000
  --user NAME          (HOPLIGHT_USER) a RabbitMQ user: the broker decides what it may do
  --password-file FILE (HOPLIGHT_PASSWORD) its first line; there is no --password, which others could read

Which messages
  --vhost NAME         default: /
  --queue NAME         the dead-letter queue
  --where FILTER       'header.x-tenant=acme reason=rejected $.order.id=9871': all must hold
  --cause KEY          as \`list\` prints it; several: any of them
  --id ID              one message, as a reading names it; several
                       none of these: all that lie there

What to do
  --act ACT            replay (default), move (needs --to queue:NAME), delete (exported first)
  --to TARGET          origin (default), first-origin, queue:NAME, exchange:NAME
  --routing-key KEY    with --to exchange:NAME; default: each message's own
  --rate N             messages a second; default: as fast as confirms come
  --canary N           N messages first; the rest when they were settled
  --canary-wait S      how long each of them may take; default: 30
  --canary-stop        pause after the canary in any case
  --brake-died-again N --brake-depth N --brake-unacked N
                       pause when so many died again, or a target holds more than so many
  --keep-order         one at a time
  --expiration E       keep (default), drop, original
  --persistent         send the copies persistent
  --max-replays N      leave messages that were replayed so often; default: 10
  --follow S           how long to look what became of the copies; default: 60
  --consent CODE,…     agree to these warnings of the plan
  --reason TEXT        for the audit log

How
  --dry-run            plan only, nothing is sent
  --wait               until it ended; progress on stderr
  --timeout S          with --wait: at most so long
  --require OUTCOME    with --wait: a message made it when it is confirmed (default), delivered, settled
  --receipt FILE       the receipt as CSV (with --wait; \`receipt ID\` writes it to stdout)
  --idempotency-key K  the same call again starts nothing: it finds the job that the first one began
  --json               one JSON document on stdout
  --help

Exit codes: 0 as asked, and every message made it (dry run: it could start) · 1 arguments · 2 refused, or consent is needed:
nothing was sent · 3 ended, some did not make it · 4 paused, interrupted or --timeout: somebody must decide · 5 Hoplight
or the broker does not answer · 130 Ctrl-C: the replay goes on`;
