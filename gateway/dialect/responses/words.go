package responses

import "strings"

// words are the keys of the format and the values that it defines.
var words = wordSet(`
	model input instructions role content user system developer assistant type text message status completed in_progress incomplete
	input_text output_text input_image input_file input_audio summary_text reasoning_text refusal reasoning summary annotations logprobs
	image_url file_url file_data file_id filename detail auto low high original data format wav mp3 id name phase
	function function_call function_call_output custom custom_tool_call custom_tool_call_output call_id arguments output
	namespace additional_tools item_reference encrypted_content tool_search tool_search_call tool_search_output web_search web_search_preview
	web_search_call local_shell local_shell_call local_shell_call_output compaction compaction_trigger program program_output
	tools tool_choice parallel_tool_calls none required allowed_tools mode parameters strict description defer_loading grammar syntax
	definition lark regex max_output_tokens max_tool_calls temperature top_p top_logprobs truncation disabled
	stream stream_options include_obfuscation store metadata client_metadata prompt_cache_key prompt_cache_retention prompt_cache_options
	in_memory 24h safety_identifier service_tier default flex priority scale include reasoning.encrypted_content
	message.output_text.logprobs web_search_call.action.sources effort minimal medium xhigh max concise detailed generate_summary context
	all_turns verbosity json_schema json_object schema previous_response_id conversation background prompt context_management config
	search_context_size external_web_access user_location approximate filters allowed_domains
	object array string number integer boolean null properties items enum title additionalProperties
	anyOf oneOf allOf not const minimum maximum minLength maxLength pattern minItems maxItems uniqueItems
	$ref $defs definitions $schema examples`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// IsWord implements gateway.RequestFormat.
func (Dialect) IsWord(s string) bool { return words[s] }
