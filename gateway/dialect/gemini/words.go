package gemini

import "strings"

// words are the keys of the format and the values that it defines, in the spelling of the
// documentation.
var words = wordSet(`
	model stream config contents content role user function parts text thought thoughtSignature inlineData mimeType data displayName
	fileData fileUri functionCall functionResponse id name args response output error willContinue scheduling executableCode code language
	PYTHON codeExecutionResult outcome output OUTCOME_OK OUTCOME_FAILED videoMetadata startOffset endOffset fps
	systemInstruction tools functionDeclarations description parameters parametersJsonSchema responseJsonSchema behavior
	googleSearch googleSearchRetrieval codeExecution urlContext computerUse fileSearch googleMaps
	toolConfig functionCallingConfig mode allowedFunctionNames AUTO ANY NONE VALIDATED MODE_UNSPECIFIED retrievalConfig
	safetySettings category threshold method cachedContent labels generationConfig generateContentRequest
	stopSequences candidateCount maxOutputTokens temperature topP topK seed responseMimeType responseSchema responseModalities
	presencePenalty frequencyPenalty responseLogprobs logprobs speechConfig thinkingConfig includeThoughts thinkingBudget thinkingLevel
	MINIMAL LOW MEDIUM HIGH mediaResolution imageConfig aspectRatio imageSize TEXT IMAGE AUDIO
	requests taskType title outputDimensionality RETRIEVAL_QUERY RETRIEVAL_DOCUMENT SEMANTIC_SIMILARITY CLASSIFICATION CLUSTERING
	QUESTION_ANSWERING FACT_VERIFICATION CODE_RETRIEVAL_QUERY
	HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH HARM_CATEGORY_SEXUALLY_EXPLICIT HARM_CATEGORY_DANGEROUS_CONTENT
	HARM_CATEGORY_CIVIC_INTEGRITY BLOCK_NONE BLOCK_ONLY_HIGH BLOCK_MEDIUM_AND_ABOVE BLOCK_LOW_AND_ABOVE OFF
	type format nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example
	anyOf propertyOrdering default items minimum maximum additionalProperties oneOf allOf not const uniqueItems $ref $defs definitions $schema
	STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL object array string number integer boolean null
	application/json text/plain text/x.enum image/png image/jpeg image/webp audio/wav audio/mp3 application/pdf`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// IsWord implements gateway.RequestFormat.
func (Dialect) IsWord(s string) bool { return words[s] || words[camel(s)] }
