export { type FreeSqlResult, runFreeSql, tablesOf } from "./run";
