import type { Exchange } from "../api/exchange";
import type { Translate } from "../texts/language";

/** cacheWords tells why the cache answered a request, or did not: what the row says, else what its state means. */
export function cacheWords(cache: Exchange["cache"], t: Translate): string {
  if (cache.reason) {
    return cache.reason;
  }
  switch (cache.status) {
    case "HIT":
      return t(cache.tier === "alias" ? "request.cacheAlias" : "request.cacheExact");
    case "SEMANTIC HIT":
      return t("request.cacheNear");
    case "SEMANTIC MISS":
      return cache.similarity && cache.threshold
        ? t("request.cacheNearMiss", {
            similarity: cache.similarity.toFixed(3),
            threshold: cache.threshold.toFixed(3),
          })
        : t("request.cacheMiss");
    case "MISS":
      return t("request.cacheMiss");
    case "REFRESH":
      return t("request.cacheRefresh");
    default:
      return t("request.cacheOff");
  }
}
