package gateway

// Op is the operation that the caller asks for.
type Op string

// The operations. OpRender ends after the prompt stage. OpCountTokens asks for the number of
// tokens of a chat. OpRetrieve asks for an answer that was begun in an earlier exchange, and
// OpCompact for a shorter form of a conversation.
const (
	OpChat        Op = "chat"
	OpEmbeddings  Op = "embeddings"
	OpRender      Op = "render"
	OpCountTokens Op = "count_tokens"
	OpRetrieve    Op = "retrieve"
	OpCompact     Op = "compact"
	OpUnknownPath Op = "unknown_path" // a call to a path that no route has; it is only recorded

	OpCompletions      Op = "text_completion" // OpenAI's first format, without messages
	OpRerank           Op = "rerank"
	OpModeration       Op = "moderation"
	OpImage            Op = "image"
	OpImageEdit        Op = "image_edit"
	OpImageVariation   Op = "image_variation"
	OpSpeech           Op = "speech"
	OpTranscription    Op = "transcription"
	OpAudioTranslation Op = "audio_translation"
	OpPassThrough      Op = "pass_through" // a call of a vendor's API that is passed on as it is
	OpRealtime         Op = "realtime"     // a session of events in both directions
)

// GeneratesText reports whether a model writes the answer as text, whose length a limit bounds.
func (o Op) GeneratesText() bool {
	return o == OpChat || o == OpRetrieve || o == OpCompact || o == OpCompletions
}

// AnswerHasText reports whether an answer has texts that guardrails judge: words, what a recording
// says, or what a model made of the prompt of an image.
func (o Op) AnswerHasText() bool {
	switch o {
	case OpTranscription, OpAudioTranslation, OpImage, OpImageEdit, OpPassThrough:
		return true
	}
	return o.GeneratesText()
}

// IsTask reports whether the operation is one of OpenAI's besides chat and embeddings.
func (o Op) IsTask() bool {
	switch o {
	case OpCompletions, OpRerank, OpModeration, OpImage, OpImageEdit, OpImageVariation, OpSpeech, OpTranscription, OpAudioTranslation:
		return true
	}
	return false
}
