/** Makes vectors of texts. Vectors have length one, so their dot product is the cosine; a text it knows nothing of gives zeros. */
export interface Embedder {
  /** For instance `latent` or `MiniLM`: shown where rankings are shown. */
  readonly name: string;
  readonly dimensions: number;
  embed(texts: string[]): Promise<Float32Array[]>;
}
