export { hashRegistry } from "./hash";
export { type DeclaredFeature, type DeclaredRegistry, type DeclaredTable, measureRegistry } from "./measure";
export type * from "./search-port";
export { readRegistry, registryTableNames, writeRegistry } from "./store";
export { tableWords } from "./table-words";
export type * from "./types";
