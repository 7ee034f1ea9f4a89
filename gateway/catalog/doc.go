// Package catalog knows what models cost, and how long their answers may be.
//
// The table is prices.json, embedded: one row per provider, model and day from which a
// price holds, in nano-USD per million tokens. A new price is a new row with a later
// "from"; rows are never rewritten, so that the cost of an old exchange can be computed
// again and comes out the same. The prices are list prices for the standard tier; a
// contract's own prices belong on the virtual key ("prices"). Where a row was read is its
// "source"; none was checked on a vendor's own page.
//
// # Lookup
//
// Price answers for the exact id, then for the id without its snapshot date
// ("gpt-5-2026-01-01", "claude-opus-4-7-20260416"), for Anthropic also without "-latest",
// and for a fine-tuned model ("ft:base:org:name:id") by the row of "ft:base". It never
// guesses from a similar name: a model that is not in the table is unpriced, and
// unpriced is not free.
//
// # What the table does not know
//
// Batch, flex, priority and regional tiers, prices that rise with the length of the
// prompt (models sold only so are left out, others are priced at their base tier),
// one-hour cache writes, and fees per image, search or second.
//
// # Output limits
//
// maxoutput.json has the most output tokens of one answer, for those models of prices.json
// that LiteLLM's table knows; command gen writes it. A budget writes no higher limit into a
// request.
package catalog
