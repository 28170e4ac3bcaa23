export { conceptsOf } from "./concepts";
export { fitLatent } from "./latent";
export { countedBy, type ModelMaker, openEmbedder, type VectorMaker } from "./open-embedder";
export type { Embedder } from "./port";
export { type Speller, speller } from "./spelling";
export { stem } from "./stem";
export { addTerms, ownTermsOf, type TermWeights } from "./terms";
export { withVectorCache } from "./vector-cache";
export { type Unit, unitsOf } from "./words";
