import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildModels, readProject } from "@/lib/dbt";
import { AppError, toAppError } from "@/lib/errors";

export const modelsUsage = `  npm run mart -- build-models --conformed FOLDER --to FILE [--end 2026-11-01] [--stamp v2026.11] [--augment FOLDER]
      [--select a,+b,tag:c] [--exclude d] [--threads N] [--memory 2GB] [--project FOLDER]
      builds the mart's models with the embedded runner; what the selected ones need is built first`;

/** @throws AppError BAD_INPUT, QUERY_FAILED */
export async function buildSomeModels(args: string[]): Promise<void> {
  const given = readArguments(args);
  const project = await readProject(given.project, {
    conformed: path.resolve(given.conformed),
    ...(given.augment ? { augment: path.resolve(given.augment) } : {}),
    stamp: given.stamp,
    end: `${given.end} 00:00:00`,
  });
  const scratch = await mkdtemp(path.join(os.tmpdir(), "build-models-"));
  const file = path.resolve(given.to);
  const compiledTo = `${file}.compiled`;
  await mkdir(path.dirname(file), { recursive: true });
  const started = performance.now();
  try {
    const { models: built, tests } = await buildModels(project, {
      file,
      scratch,
      compiledTo,
      ...(given.select ? { select: given.select.split(",") } : {}),
      // What stands on the augment step's files cannot be built without them.
      exclude: [...(given.exclude?.split(",") ?? []), ...(given.augment ? [] : ["tag:augment+"])],
      ...(given.threads ? { threads: Number(given.threads) } : {}),
      ...(given.memory ? { memoryLimit: given.memory } : {}),
      onModel: ({ model, rows, columns, seconds }, done, total) =>
        console.log(
          `${String(done).padStart(3)}/${total}  ${model.padEnd(40)} ${rows === null ? "view" : `${rows} rows`} × ${columns.length} columns  ${seconds.toFixed(2)} s`,
        ),
    });
    const columns = built.filter(({ table }) => table).reduce((sum, one) => sum + one.columns.length - 1, 0);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    for (const { test, status, failures, sampleSql } of tests.filter((one) => one.status !== "pass")) {
      console.log(`${status}: ${test}: ${failures} rows\n${sampleSql.replaceAll(/^/gm, "    ")}`);
    }
    const failed = tests.filter(({ status }) => status === "fail").length;
    if (failed > 0) process.exitCode = 1;
    console.log(`${tests.length} tests, ${failed} failed`);
    console.log(`${built.length} models, ${columns} columns of registered tables in ${seconds} s: ${file}`);
  } catch (thrown) {
    const { file: model } = toAppError(thrown).details;
    if (typeof model === "string") console.error(`The SQL as it was run: ${path.join(compiledTo, model)}`);
    throw thrown;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function readArguments(args: string[]) {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        ...{
          conformed: text,
          augment: text,
          to: text,
          select: text,
          exclude: text,
          threads: text,
          memory: text,
        },
        end: { type: "string", default: "2026-11-01" },
        stamp: { type: "string", default: "v2026.11" },
        project: { type: "string", default: path.join("db", "marts", "auto-marketplace") },
      },
    });
    const { conformed, to } = values;
    if (!conformed || !to) throw new Error("--conformed and --to are needed");
    return { ...values, conformed, to };
  } catch (thrown) {
    throw new AppError("BAD_INPUT", `${toAppError(thrown).cause ?? thrown}\nUsage:\n${modelsUsage}`);
  }
}
