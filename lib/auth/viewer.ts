/** Who is asking. Every query of the app database takes one, and gives it only what it owns. */
export interface Viewer {
  id: string;
  name: string;
}
