import { processWide } from "@/lib/process-wide";
import { type Settings, secretSettings } from "./schema";

/**
 * The secret values themselves, and of an address its password, each in every form in which a vendor may repeat it; the longest
 * first, so that none is taken for a part of another. Short ones would hit by chance.
 */
export function secretsOf(settings: Settings): string[] {
  const values = secretSettings.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [value, ...passwordsOf(value)];
  });
  const forms = values.filter((value) => value.length >= 6).flatMap(formsOf);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** By what it is for; the latest, since such tokens are renewed again and again. */
const learned = processWide("learned secrets", () => new Map<string, string[]>());

/** Keeps out of the log a secret that is in no setting itself: what a file holds that a setting names. */
export function learnSecret(purpose: string, secret: string): void {
  if (secret.length >= 6) learned.set(purpose, formsOf(secret));
}

export function learnedSecrets(): string[] {
  return [...learned.values()].flat();
}

/** A secret as it is, in JSON, in an address, and in base64. */
export function formsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [
    ...[secret, inJson, JSON.stringify(inJson).slice(1, -1)],
    ...[encodeURIComponent(secret), Buffer.from(secret).toString("base64")],
  ];
}

/** With its user before it, as a request shows it. */
function passwordsOf(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password } = new URL(address);
  if (password === "") return [];
  try {
    const meant = decodeURIComponent(password);
    return [password, meant, Buffer.from(`${decodeURIComponent(username)}:${meant}`).toString("base64")];
  } catch {
    return [password];
  }
}
