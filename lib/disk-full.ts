const saysSo = /\b(ENOSPC|EDQUOT|No space left on device|Disk quota exceeded)\b/i;

/** Did this, or what caused it, fail since a disk is full? Node, DuckDB and PostgreSQL repeat the operating system's words. */
export function isDiskFull(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (saysSo.test(`${(error as NodeJS.ErrnoException).code} ${error.message}`)) return true;
  }
  return false;
}
