export { askModel, type ChatTurn, embedWithModel, type ModelAnswer, type ModelSettings } from "./ask-model";
export { type Judged, type Judging, judgeItems } from "./judge-items";
export { strictJsonSchema } from "./strict-json-schema";
