// Package reconcile compares what a vendor says was used with the rows of calls.
//
// [Open] and [Read] read a vendor's export into entries: usage or costs of one day, one model and one key of
// the vendor's. [Compare] sums both sides up by day, model and, where it is told which keys are
// which, key, and names the groups that do not agree. It does no I/O.
//
// # Formats
//
// JSON of the vendors' administration APIs, as a page or as the list of its buckets: OpenAI's
// /v1/organization/usage/completions and /v1/organization/costs, Anthropic's
// /v1/organizations/usage_report/messages and /v1/organizations/cost_report (amounts in cents).
// CSV with a head: the exports of OpenAI's and Anthropic's consoles. Google's billing export of
// BigQuery, as CSV or as lines of JSON: amounts only, of the models that the names of its SKUs begin
// with. AWS's Cost and Usage Report and CUR 2.0 (of Bedrock) and Azure's cost details, as CSV, also compressed
// with gzip, or as Parquet: amounts only, of the model whose words the names of the usage have.
package reconcile
