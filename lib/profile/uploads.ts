import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { placeOf } from "@/lib/mart";
import { draftSchema, type MartDraft, martNameSchema } from "./draft";
import { draftMart } from "./draft-mart";
import { assertFree, claimName, findOwner, type MartOwners } from "./mart-owners";
import { distinctNames, identifierOf } from "./names";
import { draftError, parseWith } from "./problems";
import { type RegisteredMart, registerMart } from "./register-mart";

/** What one upload may hold; the unpacked size bounds what a packed file can grow to. */
export const uploadLimits = { files: 50, fileBytes: 512 * 1024 ** 2, unpackedBytes: 2 * 1024 ** 3 };

export interface Upload {
  /** Names the table; never used as a path. */
  name: string;
  /** Where the bytes were received; copied from there. */
  path: string;
}

/** What a browser may see of a draft: everything but where the server keeps the files. */
export type PublicDraft = Omit<MartDraft, "folder">;

/**
 * Keeps uploaded files, profiles them, and registers them as a mart of `owner`. The draft that comes back may be edited
 * and given to {@link correctMart}.
 * @throws AppError BAD_INPUT where a file's name, kind or size will not do, or the mart's name belongs to somebody else
 */
export async function registerUploadedFiles(
  input: { name: string; title?: string; files: Upload[]; owner: string; stamp?: string },
  options: { owners: MartOwners; dataDir?: string; limits?: typeof uploadLimits },
): Promise<{ draft: PublicDraft; mart: RegisteredMart }> {
  const limits = options.limits ?? uploadLimits;
  const name = parseWith(martNameSchema, input.name);
  await assertFree({ name, owner: input.owner }, options.owners, options);
  const safe = await safeNames(input.files, limits);
  const place = placeOf(name, options.dataDir);
  const folder = path.join(place.directory, `source-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    for (const [index, upload] of input.files.entries()) {
      await copyFile(upload.path, path.join(folder, safe[index] as string));
    }
    const { title, stamp, owner } = input;
    const draft = await draftMart({
      name,
      folder,
      owner,
      ...(title ? { title } : {}),
      ...(stamp ? { stamp } : {}),
      maxBytes: limits.unpackedBytes,
    });
    await claimName(draft, options.owners, options);
    const mart = await registerMart(draft, { ...options, maxBytes: limits.unpackedBytes });
    await removeOtherSources(place.directory, folder);
    return { draft: publicDraft(draft), mart };
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/**
 * Registers the mart again as `edited` describes it. Where the files lie, whose the mart is and what it is called are not
 * taken from the edit.
 * @throws AppError NOT_FOUND where the mart is not `owner`'s, or its files are on another machine; BAD_INPUT, KEY_TYPE_MISMATCH,
 *   GRAIN_FALSE naming JSON paths
 */
export async function correctMart(
  input: { name: string; edited: unknown; owner: string },
  options: { owners: MartOwners; dataDir?: string },
): Promise<{ draft: PublicDraft; mart: RegisteredMart }> {
  const stored = await findOwner(parseWith(martNameSchema, input.name), options.owners, options);
  if (!stored.draft || stored.owner !== input.owner) throw new AppError("NOT_FOUND");
  const draft = acceptEdit(stored.draft, input.edited);
  const mart = await registerMart(draft, { ...options, maxBytes: uploadLimits.unpackedBytes });
  return { draft: publicDraft(draft), mart };
}

/** @throws AppError BAD_INPUT */
export function acceptEdit(stored: MartDraft, edited: unknown): MartDraft {
  if (typeof edited !== "object" || edited === null || Array.isArray(edited)) {
    throw new AppError("BAD_INPUT", "The description must be a JSON object.");
  }
  const { name, folder, owner } = stored;
  const draft = parseWith(draftSchema, { ...edited, name, folder, owner });
  const files = new Set(stored.tables.map(({ file }) => file));
  const problems = draft.tables.flatMap(({ file }, index) =>
    files.has(file)
      ? []
      : [{ path: `tables[${index}].file`, problem: "is none of the files that were given" }],
  );
  if (problems.length > 0) throw draftError(problems);
  return draft;
}

export function publicDraft({ folder: _, ...draft }: MartDraft): PublicDraft {
  return draft;
}

async function safeNames(files: Upload[], limits: typeof uploadLimits): Promise<string[]> {
  const fail = (problem: string) => new AppError("BAD_INPUT", problem);
  if (files.length === 0) throw fail("Choose at least one .csv, .csv.gz or .parquet file.");
  if (files.length > limits.files) throw fail(`Give at most ${limits.files} files at once.`);
  const parts = files.map(({ name }) => {
    const match = /^(?:.*[/\\])?([^/\\]+?)\.(csv|csv\.gz|parquet)$/is.exec(name);
    const table = identifierOf(match?.[1] ?? "");
    if (!match || table === "") {
      throw fail(`${JSON.stringify(name.slice(0, 80))} is no name of a .csv, .csv.gz or .parquet file.`);
    }
    return { table, kind: (match[2] ?? "").toLowerCase() };
  });
  for (const { name, path: received } of files) {
    const { size } = await stat(received);
    if (size > limits.fileBytes) {
      throw fail(`${JSON.stringify(name.slice(0, 80))} is larger than ${limits.fileBytes / 1024 ** 2} MiB.`);
    }
  }
  const names = distinctNames(parts.map(({ table }) => table));
  return parts.map(({ kind }, index) => `${names[index]}.${kind}`);
}

async function removeOtherSources(directory: string, kept: string): Promise<void> {
  for (const entry of await readdir(directory)) {
    const full = path.join(directory, entry);
    if (entry.startsWith("source-") && full !== kept) await rm(full, { recursive: true, force: true });
  }
}
