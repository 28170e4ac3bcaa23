import { mkdir } from "node:fs/promises";
import path from "node:path";
import { measureRegistry, writeRegistry } from "@/lib/registry";
import { openDuckDbWriter } from "@/lib/warehouse";

/** Builds the smallest mart there is, `things`, into a new file: a table THINGS with so many rows. */
export async function buildThings(file: string, stamp = "v2026.11", rows = 3): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const writer = await openDuckDbWriter(file);
  await writer.run(`create table THINGS as select range as ID from range(${rows})`);
  const shared = { family: "key", pii: false, owner: "us", description: "A thing." };
  const registry = await measureRegistry(writer, {
    mart: "things",
    title: "Things",
    stamp,
    asOf: "2026-11-01T00:00:00Z",
    tables: [
      {
        ...{ name: "THINGS", description: "", entity: "thing", kind: "entity", grain: ["ID"] },
        ...{ keys: [{ kind: "primary", entity: "thing", columns: ["ID"] }], owner: "us", synonyms: [] },
      },
    ],
    features: [{ ...shared, table: "THINGS", name: "ID", type: "integer", isKey: true }],
    entities: [],
    aliases: {},
  });
  await writeRegistry(writer, registry);
  await writer.close();
}
