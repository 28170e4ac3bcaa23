import { runningEngines } from "./state";

/** Prints which servers run, and where. */
export async function printStatus(folder: string): Promise<void> {
  const running = await runningEngines(folder);
  for (const name of ["S3", "Snowflake"] as const) {
    const engine = running[name];
    console.log(`${name}: ${engine ? `runs at ${engine.url} (process ${engine.pid})` : "does not run"}`);
  }
}
