export { openSnowflakeSession, openSnowflakeWarehouse, type SnowflakeSession } from "./warehouse";
