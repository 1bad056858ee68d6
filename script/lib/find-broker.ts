/** Looks at a broker as the application will: one AMQP login, one call of the management API. Changes nothing. */
import { connect } from 'amqplib';
import { isFree, speaksAmqp } from './ports.ts';
import { Refusal, textOf } from './shell.ts';

/** A broker that let us in on both doors. */
export type Found = {
  /** With credentials: the node that answered. */
  amqp: string;
  /** Without credentials: the node that answered. */
  management: string;
  /** All addresses as they were given, where a list was. */
  all?: { amqp: string; management: string };
  user: string;
  version: string;
  /** The user's RabbitMQ tags: administrator, monitoring … */
  tags: string[];
};

const guest = 'amqp://guest:guest@127.0.0.1:5672';
const limit = 8000;

/** The URL without its credentials, as it may be shown. */
export function shown(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}

function parse(text: string, name: string, protocols: string[], example: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol) || !url.hostname) {
    throw new Refusal(`${name} is not such an address: it must look like ${example}`);
  }
  return url;
}

/** The addresses of a list with commas: nodes of one cluster. */
const addresses = (list: string | undefined) => list?.split(/,(?=\s*[a-z]+:\/\/)/).map((one) => one.trim());

/** As `oneBroker`, of lists with commas: the first node that lets us in speaks for all of them. */
export async function givenBroker(amqpList?: string, managementList?: string): Promise<Found> {
  const amqps = addresses(amqpList) ?? [];
  const managements = addresses(managementList) ?? [];
  const count = Math.max(1, amqps.length, managements.length);
  for (let i = 0; ; i++) {
    try {
      const found = await oneBroker(amqps[i % amqps.length], managements[i % managements.length]);
      if (count === 1) return found;
      return {
        ...found,
        all: { amqp: amqpList ?? found.amqp, management: managementList ?? found.management },
      };
    } catch (error) {
      if (i + 1 >= count || !(error instanceof Refusal)) throw error;
    }
  }
}

/**
 * The broker at the addresses that the user gave. One of the two is enough: the other is then expected on the same
 * host at its usual port. Throws a Refusal that says in one line what was refused and what to mend.
 */
async function oneBroker(amqpText?: string, managementText?: string): Promise<Found> {
  const example = 'amqp://user:password@host:5672/vhost';
  const management = managementText
    ? parse(managementText, '--management', ['http:', 'https:'], 'http://host:15672')
    : undefined;
  const amqp = parse(
    amqpText ?? `amqp://${management?.hostname ?? '127.0.0.1'}:5672`,
    '--amqp',
    ['amqp:', 'amqps:'],
    example,
  );
  amqp.username ||= management?.username || 'guest';
  amqp.password ||= management?.password || 'guest';
  const api = management ?? new URL(`http://${amqp.hostname}:15672`);
  api.username = '';
  api.password = '';
  await tryAmqp(amqp);
  return { ...(await tryManagement(api, amqp, managementText !== undefined)), amqp: amqp.href };
}

async function tryAmqp(url: URL): Promise<void> {
  const where = shown(url.href);
  const user = decodeURIComponent(url.username);
  try {
    const connection = await connect(url.href, {
      timeout: limit,
      clientProperties: { connection_name: 'hoplight-start' },
    });
    connection.on('error', () => {}); // it let us in; that is all we ask
    await connection.close();
  } catch (error) {
    const text = textOf(error instanceof AggregateError ? (error.errors[0] ?? error) : error);
    if (/ACCESS.REFUSED|403/.test(text)) {
      throw new Refusal(`${where} refuses the user ${user}: check user and password in --amqp or AMQP_URL.`);
    }
    if (/ConnectionOpenOk/.test(text)) {
      throw new Refusal(
        `${where} let ${user} in, but not into that vhost: it does not exist, or ${user} has no permission in it.`,
      );
    }
    if (/ECONNREFUSED/.test(text)) {
      throw new Refusal(
        `Nothing listens at ${where}: start RabbitMQ there, or give another address with --amqp.`,
      );
    }
    throw new Refusal(`No AMQP connection to ${where}: ${text}`);
  }
}

async function tryManagement(api: URL, amqp: URL, given: boolean): Promise<Omit<Found, 'amqp'>> {
  const where = shown(api.href);
  const user = decodeURIComponent(amqp.username);
  const authorization = `Basic ${Buffer.from(`${user}:${decodeURIComponent(amqp.password)}`).toString('base64')}`;
  const ask = async (path: string): Promise<Record<string, unknown>> => {
    let response: Response;
    try {
      response = await fetch(`${where}${path}`, {
        headers: { authorization },
        signal: AbortSignal.timeout(limit),
      });
    } catch (error) {
      const why =
        error instanceof Error && error.cause instanceof Error ? textOf(error.cause) : textOf(error);
      const mend = given ? 'check --management' : 'give its address with --management';
      throw new Refusal(
        `No management API at ${where} (${why}): ${mend}, or switch it on with rabbitmq-plugins enable rabbitmq_management.`,
      );
    }
    if (response.status === 401) {
      throw new Refusal(
        `The management API at ${where} refuses ${user}: it needs the right password and a tag, at best administrator.`,
      );
    }
    if (!response.ok)
      throw new Refusal(`${where}${path} answered ${response.status}: is it RabbitMQ's management API?`);
    try {
      const body: unknown = await response.json();
      return typeof body === 'object' && body !== null ? { ...body } : {};
    } catch {
      throw new Refusal(`${where}${path} did not answer JSON: is it RabbitMQ's management API?`);
    }
  };
  const { tags } = await ask('/api/whoami');
  const { rabbitmq_version: version } = await ask('/api/overview');
  const list = Array.isArray(tags) ? tags.map(String) : String(tags ?? '').split(',');
  return {
    management: where,
    user,
    version: String(version ?? 'unknown'),
    tags: list.map((tag) => tag.trim()),
  };
}

/**
 * RabbitMQ at its usual ports on this machine, when it lets guest in. Otherwise why not; `nothing` when nobody listens
 * there, which needs no telling.
 */
export async function localBroker(): Promise<{ found: Found } | { nothing: true } | { refused: string }> {
  if (!(await speaksAmqp('127.0.0.1', 5672))) {
    if (await isFree(5672)) return { nothing: true };
    return { refused: 'Something other than RabbitMQ listens on port 5672.' };
  }
  try {
    return { found: await givenBroker(guest) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: error.message };
  }
}
