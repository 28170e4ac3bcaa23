import type { Connection, ConnectionOptions, RowStatement, SnowflakeError } from "snowflake-sdk";
import { setVendorSwitches } from "@/lib/config";
import { AppError } from "@/lib/errors";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import type { Cell, QueryProgress, QueryResult } from "../port";
import { takeRows } from "../take-rows";
import { cellReader, columnTypeOf, type DeclaredColumn } from "./cells";
import { ResultGone, SessionLost, signInError, silent, statementError } from "./driver-error";
import { type Patience, within } from "./limits";
import { type Credentials, readCredentials, refuseAgain, remembered } from "./sign-in";
import { guardTransport, type HttpClient } from "./transport";

export interface Statement {
  sql: string;
  parameters: Cell[];
  /** Told to the service with the statement; it shows it in its query history. */
  tag: string;
  /** The same again for the same statement, so that the service does not run it twice when an answer is lost. */
  requestId: string;
}

export interface StatementResult extends QueryResult {
  declared: DeclaredColumn[];
}

export type QueryState = QueryProgress["state"] | "succeeded" | "failed" | "unknown";

/** One session of the service. Every method throws AppErrors, {@link SessionLost} and {@link ResultGone}, each within its {@link Patience}. */
export interface SnowflakeConnection {
  /** Hands the statement over; the query's id, while it runs on. */
  submit(statement: Statement): Promise<string>;
  stateOf(queryId: string): Promise<QueryState>;
  /** Every row of a finished query up to so many bytes, or its failure; never some of the rows. */
  resultOf(queryId: string, maximumBytes?: number): Promise<StatementResult>;
  /** Has the service end a query, and waits until it is over. */
  cancel(queryId: string): Promise<void>;
  /** Whether it may be used again. */
  isUsable(): boolean;
  /** Never to be used again, and closed once the promise has settled. */
  retire(after: Promise<unknown>): void;
  close(): Promise<void>;
}

/**
 * Signs in and pins what results depend on.
 * @throws AppError WAREHOUSE_DENIED naming the setting to correct, WAREHOUSE_UNAVAILABLE
 */
export async function connectSnowflake(
  settings: SnowflakeSettings,
  schema: string,
  patience: Patience,
): Promise<SnowflakeConnection> {
  const sdk = await loadSdk();
  const credentials = await readCredentials(settings);
  refuseAgain(settings, credentials);
  const opening = new Promise<Connection>((resolve, reject) => {
    const connection = sdk.createConnection(connectionOptions(settings, schema, credentials, patience));
    connection.connect((error) => (error ? reject(error) : resolve(connection)));
  });
  const connection = await within(patience.signIn, opening, silent).catch((thrown) => {
    // Whoever comes in late is shown out.
    opening.then(
      (late) => late.destroy(() => {}),
      () => {},
    );
    throw remembered(settings, credentials, signInError(thrown));
  });
  const opened = speakOurWords(connection, patience);
  try {
    await opened.prepare(sessionSettings(settings));
  } catch (thrown) {
    await opened.close();
    throw thrown instanceof AppError ? thrown : signInError(thrown);
  }
  return opened;
}

type Sdk = typeof import("snowflake-sdk");

let loading: Promise<Sdk> | undefined;

/** Loaded on first use: while it loads, the SDK looks around for the cloud that it runs in, unless told not to. */
function loadSdk(): Promise<Sdk> {
  setVendorSwitches({
    SNOWFLAKE_DISABLE_PLATFORM_DETECTION: "true",
    SNOWFLAKE_DISABLE_MINICORE: "true",
    SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: "true",
  });
  loading ??= Promise.all([
    import("snowflake-sdk").then(defaultOf<Sdk>),
    import("snowflake-sdk/dist/lib/http/axios_instance.js").then(defaultOf<HttpClient>),
  ]).then(([sdk, http]) => {
    guardTransport(http);
    // By default it writes a log file into the working directory, and prints.
    const drop = () => {};
    sdk.configure({
      logLevel: "OFF",
      additionalLogToConsole: false,
      customLogger: { error: drop, warn: drop, info: drop, debug: drop, trace: drop },
    });
    return sdk;
  });
  return loading;
}

/** How deep a CommonJS module's default lies depends on who loads it. */
function defaultOf<T>(module: object): T {
  return "default" in module ? defaultOf<T>(module.default as object) : (module as T);
}

function connectionOptions(
  settings: SnowflakeSettings,
  schema: string,
  credentials: Credentials,
  patience: Patience,
): ConnectionOptions {
  const { account, url, user, role, warehouse, database } = settings;
  return {
    ...{ account, username: user, warehouse, database, schema },
    ...(url ? { accessUrl: url.replace(/\/+$/, "") } : {}),
    ...(role ? { role } : {}),
    ...signInOptions(credentials),
    application: "AgenticFeatureMart",
    // A session with nothing to do ends by itself; it is renewed or replaced when needed again.
    clientSessionKeepAlive: false,
    jsTreatIntegerAsBigInt: true,
    rowMode: "array",
    streamResult: true,
    fetchAsString: ["Number", "JSON", "Buffer"],
    timeout: patience.request,
    sfRetryMaxLoginRetries: 2,
    disableConsoleLogin: true,
    representNullAsStringNull: false,
  };
}

function signInOptions(credentials: Credentials): ConnectionOptions {
  if (credentials.by === "password") return { authenticator: "SNOWFLAKE", password: credentials.password };
  if (credentials.by === "oauth") return { authenticator: "OAUTH", token: credentials.token };
  return { authenticator: "SNOWFLAKE_JWT", privateKey: credentials.pem };
}

function sessionSettings({ statementSeconds }: SnowflakeSettings): string {
  const parameters = {
    TIMEZONE: "'UTC'",
    TIMESTAMP_TYPE_MAPPING: "'TIMESTAMP_NTZ'",
    WEEK_START: 1,
    STRICT_JSON_OUTPUT: "TRUE",
    QUOTED_IDENTIFIERS_IGNORE_CASE: "FALSE",
    MULTI_STATEMENT_COUNT: 1,
    STATEMENT_TIMEOUT_IN_SECONDS: statementSeconds,
    // A query outlives the connection that began it, so that a restart can wait for it.
    ABORT_DETACHED_QUERY: "FALSE",
  };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  return `ALTER SESSION SET ${pairs.join(", ")}`;
}

function speakOurWords(
  connection: Connection,
  patience: Patience,
): SnowflakeConnection & { prepare(sql: string): Promise<void> } {
  let usable = true;
  let closing: Promise<void> | undefined;
  const signOut = () => {
    const leaving = new Promise<void>((resolve) => connection.destroy(() => resolve()));
    return within(patience.stop, leaving, silent).catch(() => {});
  };
  const bounded = <T>(work: Promise<T>) =>
    within(patience.request, work, silent).catch((thrown) => {
      const error = statementError(thrown);
      if (
        error instanceof SessionLost ||
        (error instanceof AppError && error.code === "WAREHOUSE_UNAVAILABLE")
      ) {
        usable = false;
      }
      throw error;
    });
  const cancel = (queryId: string) =>
    bounded(
      new Promise<void>((resolve, reject) => {
        // The SDK makes a statement of a query's id only by asking for its result: the answer comes when the query is over.
        const running = connection.fetchResult({ queryId, complete: () => resolve() });
        running.cancel((error) => error && reject(error));
      }),
    );
  const retire = (after: Promise<unknown>) => {
    usable = false;
    const settled = after.catch(() => {});
    closing ??= settled.then(signOut);
  };
  return {
    prepare: async (sqlText) => {
      await bounded(statement((complete) => connection.execute({ sqlText, complete })));
    },
    submit: async ({ sql, parameters, tag, requestId }) => {
      const handing = statement((complete) =>
        connection.execute({
          sqlText: sql,
          ...(parameters.length > 0 ? { binds: parameters } : {}),
          parameters: { QUERY_TAG: tag },
          asyncExec: true,
          requestId,
          complete,
        }),
      );
      return bounded(handing).then(
        (handed) => handed.getQueryId(),
        (thrown) => {
          // The SDK goes on trying: should the statement arrive now that nobody waits for it, it is ended.
          if (!usable) retire(handing.then((handed) => cancel(handed.getQueryId())));
          throw thrown;
        },
      );
    },
    stateOf: (queryId) =>
      bounded(connection.getQueryStatus(queryId).then(stateOf, (thrown) => renewed(connection, thrown))),
    resultOf: async (queryId, maximumBytes) => {
      const finished = await bounded(statement((complete) => connection.fetchResult({ queryId, complete })));
      return readAll(finished, patience, maximumBytes);
    },
    cancel,
    isUsable: () => usable && connection.isUp(),
    retire,
    close: () => {
      usable = false;
      closing ??= signOut();
      return closing;
    },
  };
}

type Complete = (error: SnowflakeError | undefined, statement: RowStatement) => void;

function statement(run: (complete: Complete) => unknown): Promise<RowStatement> {
  return new Promise((resolve, reject) => {
    run((error, finished) => (error ? reject(error) : resolve(finished)));
  });
}

const states: Record<string, QueryState> = {
  RUNNING: "running",
  BLOCKED: "running",
  ABORTING: "running",
  RESTARTED: "running",
  QUEUED: "queued",
  QUEUED_REPARING_WAREHOUSE: "queued",
  RESUMING_WAREHOUSE: "resuming warehouse",
  SUCCESS: "succeeded",
  FAILED_WITH_ERROR: "failed",
  FAILED_WITH_INCIDENT: "failed",
  ABORTED: "failed",
  DISCONNECTED: "failed",
};

function stateOf(status: string): QueryState {
  return states[status] ?? "unknown";
}

/** Asking for a state is the one thing for which the SDK does not renew a session by itself; a heartbeat makes it. */
async function renewed(connection: Connection, thrown: unknown): Promise<QueryState> {
  if (String((thrown as SnowflakeError).code) !== "390112") throw thrown;
  if (!(await connection.isValidAsync()))
    throw new SessionLost("The session could not be renewed.", { cause: thrown });
  return "running";
}

async function readAll(
  finished: RowStatement,
  patience: Patience,
  maximumBytes?: number,
): Promise<StatementResult> {
  const declared = (finished.getColumns() ?? []).map((column) => ({
    name: column.getName(),
    type: column.getType().toLowerCase(),
    precision: column.getPrecision() ?? 38,
    scale: column.getScale() ?? 0,
  }));
  const readers = declared.map(cellReader);
  const expected = finished.getNumRows();
  let received = 0;
  const stream = finished.streamRows();
  // A part of a result that cannot be read makes the SDK fall silent instead of failing.
  const watch = setTimeout(() => stream.destroy(new Error("no row came in time")), patience.row);
  const cells = async function* () {
    for await (const row of stream) {
      watch.refresh();
      received++;
      yield readers.map((read, index) => read(row[index]));
    }
  };
  const incomplete = (cause?: unknown) =>
    new AppError("RESULT_INCOMPLETE", undefined, { details: { expected, received }, cause });
  const taken = await takeRows(cells(), maximumBytes)
    .catch((cause) => {
      const lost = statementError(cause);
      throw lost instanceof SessionLost || lost instanceof ResultGone ? lost : incomplete(cause);
    })
    .finally(() => {
      clearTimeout(watch);
      stream.destroy();
    });
  if (!taken.truncated && received !== expected) throw incomplete();
  return {
    columns: declared.map((column) => ({ name: column.name, type: columnTypeOf(column) })),
    ...taken,
    declared,
  };
}
