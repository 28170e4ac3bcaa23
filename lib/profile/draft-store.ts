import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { placeOf } from "@/lib/mart";
import { draftSchema, type MartDraft } from "./draft";
import { parseWith } from "./problems";

/** Where a person finds and corrects the draft: `mart.json` beside the mart's files. */
export function draftFileOf(name: string, dataDir?: string): string {
  return path.join(placeOf(name, dataDir).directory, "mart.json");
}

/**
 * Writes the draft for a person to read, in one step; what stood there is kept as `mart.previous.json`. Returns the
 * file's path.
 */
export async function saveDraft(draft: MartDraft, options: { dataDir?: string } = {}): Promise<string> {
  const file = draftFileOf(draft.name, options.dataDir);
  await mkdir(path.dirname(file), { recursive: true });
  const next = `${file}.${randomUUID()}`;
  const text = `${JSON.stringify(draft, null, 2)}\n`;
  const before = await readFile(file, "utf8").catch(() => null);
  if (before === text) return file;
  if (before !== null) await rename(file, file.replace(/\.json$/, ".previous.json"));
  await writeFile(next, text);
  await rename(next, file);
  return file;
}

/**
 * The draft as it stands in the file, corrected or not.
 * @throws AppError NOT_FOUND where there is none; BAD_INPUT naming the place where it is wrong
 */
export async function readDraft(name: string, options: { dataDir?: string } = {}): Promise<MartDraft> {
  const file = draftFileOf(name, options.dataDir);
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AppError(
      "NOT_FOUND",
      `There is no ${file}. Name the folder: mart add ${name} --from <folder>.`,
      {
        cause,
      },
    );
  });
  const draft = parseWith(draftSchema, parseJson(text, file));
  if (draft.name !== name) throw new AppError("BAD_INPUT", `name: ${file} must keep the name ${name}.`);
  return draft;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const where = cause instanceof Error ? /position \d+|line \d+ column \d+/.exec(cause.message)?.[0] : null;
    throw new AppError("BAD_INPUT", `${file} is not JSON${where ? ` (${where})` : ""}.`, { cause });
  }
}
