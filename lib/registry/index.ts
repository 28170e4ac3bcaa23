export { hashRegistry } from "./hash";
export { type DeclaredFeature, type DeclaredRegistry, type DeclaredTable, measureRegistry } from "./measure";
export type * from "./search-port";
export { readRegistry, type SharedRegistry, writeRegistry } from "./store";
export { tableWords } from "./table-words";
export { buildColumns, registryTableNames, registryTables } from "./tables";
export type * from "./types";
