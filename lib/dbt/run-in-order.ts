import { AppError } from "@/lib/errors";

export interface Task {
  name: string;
  /** Names of tasks that must be done before; those that are not among the tasks are taken for done. */
  after: string[];
}

/**
 * Runs each task once those it waits for are done, as many at once as allowed. The first failure stops what runs and starts
 * nothing more; it is thrown once all have ended. Results come in the order of the tasks.
 */
export async function runInOrder<T extends Task, Result>(
  tasks: T[],
  { atOnce, signal }: { atOnce: number; signal?: AbortSignal },
  work: (task: T, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const names = new Set(tasks.map(({ name }) => name));
  const waiting = [...tasks];
  const running = new Map<string, Promise<void>>();
  const results = new Map<string, Result>();
  const stop = new AbortController();
  const stopped = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let failure: unknown;
  const isReady = (task: T) => task.after.every((name) => !names.has(name) || results.has(name));
  const start = (task: T) => {
    const run = work(task, stopped)
      .then((result) => void results.set(task.name, result))
      .catch((thrown) => {
        failure ??= thrown;
        stop.abort();
      })
      .finally(() => void running.delete(task.name));
    running.set(task.name, run);
  };
  while (!stopped.aborted && (waiting.length > 0 || running.size > 0)) {
    for (
      let at = waiting.findIndex(isReady);
      at >= 0 && running.size < atOnce;
      at = waiting.findIndex(isReady)
    ) {
      for (const task of waiting.splice(at, 1)) start(task);
    }
    await Promise.race(running.values());
  }
  await Promise.all(running.values());
  if (signal?.aborted) throw new AppError("QUERY_CANCELLED");
  if (failure !== undefined) throw failure;
  return tasks.map(({ name }) => results.get(name) as Result);
}
