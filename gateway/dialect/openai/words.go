package openai

import "strings"

// words are the keys of the format and the values that it defines.
var words = wordSet(`
	model models messages role content name user system developer assistant tool function type text
	tools tool_choice tool_calls tool_call_id functions function_call arguments parameters strict index id
	stream stream_options include_usage max_tokens max_completion_tokens temperature top_p top_k min_p n stop seed
	frequency_penalty presence_penalty repetition_penalty logit_bias logprobs top_logprobs response_format
	json_object json_schema schema parallel_tool_calls reasoning_effort verbosity service_tier store metadata
	prompt_cache_key safety_identifier modalities audio prediction web_search_options user_location
	image_url video_url audio_url input_audio input_text input_image input_file file file_data file_id filename data
	url detail format voice refusal reasoning reasoning_content reasoning_details thinking thinking_blocks signature
	cache_control ephemeral input encoding_format dimensions config
	auto none required any low medium high xhigh minimal default flex priority float base64 wav mp3
	object array string number integer boolean null properties items enum description title additionalProperties
	anyOf oneOf allOf not const default minimum maximum minLength maxLength pattern minItems maxItems uniqueItems
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
