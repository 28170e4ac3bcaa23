import { describe, expect, it } from "vitest";
import { readImports } from "./read-imports";
import { findViolations } from "./rules";

const check = (files: Record<string, string>) =>
  findViolations(Object.entries(files).map(([path, text]) => ({ path, text })));

describe("the rooms", () => {
  it.each([
    ["agents/a.ts", `import { Page } from "@/app/page";`],
    ["agents/a.ts", `import type { Card } from "../components/card";`],
    ["lib/export/a.ts", `import { runs } from "@/db/schema";`],
    ["lib/a.ts", `export * from "../agents/run";`],
    ["lib/a.ts", `const late = await import("@/agents/run");`],
    ["db/a.ts", `import { start } from "@/agents/run";`],
    ["components/card.tsx", `import { decide } from "@/agents/run";`],
    ["components/card.tsx", `import { type Part, decide } from "@/agents/run";`],
    ["components/card.tsx", `import "@/lib/config";`],
    ["scripts/a.ts", `import { Page } from "@/app/page";`],
  ])("%s may not: %s", (path, text) => {
    expect(check({ [path]: text })).toEqual([expect.stringContaining(`${path}: imports`)]);
  });

  it.each([
    ["app/page.tsx", `import { Card } from "@/components/card";\nimport { start } from "@/agents/run";`],
    ["agents/a.ts", `import { runs } from "@/db/queries";\nimport { x } from "./b";`],
    [
      "components/card.tsx",
      `import type { Part } from "@/agents/parts";\nimport { type A, type B } from "@/lib/a";`,
    ],
    ["db/a.ts", `import { AppError } from "@/lib/errors";`],
    ["scripts/a.ts", `import { start } from "@/agents/run";`],
    ["tests/a.ts", `import { x } from "@/app/page";\nimport pg from "pg";`],
    ["lib/a.test.ts", `import { x } from "@/agents/run";`],
    ["lib/a.ts", `// import { x } from "@/agents/run";\n/* import y from "@/app/y"; */`],
  ])("%s may: %s", (path, text) => {
    expect(check({ [path]: text })).toEqual([]);
  });
});

describe("the order inside lib", () => {
  it("lets a folder import only those before it", () => {
    expect(check({ "lib/registry/a.ts": `import { plan } from "@/lib/feature-set";` })).toHaveLength(1);
    expect(check({ "lib/feature-set/a.ts": `import { compile } from "../sql/compile";` })).toHaveLength(1);
    expect(check({ "lib/sql/a.ts": `import { report } from "@/lib/quality";` })).toHaveLength(1);
    expect(check({ "lib/errors.ts": `import { log } from "./log";` })).toHaveLength(1);
  });

  it("lets the rest import them, and types go anywhere", () => {
    expect(
      check({
        "lib/sql/a.ts": `import { plan } from "@/lib/feature-set";\nimport { r } from "@/lib/registry";`,
        "lib/quality/a.ts": `import { compile } from "@/lib/sql";\nimport { publish } from "@/lib/export";`,
        "lib/warehouse/a.ts": `import type { ColumnType } from "@/lib/registry/types";`,
      }),
    ).toEqual([]);
  });
});

describe("vendors", () => {
  it("are known to one file each, by any of their paths", () => {
    expect(
      check({
        "db/client.ts": `import pg from "pg";`,
        "lib/export/a.ts": `import { Pool } from "pg/lib/pool";`,
        "lib/export/b.ts": `import type { S3Client } from "@aws-sdk/client-s3";`,
        "lib/objects/s3.ts": `import { S3Client } from "@aws-sdk/client-s3";`,
      }),
    ).toEqual([
      "lib/export/a.ts: imports pg, which db/client.ts alone may know: a vendor's SDK has one file",
      "lib/objects/s3.ts: imports @aws-sdk/client-s3, which lib/export/b.ts alone may know: a vendor's SDK has one file",
    ]);
  });

  it("that the app is written in stay in their rooms", () => {
    expect(check({ "lib/a.ts": `import { useState } from "react";` })).toEqual([
      "lib/a.ts: imports react, which is for app, components",
    ]);
    expect(
      check({
        "db/a.ts": `import { eq } from "drizzle-orm";`,
        "db/b.ts": `import { sql } from "drizzle-orm/pg-core";`,
      }),
    ).toEqual([]);
  });
});

it("process.env is read in lib/config.ts alone", () => {
  const text = `const port = process.env.PORT;`;
  expect(check({ "lib/config.ts": text, "agents/a.ts": text })).toEqual([
    "agents/a.ts: reads the environment, which is for lib/config.ts alone",
  ]);
});

it("imports over several lines are read, and text that looks like one is not", () => {
  const text = `import {\n  type A,\n  b,\n} from "@/lib/b";\nexport type { C } from './c';\nconst t = "take it from \\"x\\"";\n`;
  expect(readImports(text)).toEqual([
    { from: "@/lib/b", typeOnly: false },
    { from: "./c", typeOnly: true },
  ]);
});
