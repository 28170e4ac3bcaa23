import { type SettingName, type Settings, settingsSchema } from "./schema";

/** What is wrong with the settings, as `NAME: what and why`. */
export interface Problems {
  readonly list: readonly string[];
  /** Not said of a setting whose own value is wrong: that says enough. */
  add(name: SettingName, what: string): void;
}

/** Every setting by its schema; one that is wrong is named and goes on as if it were not set, so that the rest is checked too. */
export function readSettings(environment: Record<string, string | undefined>): {
  settings: Settings;
  problems: Problems;
} {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = settingsSchema.safeParse(present);
  const issues = parsed.success ? [] : parsed.error.issues;
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  const list = issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const rest = Object.fromEntries(Object.entries(present).filter(([name]) => !wrong.has(name)));
  return {
    settings: parsed.success ? parsed.data : settingsSchema.parse(rest),
    problems: { list, add: (name, what) => void (wrong.has(name) || list.push(`${name}: ${what}`)) },
  };
}
