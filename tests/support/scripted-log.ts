import { type ScriptedAnswer, scriptedServer } from "./scripted-server";

/** The lines of a log by hour of arrival, as its records stand in it. */
export type LogLines = Map<string, (string | Buffer)[]>;

/** An event log that gives at most `cap` lines at once. `onRecords` is told of each request for records and may answer it itself. */
export async function scriptedLog(
  lines: LogLines,
  options: { name?: string; cap?: number; onRecords?: (asked: number) => ScriptedAnswer | undefined } = {},
) {
  let asked = 0;
  return scriptedServer((url) => {
    const ask = (name: string) => url.searchParams.get(name) ?? "";
    const hours = [...lines.keys()].sort().filter((hour) => hour >= ask("from") && hour < ask("to"));
    if (url.pathname === "/partitions") {
      const partitions = hours.map((hour) => ({
        partition: hour,
        next_offset: lines.get(hour)?.length ?? 0,
      }));
      return { body: JSON.stringify({ log: options.name, partitions }) };
    }
    asked += 1;
    const own = options.onRecords?.(asked);
    if (own) return own;
    const most = Math.min(options.cap ?? 1e9, Number(ask("limit")));
    const found = hours
      .flatMap((hour) => (lines.get(hour) ?? []).slice(hour === ask("from") ? Number(ask("offset")) : 0))
      .slice(0, most);
    return { body: Buffer.concat(found.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])) };
  });
}

/** A record's line. */
export function logLine(partition: string, offset: number, row: object, kind = "visit"): string {
  return JSON.stringify({ partition, offset, kind, ...row });
}
