import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import type { QueryJournal } from "@/lib/warehouse";

/** Settings that lead to an emulator, or to a proxy in front of one. */
export function settingsFor(url: string, changes: Partial<SnowflakeSettings> = {}): SnowflakeSettings {
  return {
    account: "fakesnow",
    url,
    user: "feature_mart",
    signIn: { by: "password", password: "any-password" },
    role: null,
    warehouse: "FEATURE_WH",
    database: "ANALYTICS_DB",
    schema: "FEATURE_MART",
    storageIntegration: null,
    readRole: null,
    pool: 4,
    statementSeconds: 120,
    ...changes,
  };
}

/** So that a test of a service that is away does not take the minutes that a person would grant it. */
export const impatient = { signIn: 4000, request: 4000, row: 3000, stop: 2500 };

export interface HandedOver {
  id: string;
  session: number;
  requestId: string;
  sqlText: string;
  parameters: Record<string, string>;
  status: string;
}

/** Every statement that the emulator was handed whose text fits, in order. */
export async function handedOver(emulator: string, text: RegExp): Promise<HandedOver[]> {
  const answer = await fetch(`${emulator}/emulator/statements`);
  const statements = (await answer.json()) as HandedOver[];
  return statements.filter(({ sqlText }) => text.test(sqlText));
}

/** Ends every session that is open; with `master`, none of them can be renewed. */
export async function expireSessions(emulator: string, what: "session" | "master"): Promise<void> {
  await fetch(`${emulator}/emulator/expire?what=${what}`, { method: "POST" });
}

export function memoryJournal(): QueryJournal & { entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    find: async (statement) => entries.get(statement) ?? null,
    record: async (statement, queryId) => void entries.set(statement, queryId),
  };
}
