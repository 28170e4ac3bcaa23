import { buildMart } from "./build-mart";
import type { MartDraft } from "./draft";
import { saveDraft } from "./draft-store";

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
 * Builds and publishes the mart that the draft describes and keeps the draft beside it. Its name has been claimed for its owner:
 * a process may die at any moment of this.
 * @throws AppError BAD_INPUT, KEY_TYPE_MISMATCH, GRAIN_FALSE; then what was registered before is untouched
 */
export async function registerMart(
  draft: MartDraft,
  options: { dataDir?: string; maxBytes?: number } = {},
): Promise<RegisteredMart> {
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
