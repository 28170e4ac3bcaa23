export interface DuckDbLimits {
  /** For instance `2GB`; the engine's own default (80 % of memory) when absent. */
  memoryLimit?: string;
  threads?: number;
  /** Where what exceeds the memory goes; of a writer alone, beside its file when absent. */
  spillDirectory?: string;
  /** False: nothing goes anywhere, and a statement that exceeds the memory fails. For reading alone. */
  spill?: false;
}

/** The engine's settings for these limits. */
export function limitSettings(limits: DuckDbLimits): Record<string, string> {
  const { memoryLimit, threads, spillDirectory } = limits;
  return {
    ...(memoryLimit ? { memory_limit: memoryLimit } : {}),
    ...(threads ? { threads: String(threads) } : {}),
    ...(spillDirectory ? { temp_directory: spillDirectory } : {}),
  };
}
