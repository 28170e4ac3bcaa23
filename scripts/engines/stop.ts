import { setTimeout as delay } from "node:timers/promises";
import { isEngine, rememberEngines, runningEngines } from "./state";

/** Stops what runs; what the servers hold is kept. */
export async function stopEngines(folder: string): Promise<void> {
  for (const [name, { pid }] of Object.entries(await runningEngines(folder))) {
    await stop(pid);
    console.log(`${name}: stopped`);
  }
  await rememberEngines(folder, {});
}

async function stop(pid: number): Promise<void> {
  for (let waited = 0; await isEngine(pid); waited += 100) {
    if (waited === 0) process.kill(pid, "SIGTERM");
    if (waited === 5000) process.kill(pid, "SIGKILL");
    await delay(100);
  }
}
