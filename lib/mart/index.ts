export type { BuildFile } from "./catalog";
export { type BuildMart, ensureMart, removeLeftovers } from "./ensure";
export { buildFileOf, type MartPlace, placeOf } from "./layout";
export { currentStamp, listMarts, publishMart } from "./marts";
export { closeMarts, type Mart, openMart } from "./open";
