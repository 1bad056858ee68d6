/** @type {import('next').NextConfig} */
const config = {
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
