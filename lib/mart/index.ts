export { type BuildMart, ensureMart } from "./ensure";
export { buildFileOf, currentStamp, listMarts, type MartPlace, placeOf, publishMart } from "./layout";
export { closeMarts, type Mart, openMart } from "./open";
