import { execFile } from "node:child_process";
import path from "node:path";

/** The path of dbt's executable; null where the environment names none. */
export const dbt = process.env.DBT || null;

/**
 * Builds a project with dbt itself into a DuckDB file.
 * @returns the seconds that dbt's whole process took, and what it said
 */
export async function runDbt(
  command: "build" | "run",
  to: {
    directory: string;
    vars: Record<string, string>;
    file: string;
    scratch: string;
    threads?: number;
    exclude?: string[];
  },
): Promise<{ seconds: number; output: string }> {
  if (!dbt) throw new Error("Name dbt's executable in DBT.");
  const started = performance.now();
  const output = await execute(
    dbt,
    [
      command,
      ...["--project-dir", to.directory, "--profiles-dir", to.directory],
      ...["--target-path", path.join(to.scratch, "target"), "--log-path", path.join(to.scratch, "logs")],
      ...["--vars", JSON.stringify(to.vars), "--no-use-colors"],
      ...(to.exclude?.length ? ["--exclude", ...to.exclude] : []),
    ],
    { DBT_DUCKDB_PATH: to.file, DBT_THREADS: String(to.threads ?? 2) },
  );
  return { seconds: (performance.now() - started) / 1000, output };
}

function execute(command: string, args: string[], environment: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        error
          ? reject(new Error(`dbt failed:\n${stdout.slice(-4000)}\n${stderr.slice(-2000)}`))
          : resolve(stdout),
    );
  });
}
