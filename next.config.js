import { randomUUID } from 'node:crypto';

// One name for each build, in the pages and in the server, by which an older page is told (docs/adr/0008). It is kept
// in the environment so that the processes of one build agree.
process.env.HOPLIGHT_BUILD ??= randomUUID();
const build = process.env.HOPLIGHT_BUILD;

/** @type {import('next').NextConfig} */
const config = {
  env: { HOPLIGHT_BUILD: build },
  generateBuildId: () => build,
  // Packages that patch, load native code or keep their own state must be required by Node, not bundled.
  serverExternalPackages: [
    'amqplib',
    'better-sqlite3',
    'prom-client',
    '@opentelemetry/api',
    '@opentelemetry/sdk-node',
    '@opentelemetry/exporter-trace-otlp-proto',
    '@opentelemetry/resources',
  ],
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  typescript: { ignoreBuildErrors: true }, // `script/test` type-checks once, with tsc
  devIndicators: false,
};
export default config;
