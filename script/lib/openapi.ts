/** Writes docs/openapi.json from the table of doors (app/api/_routes.ts). `--check` fails when the file is not current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type RouteEntry, routes } from '../../app/api/_routes.ts';
import * as api from '../../lib/model/api.ts';
import * as audit from '../../lib/model/audit.ts';
import * as broker from '../../lib/model/broker.ts';
import * as causeNote from '../../lib/model/cause-note.ts';
import * as death from '../../lib/model/death.ts';
import { problemCodes, problemSchema } from '../../lib/model/errors.ts';
import * as fact from '../../lib/model/fact.ts';
import * as history from '../../lib/model/history.ts';
import * as ids from '../../lib/model/ids.ts';
import * as journey from '../../lib/model/journey.ts';
import * as live from '../../lib/model/live.ts';
import * as message from '../../lib/model/message.ts';
import * as moment from '../../lib/model/moment.ts';
import * as notification from '../../lib/model/notification.ts';
import * as replay from '../../lib/model/replay.ts';
import * as session from '../../lib/model/session.ts';

const root = resolve(import.meta.dirname, '../..');

/** Every schema that the model names becomes a component, so that shared parts are written once. */
const named = z.registry<{ id: string }>();
const modules = {
  ...ids,
  ...message,
  ...death,
  ...fact,
  ...journey,
  ...broker,
  ...live,
  ...history,
  ...moment,
  ...notification,
  ...replay,
  ...causeNote,
  ...audit,
  ...session,
  ...api,
  problemSchema,
};
// Sorted: Node lists a module's exports by name, other loaders as they are written, and the numbering follows the order.
for (const [name, value] of Object.entries(modules).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!(value instanceof z.ZodType)) continue;
  const id = name.replace(/Schema$/, '');
  named.add(value, { id: id.charAt(0).toUpperCase() + id.slice(1) });
}

function components(io: 'input' | 'output'): Record<string, object> {
  const { schemas } = z.toJSONSchema(named, {
    io,
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  });
  // zod points into its shared definitions as into another document; here they are one component among the others.
  const text = JSON.stringify(schemas).replaceAll('__shared#/$defs/', '__shared/$defs/');
  const fixed: typeof schemas = JSON.parse(text);
  return Object.fromEntries(Object.entries(fixed).map(([id, { $schema, $id, ...rest }]) => [id, rest]));
}

/** Requests are what may be sent (defaults optional), answers what comes back. */
const requests = new Set(routes.flatMap((r) => (r.body ? [named.get(r.body)?.id] : [])));
const schemas = Object.fromEntries(
  Object.entries(components('output')).map(([id, s]) => [id, requests.has(id) ? components('input')[id] : s]),
);

function schema(type: z.ZodType): object {
  const id = named.get(type)?.id;
  if (!id) throw new Error('a door uses a schema that lib/model does not name');
  return { $ref: `#/components/schemas/${id}` };
}

function parameters(route: RouteEntry): object[] {
  const segments = [...route.path.matchAll(/\[(\w+)\]/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: 'percent-encoded; the vhost "/" is %2F',
  }));
  const query = route.query ? z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' }) : null;
  const asked = Object.entries(query?.properties ?? {}).map(([name, s]) => ({
    name,
    in: 'query',
    required: query?.required?.includes(name) ?? false,
    schema: s,
  }));
  const headers = Object.entries(route.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    description,
  }));
  return [...segments, ...asked, ...headers];
}

function responses(route: RouteEntry): object {
  const ok = route.answer
    ? {
        description: route.summary,
        content: { [route.type ?? 'application/json']: { schema: schema(route.answer) } },
      }
    : { description: route.summary };
  const own = [
    'host_refused',
    ...(route.door === 'session' ? ['unauthenticated'] : []),
    ...(route.method === 'GET' ? [] : ['origin_refused', 'unsupported_media_type']),
    ...(route.body ? ['malformed_json', 'bad_input'] : []),
  ];
  const codes = [...new Set([...own, ...(route.problems ?? [])])];
  const byStatus = new Map<number, string[]>();
  for (const [code, status] of Object.entries(problemCodes))
    if (codes.includes(code)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  const problems = [...byStatus].map(([status, list]) => [
    status,
    {
      description: list.join(', '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  const other = route.or && {
    [route.or.status]: {
      description: route.or.summary,
      content: { 'application/json': { schema: schema(route.or.answer) } },
    },
  };
  return { ...other, [route.status ?? 200]: ok, ...Object.fromEntries(problems) };
}

/** No entry: nobody is asked for anything; `{}` beside another: only in some places. */
const security: Record<RouteEntry['door'], object[]> = {
  session: [{ cookie: [] }, { basic: [] }],
  'own-site': [],
  otlp: [{}, { bearer: [] }],
};

export function openapi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/\[(\w+)\]/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: {
        summary: route.summary,
        security: security[route.door],
        parameters: parameters(route),
        ...(route.body
          ? {
              requestBody: {
                required: true,
                content: { 'application/json': { schema: schema(route.body) } },
              },
            }
          : {}),
        ...(route.takes
          ? {
              requestBody: {
                required: true,
                content: Object.fromEntries(route.takes.map((type) => [type, {}])),
              },
            }
          : {}),
        responses: responses(route),
      },
    };
  }
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;
  return {
    openapi: '3.1.0',
    info: { title: 'Hoplight', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas,
      securitySchemes: {
        cookie: { type: 'apiKey', in: 'cookie', name: 'hoplight_session' },
        bearer: { type: 'http', scheme: 'bearer', description: 'HOPLIGHT_OTLP_TOKEN' },
        basic: { type: 'http', scheme: 'basic', description: 'RabbitMQ user and password' },
      },
    },
  };
}

if (import.meta.main) {
  const file = join(root, 'docs/openapi.json');
  const text = `${JSON.stringify(openapi(), null, 1)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write('docs/openapi.json is not current: run node script/lib/openapi.ts\n');
    process.exit(1);
  }
}
