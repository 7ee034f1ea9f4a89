package gemini

// parameters are the members of generationConfig that configs name as OpenAI does.
var parameters = map[string]string{
	"temperature": "temperature", "top_p": "topP", "top_k": "topK", "seed": "seed", "n": "candidateCount", "stop": "stopSequences",
	"max_tokens": "maxOutputTokens", "max_completion_tokens": "maxOutputTokens", "max_output_tokens": "maxOutputTokens",
	"presence_penalty": "presencePenalty", "frequency_penalty": "frequencyPenalty", "logprobs": "responseLogprobs", "top_logprobs": "logprobs",
}

// Place implements gateway.ParameterPlacer.
func (Dialect) Place(name string, value []byte) ([]string, []byte) {
	member, ok := parameters[name]
	if !ok {
		return []string{name}, value
	}
	if member == "stopSequences" && len(value) > 0 && value[0] == '"' {
		value = array([][]byte{value})
	}
	return []string{"generationConfig", member}, value
}
