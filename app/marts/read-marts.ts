import type { MartChoice } from "@/components/chat/new-matrix";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { listMarts, openMart } from "@/lib/mart";
import type { Registry } from "@/lib/registry";
import { examplesFor } from "./examples";

/** The marts that can be read, with what to ask of each. One that is damaged is left out and logged. */
export async function listOpenMarts(): Promise<MartChoice[]> {
  const marts = await Promise.all(
    (await listMarts()).map(async ({ name }) => {
      try {
        const { title, stamp, registry } = await openMart(name);
        return { name, title, stamp, ...countsOf(registry), examples: examplesFor(name, registry) };
      } catch (thrown) {
        log.error("mart not read", { mart: name, error: toAppError(thrown) });
        return null;
      }
    }),
  );
  return marts.filter((mart) => mart !== null);
}

export function countsOf({ tables, features }: Registry): { tables: number; features: number } {
  return { tables: tables.length, features: features.filter(({ isKey }) => !isKey).length };
}
