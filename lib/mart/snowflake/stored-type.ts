import { quoteName } from "@/lib/warehouse";

/** How a column of the embedded engine is carried over: the service's type, and what to write where Parquet needs a cast. */
export interface StoredType {
  type: string;
  cast?: string;
}

/** By the embedded engine's name of a type, for instance `DECIMAL(18,2)`. What has no type of its own there becomes text. */
export function storedType(name: string): StoredType {
  if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(name)) return { type: "NUMBER(38, 0)" };
  // Parquet has no integer so wide; the engine would write a float.
  if (/^U?HUGEINT$/.test(name)) return { type: "NUMBER(38, 0)", cast: "DECIMAL(38, 0)" };
  if (name.startsWith("DECIMAL(")) return { type: name.replace("DECIMAL", "NUMBER") };
  if (name === "DOUBLE") return { type: "DOUBLE" };
  if (name === "FLOAT") return { type: "DOUBLE", cast: "DOUBLE" };
  if (name === "VARCHAR" || name === "BOOLEAN" || name === "DATE") return { type: name };
  if (name === "TIMESTAMP_NS") return { type: "TIMESTAMP_NTZ(9)" };
  // The engine's session is in UTC, so what loses its zone is UTC.
  if (name.startsWith("TIMESTAMP")) return { type: "TIMESTAMP_NTZ(6)", cast: "TIMESTAMP" };
  return { type: "VARCHAR", cast: "VARCHAR" };
}

export function selectItem(column: string, { cast }: StoredType): string {
  const name = quoteName(column);
  return cast ? `CAST(${name} AS ${cast}) AS ${name}` : name;
}
