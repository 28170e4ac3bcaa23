/** Finds tables for a phrase. Each phrase of a request is searched on its own. */
export interface RegistrySearch {
  /** How vectors were made and searched, in words: "latent vectors, HNSW". Shown where the ranking is shown. */
  readonly description: string;
  /**
   * Best first; empty when nothing fits. `score` is 0…1 and comparable between phrases. Of tables with the same words those about
   * `entity`, what the rows are about, come first; where it is not said, those about the entity that most tables are about.
   */
  rank(phrase: string, options?: { limit?: number; entity?: string }): Promise<RankedTable[]>;
  /** Single features, best first: for "what does … mean" and narrow requests. */
  rankFeatures(phrase: string, options?: { limit?: number; table?: string }): Promise<RankedFeature[]>;
}

export interface RankedTable {
  table: string;
  score: number;
  /** Which words of the phrase met which features or words of the table. */
  why: { word: string; met: string[] }[];
  /** How many of the table's features the phrase matches, and the best of them. */
  matchingFeatures: number;
  features: string[];
}

export interface RankedFeature {
  table: string;
  feature: string;
  score: number;
}
