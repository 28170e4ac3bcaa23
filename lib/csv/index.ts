export { type CsvRecord, CsvRecordSplitter, csvProblems, fieldsOf } from "./records";
