export { addGroups } from "./add-groups";
export { checkSet, type Finding } from "./check-set";
export { type EnrichmentGroup, proposeGroups } from "./propose-groups";
