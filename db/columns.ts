import { customType } from "drizzle-orm/pg-core";

/**
 * A jsonb column. PostgreSQL refuses NUL and half surrogate pairs inside jsonb, and a person may paste either, so they
 * are taken out on the way in.
 */
export const json = <T>(name: string) =>
  customType<{ data: T; driverData: unknown }>({
    dataType: () => "jsonb",
    toDriver: (value) => toJson(value),
  })(name);

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "string") return storable(inner);
    if (typeof inner === "bigint") return inner.toString();
    return inner;
  });
}

/** The text without what PostgreSQL cannot store. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD");
}
