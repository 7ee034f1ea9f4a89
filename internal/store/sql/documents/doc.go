// Package documents keeps what has versions: configs and prompts. It implements the stores of route and
// prompts.
//
// Its tables are configs, config_versions, prompts, prompt_versions and prompt_labels. All of it is control
// data, so that writers come one after the other and each gets a version of its own. A version never
// changes; a deleted config keeps its versions, and a slug that comes back goes on from them.
package documents
