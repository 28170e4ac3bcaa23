import type { ObjectStore } from "@/lib/objects";

/**
 * Removes what processes that died left in the store before `olderThan` and nobody will ever read: unfinished uploads, the parts of
 * exports that never got their manifest, and matrices on their way out of a warehouse. Whoever publishes such an export after all puts
 * its parts there anew.
 * @returns how many uploads were given up and how many folders removed
 */
export async function removeRemains(
  store: ObjectStore,
  olderThan: Date,
): Promise<{ uploads: number; folders: number }> {
  const uploads = await store.sweep(olderThan);
  let removed = 0;
  for (const [top, ours] of Object.entries(folders)) {
    for (const folder of await remains(store, top, ours, olderThan)) {
      // Looked at once more: it may be being published at last.
      const [still] = await remains(store, folder, ours, olderThan);
      if (!still) continue;
      await store.removeAll(folder);
      removed++;
    }
  }
  return { uploads, folders: removed };
}

/** By their own form, since others may keep files in the same bucket. */
const folders = {
  exports: /^exports\/[^/]+\/v\d{4}\.\d{2}\/[0-9a-f]{24}(?=\/)/,
  unload: /^unload\/[0-9a-f-]{36,64}(?=\/)/,
};

/** The folders of that form under `prefix` that hold no manifest, and only files older than that. */
async function remains(store: ObjectStore, prefix: string, ours: RegExp, olderThan: Date): Promise<string[]> {
  const old = new Set<string>();
  const kept = new Set<string>();
  for await (const { key, modified } of store.list(prefix)) {
    const folder = ours.exec(key)?.[0];
    if (folder === undefined) continue;
    const whole = key === `${folder}/manifest.json`;
    (whole || modified >= olderThan ? kept : old).add(folder);
  }
  return [...old].filter((folder) => !kept.has(folder));
}
