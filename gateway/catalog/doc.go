// Package catalog knows models: their prices, limits and capabilities.
//
// The embedded table, models.tsv.gz, is written by the program in gen from three published sources;
// package table describes its format. A regenerated table is committed like code: read the diff of
// `zcat models.tsv.gz`, and conflicts.txt, which lists the models for which two sources tell
// different prices. No price was checked on a vendor's own page; negotiated prices belong on the
// virtual key ("prices").
//
// The table is kept as text. A line is parsed when its model is first asked for. Another edition of it
// can take its place at any time ([Catalog.Use]): package refresh reads one that somebody has published
// as package signed tells.
//
// # Lookup
//
// A model is looked up by its exact id, then by the id without its snapshot date
// ("gpt-5-2026-01-01", "claude-opus-4-7-20260416"), for Anthropic also without "-latest", and a
// fine-tuned model ("ft:base:org:name:id") by "ft:base". The price of a similar name is never used.
// A model without a price in the table has an unknown price, which is not a price of 0. The same
// holds for a model whose every price is 0 in its source: such models are paid by a subscription, or
// nobody has looked their price up.
//
// A model that is priced by pieces only (images, seconds, characters, queries, pages, calls) has the
// price of these: [gateway.Price.NoTokens]. A call that uses none of them has an unknown cost.
//
// # What a price depends on
//
// [Catalog.Price] obeys the day, the hour (DeepSeek's off-peak hours, without China's public
// holidays) and the length of the prompt ([gateway.PriceBand]). A price's version names the provider,
// the model and the day from which it is valid, or the edition's day where the sources do not tell one.
//
// What only the answer can tell is in the price, for whoever bills: variants for service tiers and
// regions ([gateway.PriceVariant]), each with its own bands, and the prices of all other units. A
// search costs the same in each tier unless the table says otherwise.
package catalog
