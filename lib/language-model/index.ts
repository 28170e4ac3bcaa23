export { askModel, isModelFailure, type Question } from "./ask-model";
export { type EmbeddingModel, embedWithModel } from "./embed-with-model";
export { type Judged, type Judging, judgeItems } from "./judge-items";
export {
  type ChatTurn,
  type KeptAnswers,
  type LanguageModel,
  localLedger,
  localModel,
  noKeptAnswers,
  type Reservation,
  type TokenLedger,
  type UsedUp,
} from "./model";
export { readJson } from "./read-json";
export { strictJsonSchema } from "./strict-json-schema";
