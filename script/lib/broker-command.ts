/** The command lines and the environment of a private node's processes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedNode as Node } from './broker-record.ts';

/** In a root of its own the node's folder is mounted at /node; elsewhere it is where it is. */
export const seenFrom = (node: Node) => (node.server.kind === 'root' ? '/node' : node.data);

/** The name by which Erlang, and so the management API, knows the node. */
export const erlangName = (name: string) => `${name.replaceAll('.', '-')}@localhost`;

function erlangFolders(node: Node): string[] {
  if (node.server.kind === 'tree') return [join(node.server.root, 'usr/lib/erlang/bin')];
  if (node.server.kind === 'root') return ['/usr/lib/erlang/bin'];
  return (process.env.PATH ?? '').split(':').filter(Boolean);
}

/** Libraries that the unpacked packages brought along because the machine lacks them. */
function libraryFolders(node: Node): string[] {
  if (node.server.kind !== 'tree') return [];
  const lib = join(node.server.root, 'usr/lib');
  return readdirSync(lib)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(lib, name));
}

/** Nothing of the caller's environment is passed on: a stray RABBITMQ_* would tie the node to another one's files. */
export function environment(node: Node): NodeJS.ProcessEnv {
  const at = seenFrom(node);
  const { ports } = node;
  return {
    NODE_ENV: process.env.NODE_ENV, // Next's types want it in every environment
    PATH: [
      ...erlangFolders(node),
      node.server.sbin,
      '/usr/local/bin',
      '/usr/bin',
      '/bin',
      '/usr/sbin',
      '/sbin',
    ].join(':'),
    LD_LIBRARY_PATH: libraryFolders(node).join(':') || undefined,
    LANG: 'C.UTF-8',
    HOME: join(at, 'home'),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: erlangName(node.name),
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_MNESIA_BASE: join(at, 'mnesia'),
    RABBITMQ_LOG_BASE: join(at, 'log'),
    RABBITMQ_CONFIG_FILE: join(at, 'etc', 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(at, 'etc', 'env.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(at, 'etc', 'advanced.config'),
    RABBITMQ_CONFIG_FILES: join(at, 'etc', 'conf.d'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(at, 'etc', 'enabled_plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(at, 'generated'),
    RABBITMQ_SCHEMA_DIR: join(at, 'schema'),
    RABBITMQ_PLUGINS_EXPAND_DIR: join(at, 'plugins-expand'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(at, 'feature_flags'),
    RABBITMQ_PID_FILE: join(at, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CTL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Makes rabbitmq-server exec the Erlang VM instead of keeping a shell before it: our child's pid is the node's.
    detached: 'true',
  };
}

/**
 * Mounts and chroot by exec all the way, so that the process started is the one that stays. The mounts live in a
 * private namespace and vanish with its last process. Without root the namespace comes with a user of its own (-r).
 */
const enterRoot = `
set -e
root=$1 data=$2; shift 2
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$data" "$root/node"
exec chroot "$root" "$@"`;

/** The command that runs `program` (rabbitmq-server, rabbitmqctl, epmd …) for this node. */
export function commandIn(node: Node, program: string, args: string[]): [string, ...string[]] {
  const { server } = node;
  if (server.kind === 'docker') return ['docker', 'exec', `hoplight-${node.name}`, program, ...args];
  const path = program === 'epmd' && server.kind !== 'installed' ? program : join(server.sbin, program);
  const inPlace: [string, ...string[]] = [program === 'epmd' ? 'epmd' : path, ...args];
  if (server.kind !== 'root') return inPlace;
  const flags = process.getuid?.() === 0 ? ['-m'] : ['-Urm'];
  return ['unshare', ...flags, 'sh', '-c', enterRoot, 'sh', server.root, node.data, ...inPlace];
}
