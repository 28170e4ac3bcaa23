/** Makes vectors of texts. Vectors have length one, so their dot product is the cosine; a text it knows nothing of gives zeros. */
export interface Embedder {
  /** For instance `latent vectors` or `MiniLM`: shown where rankings are shown. */
  readonly name: string;
  /** Of files that hold its vectors: no other maker or model has the same. */
  readonly key: string;
  /** Fails when `signal` was aborted, by makers that take their time. */
  embed(texts: string[], signal?: AbortSignal): Promise<Float32Array[]>;
}
