import { expect, it } from "vitest";
import { removeRemains } from "@/lib/export";
import type { ObjectStore } from "@/lib/objects";

/** What {@link removeRemains} does in every store. */
export function removeRemainsCases(open: () => ObjectStore): void {
  it("are parts without a manifest and matrices on their way, and nothing else", async () => {
    const store = open();
    const [whole, half] = ["a".repeat(24), "b".repeat(24)];
    const unloaded = "c".repeat(64);
    const kept = [
      `exports/m/v2026.11/${whole}/manifest.json`,
      `exports/m/v2026.11/${whole}/matrix-1.parquet`,
      `previews/unload/${unloaded}/rows.parquet`,
      // Of somebody else who uses the bucket.
      "exports/2026/november/accounts/ledger.csv",
      "unload/ships/cranes.csv",
      "marts/m/v2026.11/build/step.json",
      "exports-of-another/a/b/c/matrix.parquet",
    ];
    const remains = [
      `exports/m/v2026.11/${half}/matrix-1.parquet`,
      `exports/m/v2026.11/${half}/dictionary-1.csv`,
      `exports/m/v2026.12/${whole}/matrix-1.parquet`,
      `unload/${unloaded}/rows.parquet`,
    ];
    for (const key of [...kept, ...remains]) await store.putIfAbsent(key, key);
    expect(await removeRemains(store, new Date(Date.now() - 60_000))).toEqual({ uploads: 0, folders: 0 });
    expect(await removeRemains(store, new Date(Date.now() + 60_000))).toEqual({ uploads: 0, folders: 3 });
    const there = await Promise.all([...kept, ...remains].map((key) => store.exists(key)));
    expect(there).toEqual([...kept.map(() => true), ...remains.map(() => false)]);
    expect(await removeRemains(store, new Date(Date.now() + 60_000))).toEqual({ uploads: 0, folders: 0 });
  });
}
