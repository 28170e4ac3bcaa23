export { askModel, type ChatTurn, embedWithModel, type ModelAnswer, type ModelSettings } from "./ask-model";
