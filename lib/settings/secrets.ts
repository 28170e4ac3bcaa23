import { type Settings, secretSettings } from "./schema";

/** The secret values themselves, and of an address its password, as written and as meant. Short ones would hit by chance. */
export function secretsOf(settings: Settings): string[] {
  const values = secretSettings.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [value, ...passwordsOf(value)];
  });
  return [...new Set(values)].filter((value) => value.length >= 6);
}

function passwordsOf(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { password } = new URL(address);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
