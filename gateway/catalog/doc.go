// Package catalog holds the prices of models.
//
// The table is the embedded file prices.json. It has one row per provider, model and day
// from which the price is valid, in nano-USD per million tokens. A new price is a new row
// with a later "from". Rows are never changed, so the cost of an old exchange can be
// computed again. The prices are list prices of the standard tier; negotiated prices belong
// on the virtual key ("prices"). "source" says where a row was read. No price was checked on
// a vendor's own page.
//
// # Lookup
//
// Price looks up the exact id, then the id without its snapshot date ("gpt-5-2026-01-01",
// "claude-opus-4-7-20260416"), for Anthropic also without "-latest", and for a fine-tuned
// model ("ft:base:org:name:id") the row of "ft:base". Price never uses the price of a
// similar name. A model that is not in the table has no known price, which is not a price of
// 0.
//
// # Prices that the table does not contain
//
// Batch, flex, priority and regional tiers; prices that rise with the length of the prompt
// (models with only such prices are omitted, others have the price of their base tier);
// one-hour cache writes; and fees per image, search or second.
package catalog
