import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { currentStamp, placeOf } from "@/lib/mart";
import type { MartDraft } from "./draft";
import { readDraft } from "./draft-store";

/** Whose the marts made from files are, kept where every machine sees it. */
export interface MartOwners {
  /** Null where no mart of this name was made from files. */
  find(mart: string): Promise<string | null>;
  /** Takes the name for the owner unless it is taken: of several at once one gets it. @returns whose it is now */
  claim(mart: string, owner: string): Promise<string>;
  /** Does the app build a mart of this name by itself? Files never take its place, also before it is there. */
  isReserved(mart: string): boolean;
}

/** The owner of what a machine's commands make: it is everyone's. */
export const everyone = "local";

/**
 * Whose the mart is, and its description where this machine has it and can read it. The owner is null for a mart that was not
 * made from files, and where what lies on this machine is not the mart whose owner is known.
 * @throws AppError MART_UNKNOWN for a name that no mart can have
 */
export async function findOwner(
  mart: string,
  owners: MartOwners,
  options: { dataDir?: string } = {},
): Promise<{ owner: string | null; draft: MartDraft | null; isDescribed: boolean }> {
  let isDescribed = true;
  const draft = await readDraft(mart, options).catch((thrown) => {
    const code = thrown instanceof AppError ? thrown.code : null;
    if (code !== "NOT_FOUND" && code !== "BAD_INPUT") throw thrown;
    isDescribed = code === "BAD_INPUT";
    // Not thrown: who asks may be anybody, and what is wrong in it is for its owner and the machine's.
    if (isDescribed) log.warn("mart's description not read", { mart, error: thrown });
    return null;
  });
  // Earlier versions knew owners by the description alone.
  const owner = (await owners.find(mart)) ?? (draft && (await owners.claim(mart, draft.owner)));
  return { owner: draft && draft.owner !== owner ? null : owner, draft, isDescribed };
}

/**
 * A mart that was not made from files must not be replaced by one that was, nor one of another owner.
 * @throws AppError BAD_INPUT
 */
export async function assertFree(
  { name, owner }: Pick<MartDraft, "name" | "owner">,
  owners: MartOwners,
  options: { dataDir?: string } = {},
): Promise<void> {
  const known = await findOwner(name, owners, options);
  if (known.owner === owner) return;
  const isOurs = owners.isReserved(name) || name === config().defaultMart;
  const isPublished = (await currentStamp(placeOf(name, options.dataDir))) !== null;
  if (known.owner !== null || known.isDescribed || isPublished || isOurs) throw isTaken(name);
}

/**
 * Takes the name, so that the owner is known before the mart is there to be seen. Where the build then fails it stays theirs:
 * they may be building under it once more already.
 * @throws AppError BAD_INPUT, see {@link assertFree}
 */
export async function claimName(
  draft: Pick<MartDraft, "name" | "owner">,
  owners: MartOwners,
  options: { dataDir?: string } = {},
): Promise<void> {
  await assertFree(draft, owners, options);
  if ((await owners.claim(draft.name, draft.owner)) !== draft.owner) throw isTaken(draft.name);
}

function isTaken(mart: string): AppError {
  return new AppError("BAD_INPUT", `The name ${mart} is taken. Choose another name.`, {
    details: { mart },
  });
}
