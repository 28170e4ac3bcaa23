export { type ExportFile, type Manifest, manifestSchema, parseManifest } from "./manifest";
export {
  type ExportRequest,
  exportPrefixOf,
  findPublished,
  type PublishedExport,
  publishExport,
  readPublished,
} from "./publish";
export { removeRemains } from "./remove-remains";
export { type Replay, replayManifest } from "./replay";
