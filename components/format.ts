/** How numbers, sizes and times read on the page. Pure, so that server and browser render the same text. */

/** 1234567 → "1,234,567", as the server's sentences write it. */
export function formatCount(value: number): string {
  const [whole = "0", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction ? `${grouped}.${fraction}` : grouped;
}

/** 0.98765 → "98.7%", rounded down as in the sentences beside it. Only a true 0 or 1 reads as 0% or 100%. */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.001) return "<0.1%";
  return `${Math.floor(rate * 1000 + 1e-9) / 10}%`;
}

const THIN = "\u202f";

/** 1536000 → "1.5 MB" (powers of ten, as file managers and object stores say it). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${THIN}B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${THIN}${units[power - 1]}`;
}

/** 840 → "0.8 s"; 83000 → "1 min 23 s". */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 0.1) return `${Math.round(milliseconds)}${THIN}ms`;
  if (seconds < 60) return `${seconds.toFixed(1)}${THIN}s`;
  return `${Math.floor(seconds / 60)}${THIN}min ${Math.floor(seconds % 60)}${THIN}s`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * A cell of a preview. Long fractions are cut to what can be read, the file keeps all digits; four digits stay together,
 * since they are often a year.
 */
export function formatCell(value: string | number | boolean): string {
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return Math.abs(value) < 10_000 ? String(value) : formatCount(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e9)) return value.toExponential(3);
  return formatCount(Number(value.toFixed(magnitude < 1 ? 5 : 3)));
}
