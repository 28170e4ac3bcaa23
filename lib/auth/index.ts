export type { Viewer } from "./viewer";
