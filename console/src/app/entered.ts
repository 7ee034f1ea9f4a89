/** The parameters of the address with which the console was opened, before the router tidies it. */
export const entered: Record<string, string> = Object.fromEntries(new URLSearchParams(window.location.search));
