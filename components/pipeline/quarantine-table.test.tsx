import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { QuarantineTable } from "./quarantine-table";

it("says that no row was set aside only where all were read", () => {
  const said = (read: "all" | "soFar" | "cutOff") =>
    renderToStaticMarkup(<QuarantineTable entries={[]} read={read} />).replace(/<[^>]+>/g, "");
  expect(said("all")).toBe("No row was set aside.");
  expect(said("soFar")).toBe("None so far.");
  expect(said("cutOff")).toContain("not known");
});
