export type { Account } from "./account";
export { conformTables } from "./conform-tables";
