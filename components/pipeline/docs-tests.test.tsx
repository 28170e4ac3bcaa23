import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { DocsTests } from "./docs-tests";

const test = { test: "unique_shops_SHOP_ID", generic: "unique", column: "SHOP_ID" };
const said = (tests: Parameters<typeof DocsTests>[0]["tests"]) =>
  renderToStaticMarkup(<DocsTests tests={tests} />);

it("says of a test whose result is not there that it is not known now, and never that there is no test", () => {
  const waiting = said([{ ...test, found: null }]);
  expect(waiting).toContain("not known now");
  expect(waiting).not.toMatch(/no test|passed|failed/);
  expect(said([{ ...test, found: { status: "pass", failures: 0 } }])).toContain("passed");
  expect(said([{ ...test, found: { status: "fail", failures: 2 } }])).toContain("failed, 2 rows");
  expect(said([])).toContain("The project has no test of this table.");
});
