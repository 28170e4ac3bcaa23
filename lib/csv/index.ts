export { type CsvRecord, CsvRecordSplitter, fieldsOf } from "./records";
