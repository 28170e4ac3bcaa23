import { parseArgs } from "node:util";
import { ensureDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { martOwners } from "@/db/queries/mart-owners";
import { AppError } from "@/lib/errors";
import {
  claimName,
  draftMart,
  type MartDraft,
  readDraft,
  registerMart,
  saveDraft,
  summariseDraft,
} from "@/lib/profile";

export const addUsage = `  npm run mart -- add NAME --from FOLDER [--title T] [--stamp v2026.11]
                                                    makes a mart of CSV and Parquet files
  npm run mart -- add NAME                          builds it again from its corrected mart.json`;

/**
 * `mart add`: profiles a folder, shows what was inferred, registers it; without `--from`, registers the corrected file.
 * @throws AppError with what to correct
 */
export async function addMart(args: string[]): Promise<void> {
  const { name, ...values } = readArguments(args);
  await ensureDatabase({ onProgress: (step) => console.error(`· ${step}`) });
  await migrate();
  const draft = values.from
    ? await profile({ ...values, name, from: values.from })
    : await corrected(name, values);
  await claimName(draft, martOwners);
  const { stamp, tables, features, file } = await registerMart(draft);
  console.log(`Registered ${name} ${stamp}: ${tables} tables, ${features} features.`);
  console.log(`To correct it, edit ${file} and run: npm run mart -- add ${name}`);
}

function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { from: { type: "string" }, title: { type: "string" }, stamp: { type: "string" } },
    });
    const [name, ...more] = positionals;
    if (!name || more.length > 0) throw new Error("Name one mart.");
    return { ...values, name };
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError("BAD_INPUT", `${problem}\nUsage:\n${addUsage}`);
  }
}

async function profile(options: {
  name: string;
  from: string;
  title?: string;
  stamp?: string;
}): Promise<MartDraft> {
  const { from: folder, ...rest } = options;
  const draft = await draftMart({
    ...rest,
    folder,
    onTable: (table, rows) => console.error(`read ${table}: ${rows.toLocaleString("en")} rows`),
  });
  await claimName(draft, martOwners);
  // Written before the build, so that it can be corrected where the build fails.
  await saveDraft(draft);
  console.log(summariseDraft(draft));
  return draft;
}

async function corrected(name: string, values: { title?: string; stamp?: string }): Promise<MartDraft> {
  return { ...(await readDraft(name)), ...values };
}
