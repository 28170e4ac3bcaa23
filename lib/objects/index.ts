export { folderStore } from "./folder";
export { openObjectStore } from "./open";
export type { ObjectStore } from "./port";
export { s3Store } from "./s3";
