// Package models answers which models a caller can use, in the shape that its client reads:
// OpenAI's, Anthropic's, Google's, Ollama's, OpenRouter's or Codex's. What a client of one vendor does not
// know of, such as a price, stands in additional fields. What is not known is null.
//
//	/v1beta/models             Google's
//	/api/tags, /api/show       Ollama's
//	header anthropic-version   Anthropic's
//	x-goog-api-key or ?key=    Google's
//	?client_version=           Codex's, which its configuration reads from a file
//	/api/v1, compat            OpenRouter's
//	all others                 OpenAI's
//
// Every list is cut into pages by the parameters of its vendor. The ids can be called as they
// stand; in a path their slashes and @ may be percent-encoded or not.
package models
