export { folderStore } from "./folder";
export type { ObjectStore } from "./port";
