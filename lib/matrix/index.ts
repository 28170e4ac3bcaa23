export { buildMatrix, type MatrixResult } from "./build-matrix";
export { countRows } from "./count-rows";
