/** Above these shares of errors, some calls fail, or most. */
const someFail = 0.05;
const mostFail = 0.5;

/** healthOf judges a provider or a virtual key by the share of its calls that failed. */
export function healthOf({ calls, errors }: { calls: number; errors: number }): "idle" | "well" | "failing" | "broken" {
  if (calls === 0) {
    return "idle";
  }
  const share = errors / calls;
  return share > mostFail ? "broken" : share >= someFail ? "failing" : "well";
}
