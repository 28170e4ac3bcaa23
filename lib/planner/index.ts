export { applyAnswers } from "./apply-answers";
export { type AppliedRequest, applyRequest } from "./apply-request";
export { createPlanner } from "./create-planner";
export { offlinePlanner } from "./offline/planner";
export type { Answer, Planner, PlannerContext, QuestionContext, WrittenStatement } from "./port";
export type { Question } from "./question";
export { questionFor } from "./question-for";
export { matrixSubject, type PlannedRequest, requestSchema } from "./schema";
