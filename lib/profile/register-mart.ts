import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { currentStamp, placeOf } from "@/lib/mart";
import { buildMart } from "./build-mart";
import type { MartDraft } from "./draft";
import { readDraft, saveDraft } from "./draft-store";

export interface RegisteredMart {
  name: string;
  stamp: string;
  tables: number;
  /** Columns that are neither keys nor times. */
  features: number;
  /** The description that a person may correct; registering again builds from it. */
  file: string;
}

/**
 * Builds and publishes the mart that the draft describes and keeps the draft beside it.
 * @throws AppError BAD_INPUT, KEY_TYPE_MISMATCH, GRAIN_FALSE; then what was registered before is untouched
 */
export async function registerMart(
  draft: MartDraft,
  options: { dataDir?: string; maxBytes?: number } = {},
): Promise<RegisteredMart> {
  await assertFree(draft, options.dataDir);
  const registry = await buildMart(draft, options);
  const file = await saveDraft(draft, options);
  return {
    name: draft.name,
    stamp: draft.stamp,
    tables: registry.tables.length,
    features: registry.features.filter(({ isKey }) => !isKey).length,
    file,
  };
}

/**
 * A mart that was not made from files must not be replaced by one that was, nor one of another owner.
 * @throws AppError BAD_INPUT
 */
export async function assertFree(
  { name, owner }: Pick<MartDraft, "name" | "owner">,
  dataDir?: string,
): Promise<void> {
  const place = placeOf(name, dataDir);
  const stored = await readDraft(name, { dataDir }).catch((thrown) => {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
    throw thrown;
  });
  const isBuiltIn =
    stored === null && ((await currentStamp(place)) !== null || name === config().defaultMart);
  if (isBuiltIn || (stored && stored.owner !== owner)) {
    throw new AppError("BAD_INPUT", `There is a mart called ${name} already. Choose another name.`, {
      details: { mart: name },
    });
  }
}
