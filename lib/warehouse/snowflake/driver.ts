import type { Connection, RowStatement, SnowflakeError } from "snowflake-sdk";
import { setVendorSwitches } from "@/lib/config";
import { AppError } from "@/lib/errors";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import type { QueryState, SnowflakeConnection } from "./connection";
import { SessionLost, signInError, silent, statementError } from "./driver-error";
import { type Patience, within } from "./limits";
import { stateOf } from "./query-states";
import { readResult } from "./read-result";
import { connectionOptions, sessionSettings } from "./session-options";
import { readCredentials, refuseAgain, remembered } from "./sign-in";
import { guardTransport, type HttpClient } from "./transport";

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
      return readResult(finished, patience, maximumBytes);
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

/** Asking for a state is the one thing for which the SDK does not renew a session by itself; a heartbeat makes it. */
async function renewed(connection: Connection, thrown: unknown): Promise<QueryState> {
  if (String((thrown as SnowflakeError).code) !== "390112") throw thrown;
  if (!(await connection.isValidAsync()))
    throw new SessionLost("The session could not be renewed.", { cause: thrown });
  return "running";
}
