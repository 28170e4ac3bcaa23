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
  let folders = 0;
  for (const { top, depth } of [
    { top: "exports", depth: 4 },
    { top: "unload", depth: 2 },
  ]) {
    for (const folder of await remains(store, top, depth, olderThan)) {
      // Looked at once more: it may be being published at last.
      const [still] = await remains(store, folder, depth, olderThan);
      if (!still) continue;
      await store.removeAll(folder);
      folders++;
    }
  }
  return { uploads, folders };
}

/** The folders of `depth` names under `prefix` that hold no manifest, and only files older than that. */
async function remains(
  store: ObjectStore,
  prefix: string,
  depth: number,
  olderThan: Date,
): Promise<string[]> {
  const old = new Set<string>();
  const kept = new Set<string>();
  for await (const { key, modified } of store.list(prefix)) {
    const folder = key.split("/").slice(0, depth).join("/");
    const whole = key === `${folder}/manifest.json`;
    (whole || modified >= olderThan ? kept : old).add(folder);
  }
  return [...old].filter((folder) => !kept.has(folder));
}
