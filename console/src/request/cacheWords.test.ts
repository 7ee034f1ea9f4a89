import { expect, test } from "vitest";
import type { Translate } from "../texts/language";
import { cacheWords } from "./cacheWords";

const t: Translate = (key, values) => [key, ...Object.values(values ?? {})].join(" ");

test("the row's own reason comes first, then what its state means", () => {
  expect(cacheWords({ status: "MISS", reason: "the question is too long" }, t)).toBe("the question is too long");
  expect(cacheWords({ status: "HIT", tier: "alias" }, t)).toBe("request.cacheAlias");
  expect(cacheWords({ status: "SEMANTIC MISS", similarity: 0.81234, threshold: 0.95 }, t)).toBe(
    "request.cacheNearMiss 0.812 0.950",
  );
  expect(cacheWords({ status: "SEMANTIC MISS" }, t)).toBe("request.cacheMiss");
  expect(cacheWords({ status: "DISABLED" }, t)).toBe("request.cacheOff");
});
