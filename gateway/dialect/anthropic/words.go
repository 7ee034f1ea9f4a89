package anthropic

import "strings"

// words are the keys of the format and the values that it defines.
var words = wordSet(`
	model messages role content system user assistant type text max_tokens metadata user_id stop_sequences stream
	temperature top_k top_p tools tool_choice name description input_schema input_examples strict input id
	tool_use tool_use_id tool_result is_error disable_parallel_tool_use server_tool_use mcp_tool_use mcp_tool_result
	web_search_tool_result web_search_result web_fetch_tool_result code_execution_tool_result search_result
	image document source base64 url file file_id data media_type title context citations enabled content_block
	thinking redacted_thinking signature budget_tokens display adaptive disabled summarized omitted
	encrypted_content encrypted_index cited_text char_location page_location content_block_location
	cache_control ephemeral ttl 5m 1h container mcp_servers authorization_token tool_configuration allowed_tools
	service_tier standard_only auto any none tool custom output_config output_format format effort low medium high max
	json_schema schema context_management edits betas anthropic_version anthropic_beta config caller direct
	object array string number integer boolean null properties items enum required additionalProperties
	anyOf oneOf allOf not const default minimum maximum minLength maxLength pattern minItems maxItems uniqueItems
	$ref $defs definitions $schema examples
	image/png image/jpeg image/gif image/webp application/pdf text/plain`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// IsWord implements gateway.RequestFormat.
func (Dialect) IsWord(s string) bool { return words[s] }
