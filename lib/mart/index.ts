export { type BuildMart, ensureMart, removeLeftovers } from "./ensure";
export { buildFileOf, currentStamp, listMarts, type MartPlace, placeOf, publishMart } from "./layout";
export { closeMarts, type Mart, openMart } from "./open";
