export { type BuildOptions, type BuildResult, type BuiltModel, buildModels } from "./build-models";
export { type Declared, declareTables } from "./declare-tables";
export { columnLineage, type Lineage, sourcesOf } from "./lineage";
export { type Manifest, type ManifestColumn, type ManifestNode, makeManifest } from "./manifest";
export type { Model, Project } from "./project";
export { readProject } from "./read-project";
export type { TestResult } from "./run-tests";
