export { asksForFigures } from "./forms";
export { questionSql } from "./question-sql";
export { type ReadQuestion, readQuestion } from "./read-question";
export { sayAnswer, sayReading } from "./say";
