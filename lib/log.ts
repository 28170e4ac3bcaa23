import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { learnedSecrets } from "@/lib/settings/secrets";

const levels = ["debug", "info", "warn", "error"] as const;
type Level = (typeof levels)[number];

/** Small facts of an event: a run's id, counts, milliseconds; `error` may be anything that was thrown. */
export type LogFields = Record<string, unknown>;

/** Structured log: one JSON object per line on standard error. Events are noun and verb: `run resumed`. */
export const log: Record<Level, (event: string, fields?: LogFields) => void> = {
  debug: (event, fields) => write("debug", event, fields),
  info: (event, fields) => write("info", event, fields),
  warn: (event, fields) => write("warn", event, fields),
  error: (event, fields) => write("error", event, fields),
};

function write(level: Level, event: string, fields: LogFields = {}): void {
  const { logLevel, secrets } = settings();
  if (levels.indexOf(level) < levels.indexOf(logLevel)) return;
  process.stderr.write(`${logLine(level, event, fields, [...secrets, ...learnedSecrets()])}\n`);
}

/** The line itself. Exported for its test. */
export function logLine(level: Level, event: string, fields: LogFields, secrets: string[]): string {
  const entry = { level, time: new Date().toISOString(), event, ...fields };
  return JSON.stringify(entry, (key, value: unknown) => {
    if (secretNames.test(key) && typeof value === "string") return "[redacted]";
    if (typeof value === "string") return redact(value, secrets);
    if (typeof value === "bigint") return value.toString();
    return value instanceof Error ? describe(value) : value;
  });
}

const secretNames = /^(password|secret|token|api_?key|authorization|cookie)$/i;

/** Shapes of secrets that a vendor's message may repeat. */
const secretShapes: [RegExp, string][] = [
  [/\b(sk|pk|rk)-[\w-]{8,}/g, "[redacted]"],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, "[redacted]"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "[redacted]"],
  [/\bToken=\\*"[^"]+"/g, "Token=[redacted]"],
  [/\bBearer\s+[\w.~+/=-]+/gi, "Bearer [redacted]"],
  [/(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g, "$1:[redacted]@"],
  // What a failed query was given: people's words, whole plans.
  [/^params: [\s\S]*?(?=\n {4}at |$(?![\s\S]))/m, "params: [left out]"],
];

function redact(text: string, secrets: string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, "[redacted]");
  for (const [shape, replacement] of secretShapes) clean = clean.replace(shape, replacement);
  return clean;
}

/** An error with everything that caused it: the vendor's own words, which a person never sees, are in there. */
function describe(error: Error): LogFields {
  const about: LogFields =
    error instanceof AppError
      ? { code: error.code, message: error.message, details: error.details }
      : { name: error.name, message: error.message, stack: error.stack };
  return error.cause === undefined ? about : { ...about, cause: error.cause };
}

/** Bad settings are reported where they are read; a log line must come out all the same. */
function settings(): { logLevel: Level; secrets: string[] } {
  try {
    const { logLevel, secrets } = config();
    return { logLevel, secrets };
  } catch {
    return { logLevel: "info", secrets: [] };
  }
}
